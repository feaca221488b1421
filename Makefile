# The two commands: `make demo` shows Repute at work on a fictional brand, `make test` proves it. Both make .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
TESTS ?= tests
RECORDED ?=
DATA ?= ../shared/data/train
# pip reports what it does; its version notice is noise here.
PIP := $(BIN)/python -m pip install --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test lint types train clean

demo: $(VENV)/.installed
	@$(BIN)/repute demo $(ARGS)

test: $(VENV)/.installed-test
	RECORDED=$(RECORDED) $(BIN)/python -m pytest $(TESTS) $(ARGS)

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-test
	$(BIN)/mypy

train: $(VENV)/.installed
	$(PIP) --editable '.[train]'
	@mkdir -p build/training
	@nohup $(BIN)/python -u -m sentiment.training --data $(DATA) --out sentiment/model $(ARGS) >> build/training/log 2>&1 & \
	echo "training in the background (process $$!), about six hours on two cores; follow it with: tail -f build/training/log"
	@echo "stopped, the same command goes on from the last checkpoint"

clean:
	rm -rf $(VENV) demo-run build *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Repute needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Repute into $(VENV): once, about two minutes"
	$(PIP) --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable '.[test]'
	@touch $@ $(VENV)/.installed
