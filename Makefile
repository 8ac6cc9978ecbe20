# make run     set everything up and start the demo company; needs python3.11 with venv, git, make
# make test    everything that is tested, real browser included
# make lint    what a machine can say about the code without running it
# The rest: setup, messages, lock, bench, bench-full, test-deep, clean. ARGS="..." is handed on.

SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
JOBS ?= 4
ARGS ?=

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Where it is set, each of the many processes of a test run would compile all of Anju once more.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test test-oldest test-deep lint lint-style lint-types lint-imports lint-migrations
.PHONY: lint-messages messages lock bench bench-full clean
.DEFAULT_GOAL := run

setup: .venv/.base .venv/.messages

run: setup
	@exec $(BIN)/anju up --demo $(ARGS)

# --- What is installed ----------------------------------------------------------------------------

$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo 'Anju needs Python 3.11 or newer: apt install python3.11 python3.11-venv'; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo 'Python has no venv module here: apt install python3-venv'; exit 1; }
	@rm -rf .venv
	@echo 'Setting up .venv (once) ...'
	@"$(PYTHON)" -m venv .venv

# Both lists are locked by hash, so what is installed is what was tested.
.venv/.base: requirements/base.lock pyproject.toml | $(BIN)/python
	@$(BIN)/pip install -q --require-hashes -r $<
	@$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.venv/.all: requirements/all.lock .venv/.base .venv/.messages
	@$(BIN)/pip install -q --require-hashes -r $<
	@touch $@

.venv/.messages: $(wildcard locale/terms/*.csv) tools/messages.py | .venv/.base
	@$(BIN)/python tools/messages.py > /dev/null
	@touch $@

messages: .venv/.base
	@$(BIN)/python tools/messages.py

lock: .venv/.base
	@tools/lock.sh

# --- What is checked ------------------------------------------------------------------------------

test: .venv/.all
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder -q $(ARGS)

# What rests on the database, on the oldest supported server (`tests/oldest.py` finds it).
test-oldest: .venv/.all
	@$(BIN)/python -m tests.oldest

# PART=name runs one part, SEED=n repeats a run; see CONTRIBUTING.md.
test-deep: .venv/.all
	@$(BIN)/python -m tests.deep $(if $(PART),--part $(PART)) $(if $(SEED),--seed $(SEED)) $(ARGS)

bench: .venv/.all
	@$(BIN)/python -m benchmarks $(ARGS)

bench-full: .venv/.all
	@$(BIN)/python -m benchmarks --full $(if $(PART),--part $(PART)) $(ARGS)

lint: lint-style lint-imports lint-messages lint-migrations lint-types

# The settings make a secret in the data folder: here it is one that nobody uses.
lint-types lint-migrations lint-messages: export ANJU_DATA := $(CURDIR)/.cache/lint

lint-style: .venv/.all
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --check .; exit 1; }

lint-types: .venv/.all
	@$(BIN)/mypy

lint-imports: .venv/.all
	@$(BIN)/lint-imports --no-logo

lint-messages: .venv/.all
	@$(BIN)/python tools/messages.py --check

# No database is asked: whether one is running here says nothing about the code.
lint-migrations: .venv/.all
	@$(BIN)/python -W ignore -m django makemigrations --check --dry-run --settings anju.settings

clean:
	rm -rf .venv .cache node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	rm -rf anju/locale dist *.egg-info
