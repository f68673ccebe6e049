# Works with GNU make 3.81, which macOS ships. `make install PYTHON=python3.12` picks an interpreter.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
PACKAGES := flows transforms expectations warehouse
UV_COMPILE := $(VENV)-lock/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --generate-hashes --no-annotate --no-strip-extras --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make lock" $(LOCK_OPTIONS)

.PHONY: help install install-dev demo test lint quality bench soak lock clean

help:
	@echo "make demo     install, ingest the samples and show what became of them"
	@echo "make test     install and run every check"
	@echo "make install  only make $(VENV); $(BIN)/copydesk is then the command"
	@echo "make quality  measure the fields against gold data"
	@echo "make bench    measure speed, in some ten minutes"
	@echo "make soak     kill and restart for a long time"
	@echo "make lock     lock what pyproject.toml asks for; LOCK_OPTIONS=--upgrade takes the newest versions"
	@echo "make clean    remove what these made"

install: $(VENV)/installed

install-dev: $(VENV)/installed-dev

demo: install
	@$(BIN)/copydesk demo

test: lint
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

quality bench soak: install-dev
	$(BIN)/python benchmarks/$@.py

# -- the environment; each stamp says which lock it holds

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	{ echo "Copydesk needs Python 3.11, 3.12 or 3.13, but '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another one: make install PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	echo "'$(PYTHON) -m venv' failed. On Debian and Ubuntu it needs the package python3-venv." >&2; exit 1; }
	@touch $@

$(VENV)/locked: requirements.lock | $(VENV)/python
	@echo "installing the locked dependencies into $(VENV) (about a minute)" >&2
	@$(PIP) install --quiet --no-deps --require-hashes -r requirements.lock
	@touch $@

$(VENV)/installed: pyproject.toml $(VENV)/locked
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	@echo "installing the locked tools into $(VENV)" >&2
	@$(PIP) install --quiet --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet uv
	$(UV_COMPILE) --group build --output-file requirements.lock
	$(UV_COMPILE) --group build --extra dev --constraints requirements.lock --output-file requirements-dev.lock
	rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV) $(VENV)-lock build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find $(PACKAGES) tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
