# Everything runs in .venv, made from nothing with the packages pinned in constraints.txt.
# Needed on the machine: Python 3.11 or later, and make. (The tests also need PostgreSQL; on Debian
# they fetch it themselves when run as root.)

PYTHON ?= $(shell for name in python3.11 python3 python3.12 python3.13 /usr/bin/python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { command -v $$name; break; }; done)
DEMO_ARGS ?=
PYTEST_ARGS ?= -n logical --dist worksteal
UV ?= uv

BIN := .venv/bin
CATALOGUES := $(wildcard src/noroshi/*/locale/*/LC_MESSAGES/*.po)
PROJECT := pyproject.toml hatch_build.py constraints.txt

# Each package is installed in hash-checking mode. pip cannot check the hash of a folder, so the
# project itself comes last, alone (--no-deps), and is built with the tools already in .venv
# (--no-build-isolation): then nothing is ever fetched that constraints.txt does not pin.
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
INSTALL := $(PIP) install --require-hashes --constraint constraints.txt
WANTED := $(BIN)/python -c 'import sys, tomllib; \
	project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
	extras = project["optional-dependencies"]; \
	print(*project["dependencies"], *(line for name in sys.argv[1:] for line in extras[name]), sep="\n")'

# What the caller's shell says about Python is not meant for .venv.
unexport PYTHONPATH PYTHONHOME PIP_USER PIP_TARGET PIP_REQUIRE_VIRTUALENV DJANGO_SETTINGS_MODULE

.PHONY: help demo test check bench docs messages screenshots constraints clean
.DELETE_ON_ERROR:
.NOTPARALLEL:

help:  ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 14

demo: .venv/.runtime  ## load the built-in sample, run every stage, report (DEMO_ARGS=--no-serve)
	$(BIN)/noroshi demo $(DEMO_ARGS)

test: .venv/.dev  ## run every test, on SQLite and on PostgreSQL (PYTEST_ARGS=…)
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: .venv/.dev  ## look at form, rules, types, imports and migrations; all of them, then fail
	@failed=; for step in "ruff format --check" "ruff check" mypy lint-imports \
			"noroshi makemigrations --check --dry-run"; do \
		echo "== $$step"; \
		NOROSHI_DATA=.venv/check-data NOROSHI_DATABASE= $(BIN)/$$step || failed="$$failed [$$step]"; \
	done; test -z "$$failed" || { echo "failed:$$failed" >&2; exit 1; }

bench: .venv/.dev  ## measure, each number beside the floor or the peer it is compared with
	@for name in first_fire ingest site search versions sbom; do \
		echo "== $$name"; $(BIN)/python -m bench.$$name || exit 1; done

docs: .venv/.docs  ## build the documentation into site/
	rm -rf site
	for language in en ja; do $(BIN)/sphinx-build --quiet --fail-on-warning --keep-going \
		--conf-dir docs --doctree-dir .venv/doctrees/$$language -D language=$$language \
		docs/$$language site/$$language || exit 1; done
	cp docs/index.html site/index.html

messages: .venv/.dev  ## bring the Japanese catalogue up to date with the sentences in the source
	$(BIN)/python -m tests.sentences

screenshots: .venv/.dev  ## take the pictures of the documentation anew
	NOROSHI_SCREENSHOTS=1 $(BIN)/python -m pytest tests/docs/test_screenshots.py -k seen
	@git status --short docs/*/images

constraints:  ## pin every package anew (needs uv)
	$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate \
		--all-extras --group build --group dev --group docs pyproject.toml -o constraints.txt

clean:  ## remove .venv, the built documentation and what the tools remember
	rm -rf .venv site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
	find src -name '*.mo' -delete

# --- the virtual environment, in layers; each file says that its layer is complete ---

.venv/.tools: $(PROJECT)
	@test -n "$(PYTHON)" || { echo "Noroshi needs Python 3.11 or later; none was found." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -q && DEBIAN_FRONTEND=noninteractive \
			apt-get install -qy --no-install-recommends python3-venv; \
		else \
			echo "$(PYTHON) cannot make virtual environments." \
				"Install the package python3-venv (apt-get install python3-venv)." >&2; exit 1; \
		fi; }
	$(PYTHON) -m venv .venv
	@# The pip that comes with Python 3.11 knows no dependency groups: first its pinned successor.
	sed -n '/^pip==/,/[^\\]$$/p' constraints.txt > .venv/pip.txt
	$(PIP) install --require-hashes --requirement .venv/pip.txt
	$(INSTALL) --group build
	@touch $@

.venv/.runtime: .venv/.tools $(CATALOGUES)
	$(WANTED) > .venv/runtime.txt
	$(INSTALL) --requirement .venv/runtime.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.runtime
	$(WANTED) cluster > .venv/dev.txt
	$(INSTALL) --requirement .venv/dev.txt --group dev
	@touch $@

.venv/.docs: .venv/.tools
	$(INSTALL) --group docs
	@touch $@
