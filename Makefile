# `make demo` and `make test` do all the set-up: a virtual environment from nothing, with the newest releases.
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2
# One more than there are cores: many tests wait for a deadline.
WORKERS ?= 3

# The arrays are small: threads that wait for each other cost more than they bring.
export OPENBLAS_NUM_THREADS = 1

.PHONY: demo test coverage lint types style evidence clean

demo: .venv/ready
	$(BIN)/grade demo --jobs $(JOBS)

test: lint
	$(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal --ignore tests/attacks
	$(BIN)/pytest --numprocesses $(WORKERS) --dist load --maxschedchunk 1 tests/attacks

# Measuring takes longer than testing, so it is not part of it.
coverage: .venv/ready
	$(BIN)/pytest --numprocesses $(WORKERS) --dist worksteal --ignore tests/attacks --cov --cov-report=term-missing:skip-covered

lint: .venv/ready
	$(MAKE) --jobs 2 --output-sync types style

types:
	$(BIN)/mypy

style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

evidence: .venv/ready
	$(BIN)/python benchmarks/evidence.py

clean:
	rm -rf .venv .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable '.[dev]'
	touch $@
