# Everything runs in .venv, which the first target to need it creates; no other tool than Python and make is needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: show test check format bench mutants clean

show: $(VENV)/.installed
	@$(BIN)/klderive show gaussian-l2

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -n auto

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.installed-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/kernel_time.py

mutants: $(VENV)/.installed
	$(BIN)/python benchmarks/mutants.py

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo 'klderive needs Python 3.11 or newer; "$(PYTHON)" is not.' \
			'Name another one: make PYTHON=/path/to/python3.11' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo 'The environment .venv could not be made; on Debian or Ubuntu install python3-venv.' >&2; \
		rm -rf $(VENV); exit 1; }

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.installed
