"""What a document names exists, and what exists is documented."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from runtime.metrics import DECLARED
from runtime.settings import Environment

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading of docs/operations.md, without its head."""
    section = OPERATIONS.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def test_the_settings_table_is_the_declaration() -> None:
    declared = [
        [
            f"`{field.data_key}`",
            "not set" if field.load_default is None else f"`{field.load_default}`",
            field.metadata["meaning"],
        ]
        for field in Environment().fields.values()
    ]
    assert rows("Settings") == declared


def test_the_metrics_table_is_the_declaration() -> None:
    declared = [
        [f"`{one.name}{'{' + ','.join(one.labels) + '}' if one.labels else ''}`", one.kind, one.meaning]
        for one in DECLARED
    ]
    assert rows("Metrics") == declared


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_linked_or_named_file_exists(document: Path) -> None:
    text = document.read_text()
    links = [link for link in re.findall(r"\]\(([^)#\s]+)\)", text) if "://" not in link]
    absent = [link for link in links if not (document.parent / link).exists()]
    named = re.findall(r"\b((?:[a-z_]+/)+[a-z_0-9]+\.(?:py|js|sh|yaml))\b", text)
    absent += [name for name in named if not (ROOT / name).exists()]
    assert absent == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_named_command_exists(document: Path) -> None:
    named = set(
        re.findall(
            r"\bpuas ((?:up|[a-z]+-letters|[a-z]+)(?: (?:list|retry|check|apply|show)\b)?)", document.read_text()
        )
    )
    offered = set(re.findall(r"^  ([a-z-]+) ", _help(), re.MULTILINE))
    for command in named & {
        f"{word}{rest}" for word in offered for rest in ("", " list", " retry", " check", " apply", " show")
    }:
        assert "Usage:" in _help(*command.split())
    unknown = {command.split()[0] for command in named if f"`puas {command}" in document.read_text()} - offered
    assert unknown == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_named_make_target_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z-]+)", document.read_text(), re.MULTILINE)) <= targets


@cache
def _help(*command: str) -> str:
    puas = Path(sys.executable).with_name("puas")
    return subprocess.run([puas, *command, "--help"], capture_output=True, text=True, check=True, timeout=60).stdout
