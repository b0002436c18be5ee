# Two commands matter: `make run` (the main job, on a demo share) and `make test`.
# Each sets up what it needs in .venv; nothing is installed outside this folder.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CHECKED := retention_agent classifiers indexer policies demo benchmarks docs tests
WORKERS ?= 2

.PHONY: run test check lint tests coverage bench requirements clean

# make run                  the demo, from an empty share to a verified certificate
# make run SHARE=/a/folder  the read-only part on your own share; nothing on it is touched
run: $(READY)
	$(BIN)/python -m demo.run $(if $(SHARE),--share "$(SHARE)")

test: check tests

check: $(READY)
	$(BIN)/ruff check $(CHECKED)
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/deptry .

tests: $(READY)
	rm -f .coverage .coverage.*
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --cov --cov-report= -q
	$(BIN)/coverage report --fail-under=95
	$(BIN)/coverage report --fail-under=100 --include='policies/*,retention_agent/disposal/*'

bench: $(READY)
	for script in benchmarks/*.py; do \
	  $(BIN)/python -m benchmarks.$$(basename $$script .py) || exit 1; done

# Pins every dependency with its hashes; no address of an index is written.
requirements: $(READY)
	$(BIN)/python -m pip install -q uv
	for name in requirements requirements-dev; do \
	  $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 \
	    $$name.in -o $$name.txt; done

$(READY): requirements-dev.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $(READY)

clean:
	rm -rf $(VENV) demo-run .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis
