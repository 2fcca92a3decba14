# `make` lists what can be made. Everything runs in .venv, which the first target that needs it
# creates from requirements.txt; nothing is installed elsewhere.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
STAMP := .venv/.installed
BENCH := .venv-bench

# One thread per process: the tests use the cores by running several processes, and small matrices
# are no faster with more. `OPENBLAS_NUM_THREADS=2 make test` tries another setting.
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: help book site test test-library test-notebooks test-site lint notebooks bench env named-python clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

book: site ## build the book and serve it on this machine (Ctrl-C stops the server)
	@$(BIN)/python tools/serve.py _build/html

# Sphinx reports a page's warnings only when it reads that page, so after a failure the next build
# has to read them all again: without its memory of this one it does. On the screen appear the pages
# as they are read and written, and warnings; the whole report is in the log.
LOG := _build/site.log

site: env ## build the book into _build/html
	@mkdir -p _build
	@$(BIN)/python tools/build_lite.py
	@echo "Building the site."
	@PYTHONUNBUFFERED=1 $(BIN)/jupyter-book build book --config _config.yml \
		--toc "$(CURDIR)/_toc.yml" --path-output . -n -W --keep-going 2>&1 \
		| sed -u 's/\x1b\[[0-9;]*m//g' | tee $(LOG) \
		| sed -u -n -E '/^(reading|writing).*%\]/ s/^/  /p; /WARNING|ERROR/p' \
		|| { rm -rf _build/.doctrees; \
			echo; echo "The site was not built ($(LOG) has the whole report):"; \
			grep -E 'WARNING|ERROR' $(LOG) || tail -n 30 $(LOG); \
			exit 1; }
	@echo "The site is in _build/html."

# Processes take group after group of tests, where tests/conftest.py puts what takes longest first.
# More than four would want more memory than speed: each may have a browser with Python in it.
PYTEST = rm -rf _build/test-failures && $(BIN)/python -m pytest -n auto --maxprocesses 4 \
	--no-loadscope-reorder --durations=20
LIBRARY := tests/unit tests/properties tests/bad_input tests/faults tests/test_readme.py
NBVAL := --nbval --nbval-current-env --nbval-cell-timeout 120
COVERAGE := --cov=nnlib --cov-fail-under=99

test: env lint site ## check everything: lint, types, library, notebooks, site in a browser
	$(PYTEST) tests book $(NBVAL) $(COVERAGE)

test-library: env lint ## check the library only, with its coverage, style and types
	$(PYTEST) $(LIBRARY) $(COVERAGE)

test-notebooks: env ## check the notebooks only: the rules of chapters, and that outputs repeat
	$(PYTEST) tests/notebooks book $(NBVAL)

test-site: env site ## check the built site only, in a browser (EVERYTHING=1: all of it, nightly)
	$(PYTEST) tests/site

lint: env ## check style and types only
	$(BIN)/ruff check .
	$(BIN)/mypy

notebooks: env ## run the notebooks again and store their outputs (ONLY=03 runs one)
	@$(BIN)/python tools/run_notebooks.py $(ONLY)

bench: $(BENCH)/.installed ## measure against other libraries, write the Benchmarks page (QUICK=1: try it)
	@$(BENCH)/bin/python -m benchmarks $(if $(QUICK),--quick)

# An environment of its own keeps PyTorch and JAX out of .venv: were they there, nobody would
# notice that the book or its tests had come to need them.
$(BENCH)/.installed: benchmarks/requirements.txt | $(STAMP)
	@$(BIN)/python -m venv $(BENCH)
	@echo "Installing PyTorch, JAX and scikit-learn into $(BENCH): some minutes, once."
	@$(BENCH)/bin/pip install --disable-pip-version-check --progress-bar off -r $< \
		| sed -u -n -E 's/^(Collecting [^ ]+).*/  \1/p; s/^(Installing collected).*/  \1/p'
	@touch $@

env: $(STAMP) ## make or refresh .venv (PYTHON=python3.13 makes it with that one)

# Of a Python that was named, no other takes the place.
named-python:
ifdef PYTHON
	@$(PYTHON) -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || { \
		echo "PYTHON=$(PYTHON) is missing, older than 3.11 or without its venv module."; exit 1; }
	@version='import sys; print(*sys.version_info[:3], sep=".")'; \
	if test -x $(BIN)/python; then \
		there=$$($(BIN)/python -c "$$version"); named=$$($(PYTHON) -c "$$version"); \
		if test $$there != $$named; then \
			echo ".venv has Python $$there, and $(PYTHON) is $$named."; \
			echo "To change, delete it first: rm -r .venv"; \
			exit 1; \
		fi; \
	fi
endif

# Filling Matplotlib's font cache now keeps its "please wait" out of the first notebook's output.
$(STAMP): requirements.txt pyproject.toml | named-python
	@if ! test -x $(BIN)/pip; then \
		for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11) none; do \
			if $$python -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' \
				2> /dev/null; then break; fi; \
		done; \
		if test $$python = none; then \
			echo "No Python 3.11 or newer with its venv module was found. Install one (on Debian"; \
			echo "and Ubuntu: apt install python3 python3-venv), or name it: make env PYTHON=..."; \
			exit 1; \
		fi; \
		$$python -m venv .venv; \
	fi
	@echo "Installing the packages of requirements.txt into .venv: 1.1 GB, a minute or two, once."
	@$(BIN)/pip install --disable-pip-version-check --progress-bar off -r requirements.txt \
		| sed -u -n -E 's/^(Collecting [^ ]+).*/  \1/p; s/^(Installing collected).*/  \1/p'
	@$(BIN)/python -c 'import matplotlib.font_manager'
	@touch $@

clean: ## remove the built site and caches (not .venv*)
	rm -rf _build build .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	find . -name '.venv*' -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -print0 \
		| xargs -0 rm -rf
