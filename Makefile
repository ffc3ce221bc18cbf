# Everything a person runs here. `make` alone lists the targets.
VENV := .venv
# Hashes pin what is installed; where it comes from is the host's own setting, so no address is recorded.
LOCK_OPTIONS := --quiet --generate-hashes --strip-extras --allow-unsafe --no-header --annotation-style line \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options
PUAS := $(VENV)/bin/puas
PYTHON ?= python3

.PHONY: help setup setup-dev run check test bench locks clean
help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-10s %s\n", $$1, $$2}'

setup: $(VENV)/.runtime  ## .venv with what Puas needs to run
setup-dev: $(VENV)/.dev

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install --quiet --require-hashes -r requirements.lock
	$(VENV)/bin/python -m pip install --quiet --no-deps --editable .
	touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(VENV)/bin/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

run: setup  ## start everything on the embedded default; Ctrl-C stops it
	$(PUAS) up

check: setup-dev  ## lint, types, architecture, dependencies
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-cache
	$(VENV)/bin/deptry .

test: setup-dev check  ## set up and run every check, with the real servers
	tests/servers/install.sh
	$(VENV)/bin/pytest -n 3 --dist worksteal

$(VENV)/.bench: requirements-bench.lock $(VENV)/.runtime
	$(VENV)/bin/python -m pip install --quiet --require-hashes -r requirements-bench.lock
	touch $@

bench: $(VENV)/.bench  ## measure against simpler programs and print one table; takes 15 minutes (ARGS="--only intake")
	bench/install.sh
	$(VENV)/bin/python -m bench $(ARGS)

clean:  ## remove what setup, tests and builds made; ./var stays
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

locks:  ## resolve the pinned versions anew (needs pip-tools on PATH)
	pip-compile $(LOCK_OPTIONS) --output-file requirements.lock pyproject.toml
	pip-compile $(LOCK_OPTIONS) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	pip-compile $(LOCK_OPTIONS) --extra bench --constraint requirements-dev.lock --output-file requirements-bench.lock pyproject.toml
