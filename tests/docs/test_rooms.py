"""Every package is a room of the house: placed in the layers, typed, packaged."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NOT_SHIPPED = {"tests", "bench"}


def packages() -> set[str]:
    """The top-level packages of the repository."""
    return {path.parent.name for path in ROOT.glob("*/__init__.py")}


def test_every_shipped_package_stands_in_a_layer() -> None:
    linted = PROJECT["tool"]["importlinter"]
    (layers,) = (contract["layers"] for contract in linted["contracts"] if contract["type"] == "layers")
    placed = {room.strip() for layer in layers for room in layer.split("|")}
    assert placed == set(linted["root_packages"]) == packages() - NOT_SHIPPED


def test_every_package_is_typed() -> None:
    assert set(PROJECT["tool"]["mypy"]["packages"]) == packages()


def test_every_shipped_package_is_in_the_distribution() -> None:
    included = {pattern.removesuffix("*") for pattern in PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]}
    assert included == packages() - NOT_SHIPPED
