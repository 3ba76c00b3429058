# On a fresh machine with python3 (3.11 or newer) and make: `make demo`, `make test`.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test slow coverage check format bench fuzz docs lock wheel clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
READY := $(VENV)/.ready
LOCK := requirements/dev.txt
# What Spark's client needs (pandas, pyarrow) is in an environment of its own, which sees everything of the first.
SPARK := $(VENV)/spark
SPARK_LOCK := requirements/spark.txt
EXTRAS := xlsx imap postgres mysql parquet trino fides s3 files
FUZZ_SECONDS ?= 900
FUZZ_SEED ?= 0

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST) | while IFS='	' read -r name says; do printf '  make %-9s %s\n' "$$name" "$$says"; done

demo: $(READY) ## the whole journey on invented people, in a throw-away workspace
	@$(BIN)/dsar demo

test: $(READY) ## unit and contract tests
	$(PYTEST) -n 2 -m "not slow"

slow: $(READY) ## kill, server, browser and calendar tests (as root, fetches the programs they need with apt-get)
	@for wanted in chromium khal pg_createcluster:postgresql mariadbd:mariadb-server; do \
	  program=$${wanted%%:*}; package=$${wanted##*:}; \
	  if [ "$$(id -u)" = 0 ] && ! command -v $$program >/dev/null && command -v apt-get >/dev/null; then \
	    { apt-get update -qq && apt-get install -y -qq --no-install-recommends $$package >/dev/null; } \
	    || echo "$$package could not be installed; its tests will be skipped."; fi; done
	$(PYTEST) -m slow --ignore=tests/slow/test_spark.py
	@$(MAKE) --no-print-directory $(SPARK)/.ready || echo "Spark's client could not be installed; its tests will be skipped."
	$$(test -f $(SPARK)/.ready && echo $(SPARK) || echo $(VENV))/bin/python -m pytest -m slow tests/slow/test_spark.py

coverage: $(READY) ## at least 95 % of lines and of branches in law, case and ledger, by their own tests
	$(PYTEST) -n 2 -m "not slow" --cov --cov-report= tests/law tests/case tests/ledger
	$(BIN)/python .ci/coverage_gate.py 95 law case ledger

check: $(READY) ## lint, format, types, import rules, and documentation in step with the program
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(PYTEST) tests/architecture tests/docs

format: $(READY) ## put the code into the one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## the figures, against peers, in one run
	$(BIN)/python -m benchmarks

fuzz: $(READY) ## made-up input to every reader, and property tests with many more examples (FUZZ_SECONDS=900)
	@$(BIN)/python -c 'import atheris' 2>/dev/null \
	  || $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/fuzz.txt \
	  || echo "atheris could not be installed; the readers are fuzzed without guidance."
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS) --seed $(FUZZ_SEED)

docs: $(READY) ## write the generated documentation again
	$(BIN)/python docs/generate.py

lock: $(READY) ## write the locked versions again; UPGRADE=--upgrade takes newer ones
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE) \
	  $(addprefix --extra ,$(EXTRAS)) --group dev pyproject.toml --output-file $(LOCK)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE) \
	  --constraint $(LOCK) requirements/spark.in --output-file $(SPARK_LOCK)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE) \
	  requirements/fuzz.in --output-file requirements/fuzz.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE) \
	  benchmarks/peers/requirements.in --output-file benchmarks/peers/requirements.txt

wheel: $(READY) ## build dist/*.whl
	@rm -rf dist
	$(BIN)/python -m hatchling build --target wheel --directory dist

clean: ## remove everything that make made
	rm -rf $(VENV) dist build .coverage .coverage.* htmlcov .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Only what the lock names, byte for byte; dsar itself last, from this folder.
$(READY): pyproject.toml $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "dsar needs Python 3.11 or newer: install it, or name it with make PYTHON=/path/to/python3.11."; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "$(PYTHON) cannot make a virtual environment: install its venv package (on Debian: apt-get install python3-venv)."; exit 2; }
	@echo "Setting up $(VENV): about a minute, once."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $(LOCK)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(SPARK)/.ready: $(READY) $(SPARK_LOCK)
	@$(BIN)/python -m venv --clear $(SPARK)
	@$(SPARK)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r $(SPARK_LOCK)
	@site=$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') && \
	  echo "import site; site.addsitedir('$$site')" \
	  > $$($(SPARK)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/first.pth
	@touch $@
