# Everything a person runs here. `make` alone lists the targets.
VENV := .venv
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
	$(VENV)/bin/lint-imports
	$(VENV)/bin/deptry .
