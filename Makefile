PYTHON = .venv/bin/python

.PHONY: help setup test thorough lint format docs gate bench

help:       ## List what there is
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*##/\t/'

setup:      ## A virtual environment with all that development needs
	python3 -m venv .venv && $(PYTHON) -m pip install --quiet --editable '.[dev,excel,parquet,zst]'

test:       ## The tests, as the README runs them
	$(PYTHON) -m pytest

thorough:   ## The tests with many more examples
	MARKETMOVE_THOROUGH=1 $(PYTHON) -m pytest

lint:       ## ruff and mypy
	$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . && $(PYTHON) -m mypy --strict

format:     ## Mend what ruff can mend
	$(PYTHON) -m ruff check --fix . && $(PYTHON) -m ruff format .

docs:       ## What the documentation says of the program, and the site, in site/
	$(PYTHON) tools/reference.py && $(PYTHON) -m pip install --quiet --editable '.[docs]' && NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --quiet --strict

gate:       ## All of it in a fresh clone
	.ci/run

bench:      ## Ratios to the smallest scripts that do the job
	$(PYTHON) benchmarks/results.py --rows 1e5,1e6 && $(PYTHON) benchmarks/run.py && $(PYTHON) benchmarks/context.py && $(PYTHON) benchmarks/summary.py
