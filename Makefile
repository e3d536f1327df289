# Needs Python 3.11 or newer, nothing else. `make PYTHON=python3.12 test` picks another one.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test mining check bench clean
.DEFAULT_GOAL := demo

demo: $(VENV)/demo.installed          ## the main job on embedded SQLite: refused, made up, approved
	$(BIN)/workflow demo

test: $(VENV)/test.installed          ## everything: tests, types, lint, imports, README and examples
	$(BIN)/python -m pytest -n auto

mining: $(VENV)/test-mining.installed  ## before `test`: a process mining tool that some tests are skipped without

check: $(VENV)/test.installed         ## the quick half: format, lint, types, imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/bench.installed        ## ratios, measured side by side in one run
	$(BIN)/python -m tests.benchmarks

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo.installed: pyproject.toml | $(BIN)/python
	$(PIP) -e .
	touch $@

$(VENV)/%.installed: pyproject.toml | $(BIN)/python
	$(PIP) -e '.[$*]'
	touch $@ $(VENV)/demo.installed
