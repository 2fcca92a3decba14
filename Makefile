# `make` lists what can be made. Everything runs in .venv, which the first target that needs it
# creates from requirements.txt; nothing is installed elsewhere.
#
# GNU make 3.81, which macOS has, and any POSIX shell are enough. A pipeline would hide the failure
# of its first command, so there is none: what takes more than a command is a program in tools/.

.DEFAULT_GOAL := help

BIN := .venv/bin
STAMP := .venv/.installed
BENCH := .venv-bench

# One thread per process: the tests use the cores by running several processes, and small matrices
# are no faster with more. `OPENBLAS_NUM_THREADS=2 make test` tries another setting.
OPENBLAS_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS

# Hundreds of processes import the same modules: compiled once, also where a container forbids it.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help book site lab test test-library test-notebooks test-site lint notebooks evidence bench env pins clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

book: site ## build the book and serve it on this machine (Ctrl-C stops the server)
	@$(BIN)/python tools/serve.py _build/html

lab: env ## open copies of the notebooks in JupyterLab, in lab/: they are yours to change
	@$(BIN)/python tools/lab.py

site: env ## build the book into _build/html
	@$(BIN)/python tools/build_lite.py
	@$(BIN)/python tools/build_site.py

# Processes take group after group of tests, where tests/conftest.py puts what takes longest first.
# More than four would want more memory than speed: each may have a browser with Python in it.
PYTEST = rm -rf _build/test-failures && $(BIN)/python -m pytest -n auto --maxprocesses 4 \
	--no-loadscope-reorder --durations=20
LIBRARY := tests/unit tests/properties tests/bad_input tests/faults tests/tools tests/test_readme.py
NBVAL := --nbval --nbval-current-env --nbval-cell-timeout 120
COVERAGE := --cov=nnlib --cov-fail-under=99

test: env ## check everything: lint, types, library, notebooks, site in a browser
	@$(MAKE) --no-print-directory -j 2 lint site
	$(PYTEST) tests book $(NBVAL) $(COVERAGE)

test-library: env lint ## check the library only, with its coverage, style and types
	$(PYTEST) $(LIBRARY) $(COVERAGE)

test-notebooks: env ## check the notebooks only: the rules of chapters, and that outputs repeat
	$(PYTEST) tests/notebooks book $(NBVAL)

test-site: env site ## check the built site only, in a browser (EVERYTHING=1: all of it, nightly)
	$(PYTEST) tests/site

lint: env ## check style, types and spelling only
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/codespell

notebooks: env ## run the notebooks again and store their outputs (ONLY=03 runs one)
	@$(BIN)/python tools/run_notebooks.py $(ONLY)

evidence: env ## make stored evidence again, for hours (ONLY=rates: names that start so; TENTH=1)
	@$(BIN)/python tools/evidence.py $(if $(TENTH),--tenth) $(ONLY)

bench: $(BENCH)/.installed ## measure against other libraries, write the Benchmarks page (QUICK=1: try it)
	@$(BENCH)/bin/python -m benchmarks $(if $(QUICK),--quick)

# An environment of its own keeps PyTorch and JAX out of .venv: were they there, nobody would
# notice that the book or its tests had come to need them.
$(BENCH)/.installed: benchmarks/requirements.txt | $(STAMP)
	@$(BIN)/python tools/environment.py $(BENCH) benchmarks/requirements.txt

env: $(STAMP) ## make or refresh .venv (PYTHON=python3.13 makes it with that one)

# The versions of Python that will do, and whether one is among them and can make environments.
PYTHONS := $(shell sed -n 's/.*"Programming Language :: Python :: \(3[.][0-9]*\)".*/\1/p' pyproject.toml)
FITS := import sys, ensurepip; sys.exit("%d.%d" % sys.version_info[:2] not in "$(PYTHONS)".split())

# Up to date is an environment that was made in this folder, not in one that has since been moved or
# copied here, and whose Python still runs. A Python that is named is compared with the one there.
made-in = $(shell { $(1)/bin/python -c '' && cat $(1)/.installed; } 2> /dev/null)
ifneq ($(call made-in,.venv),$(CURDIR))
.PHONY: $(STAMP)
endif
ifneq ($(call made-in,$(BENCH)),$(CURDIR))
.PHONY: $(BENCH)/.installed
endif
ifdef PYTHON
.PHONY: $(STAMP)
endif

$(STAMP): requirements.txt pyproject.toml
	@for python in $(or $(PYTHON),python3 $(addprefix python,$(PYTHONS))); do \
		if $$python -c '$(FITS)' 2> /dev/null; then \
			exec $$python tools/environment.py .venv requirements.txt; \
		fi; \
	done; \
	echo "$(or $(PYTHON),Every python3 here) is missing, not one of Python $(PYTHONS), or lacks" \
		"its venv module (on Debian and Ubuntu: apt install python3-venv)." \
		"PYTHON may be a path, such as PYTHON=/opt/python3.13/bin/python3." >&2; \
	exit 1

pins: env ## choose the versions of requirements.txt from requirements.in (UPGRADE=1: the newest)
	@$(BIN)/python tools/choose_pins.py $(if $(UPGRADE),--upgrade)

clean: ## remove what was built and caches (not .venv*)
	rm -rf _build build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage *.egg-info
	find . -name '.venv*' -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune \
		-exec rm -rf {} +
