# The two commands of this project are `make run` and `make test`; `make` lists the others.
# a distribution's Python is built by profile, which makes a third of the interpreter's time less;
# pyenv's and what one compiles oneself are not, so the system's is taken where it will do
PYTHON  ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' \
           2>/dev/null && echo /usr/bin/python3 || echo python3)
PROGRAM ?= demo
BIN     := .venv/bin
UV      := $(BIN)/uv pip install --quiet --require-hashes --compile-bytecode
LOCK    := --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
           --no-annotate --no-header --quiet
# a process for each of two cores: a third one would use the time browsers are waited for, and takes
# more than that for its imports; each of one thread, longest groups first (tests/conftest.py);
# shuffled, but alike always. DuckDB asks Slurm's variable
ONE     := OPENBLAS_NUM_THREADS=1 POLARS_MAX_THREADS=1 SLURM_CPUS_ON_NODE=1
PYTEST  := $(ONE) $(BIN)/python -m pytest -q -n 2 --dist loadscope --randomly-seed=1

# compiled modules are kept, also where Python is told not to: each of the many processes reads them
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup run explore dev test session lint unit pipeline browser screenshots validation properties kills benchmark lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/uv.stamp: requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; try: make PYTHON=python3.11"; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version), $(PYTHON)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements-uv.lock
	@touch $@

.venv/run.stamp: .venv/uv.stamp requirements.lock pyproject.toml
	@echo "Installing locked packages"
	@$(UV) -r requirements.lock
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -m pipelines.models
	@$(BIN)/python -m pipelines.report.assets
	@touch $@

.venv/test.stamp: .venv/run.stamp requirements-dev.lock
	@echo "Installing locked packages for tests"
	@$(UV) -r requirements-dev.lock
	@touch $@

setup: .venv/run.stamp ## Make .venv with the locked packages

run: setup ## Run a program and publish: make run PROGRAM=demo|name|folder
	@if [ "$(PROGRAM)" = demo ]; then $(BIN)/crossvoice demo --if-missing; fi
	@$(BIN)/crossvoice run --program "$(PROGRAM)"

.venv/explorer.stamp: .venv/run.stamp requirements-explorer.lock
	@echo "Installing locked packages for the explorer"
	@$(UV) -r requirements-explorer.lock
	@touch $@

explore: .venv/explorer.stamp ## Explore the last release in the browser
	@$(BIN)/crossvoice explore --program "$(PROGRAM)"

dev: setup ## Serve the Dagster UI of a program
	@$(BIN)/crossvoice dev --program "$(PROGRAM)"

test: .venv/test.stamp ## Run every check
	@$(MAKE) --no-print-directory -j 2 lint session

session: .venv/test.stamp
	@$(PYTEST) tests

lint: .venv/test.stamp ## Style, types and layers
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --cache-dir .venv/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache > .venv/layers.txt || { cat .venv/layers.txt; exit 1; }

unit: .venv/test.stamp ## Tests that need no built warehouse
	@$(PYTEST) tests/unit tests/reference tests/definitions tests/checks tests/recovery

pipeline: .venv/test.stamp ## Real runs of real programs
	@$(PYTEST) tests/pipeline

browser: .venv/test.stamp ## The report in a real browser, and the explorer
	@$(PYTEST) tests/browser tests/explorer

screenshots: .venv/test.stamp ## Pictures of the released reports, in var/screenshots
	@$(BIN)/python -m benchmarks.screenshots

properties: .venv/test.stamp ## Properties on ten times as many examples, others every time
	@CROSSVOICE_EXAMPLES=10 $(PYTEST) --randomly-seed=$$(date +%s) tests -m hypothesis

kills: .venv/test.stamp ## 200 more random kills; writes the tables in docs/recovery.md
	@$(BIN)/python -m tests.pipeline.kills.full

validation: .venv/test.stamp ## The recovery suite at full size; writes docs/validation.md
	@$(BIN)/python -m tests.recovery.full

benchmark: .venv/test.stamp ## Measure speed and memory; writes docs/performance.md
	@$(BIN)/python -m benchmarks

lock: .venv/uv.stamp ## Resolve the lock files anew
	@printf 'hatchling\neditables\n' > .venv/build.in
	@printf 'uv\n' > .venv/uv.in
	@$(BIN)/uv pip compile .venv/uv.in $(LOCK) -o requirements-uv.lock
	@$(BIN)/uv pip compile pyproject.toml .venv/build.in $(LOCK) -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml .venv/build.in --extra explorer -c requirements.lock \
	  $(LOCK) -o requirements-explorer.lock
	@$(BIN)/uv pip compile pyproject.toml .venv/build.in --group dev -c requirements.lock $(LOCK) \
	  -o requirements-dev.lock

clean: ## Remove what can be made again, but not var/
	@rm -rf .venv dbt_project/target dbt_project/logs
