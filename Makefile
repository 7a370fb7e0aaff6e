# `make` alone lists what there is. Every target sets up what it needs and does nothing twice:
# the stamps below are named after the content of what they were made from.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

ARGS ?=
BIN := .venv/bin
STATIC := backend/hypertrainer/static
NPM := npm --prefix frontend
CHROMIUM ?= /usr/bin/chromium
export CHROMIUM
export PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# In CI a skipped test is a failed one: the machine there has everything. Two processes, as most wait.
PYTEST := $(if $(CI),PYTHONPATH=.ci) $(BIN)/pytest $(if $(CI),-p no_skips --durations=25 -n 2 --dist loadgroup)

digest = $(shell cat $(1) /dev/null | sha256sum | cut -c1-16)
FRONTEND_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' \
	-not -path 'frontend/e2e/*' -not -path 'frontend/test-results/*' | LC_ALL=C sort)
PACKAGES := .venv/installed-$(call digest,requirements-dev.lock pyproject.toml)
MODULES := frontend/node_modules/.installed-$(call digest,frontend/package.json frontend/package-lock.json)
DASHBOARD := frontend/node_modules/.built-$(call digest,$(FRONTEND_SOURCES))

# A stamp counts only while what it speaks of is there and works.
ifneq ($(shell $(BIN)/python -c 'print(1)' 2>/dev/null),1)
$(PACKAGES): FORCE
endif
ifeq ($(wildcard $(STATIC)/index.html),)
$(DASHBOARD): FORCE
endif

.PHONY: help setup run test test-frontend test-python test-fast test-slow check fix client lock migration build dev bench clean FORCE

help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' Makefile | while IFS=$$'\t' read -r name text; do \
		printf '  make %-14s %s\n' "$$name" "$$text"; done

setup: $(PACKAGES) $(DASHBOARD) ## install everything into .venv and frontend/node_modules, build the dashboard

$(PACKAGES):
	@python=$$(tools/python) && { $(BIN)/python -c '' 2>/dev/null || $$python -m venv --clear .venv; }
	@echo "Installing the Python packages into .venv …"
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@rm -f .venv/installed-*; touch $@

$(MODULES):
	@tools/node
	@echo "Installing the front end's packages into frontend/node_modules …"
	@$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(DASHBOARD): $(MODULES)
	@echo "Building the dashboard …"
	@$(NPM) run --silent build -- --logLevel warn
	@rm -f frontend/node_modules/.built-*; touch $@

run: setup ## start the server and print its link; options: make run ARGS="--port 5001"
	@exec $(BIN)/hypertrainer serve $(ARGS)

test: test-frontend test-python ## every test; Python comes last and prints the closing line

test-frontend: setup ## the front end's own tests, then the browser's against a real server
	$(NPM) run --silent test
	@if [ -n "$${CI:-}" ] || [ -x "$$CHROMIUM" ]; then $(NPM) run --silent e2e; \
		else echo "Browser tests left out: there is no $$CHROMIUM (set CHROMIUM to one)."; fi

test-python: setup ## the Python tests
	$(PYTEST) $(ARGS)

test-fast: setup ## the tests of the functions, without real servers, kills and browsers
	$(NPM) run --silent test
	$(PYTEST) -m "not slow and not postgres and not browser" $(ARGS)

test-slow: setup ## the tests that test-fast leaves out
	$(NPM) run --silent e2e
	$(PYTEST) -m "slow or postgres or browser" $(ARGS)

check: setup ## formatting, lint, types, import directions, generated files, Docker files; all, then fails
	@failed=(); run() { printf '· %s\n' "$$*"; "$$@" || failed+=("$${1##*/}"); }; \
	run $(BIN)/ruff format --check; \
	run $(BIN)/ruff check; \
	run $(BIN)/mypy; \
	run $(BIN)/lint-imports; \
	run $(NPM) run --silent check; \
	run tools/client --check; \
	run $(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml; \
	run $(BIN)/hadolint docker/Dockerfile.*; \
	[ $${#failed[@]} -eq 0 ] || { echo "Failed: $${failed[*]}"; exit 1; }

fix: setup ## format and mend what the linters can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(NPM) run --silent fix

client: setup ## write frontend/openapi.json and the TypeScript types from the server's code
	tools/client

lock: ## pin pyproject.toml's dependencies anew (needs `make setup` once, for uv)
	$(BIN)/uv pip compile $(LOCK_OPTIONS) pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile $(LOCK_OPTIONS) pyproject.toml --group dev \
		--constraints requirements.lock --output-file requirements-dev.lock
LOCK_OPTIONS := --quiet --universal --python-version 3.11 --generate-hashes --no-config \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	$(if $(UPGRADE),--upgrade)

migration: setup ## write a migration from the tables: make migration m="Add a column"
	@: "$${m:?say what it does: make migration m=\"Add a column\"}"
	tools/migration "$$m"

build: setup ## build the wheel, the dashboard inside, into dist/
	$(BIN)/python -m build --wheel --no-isolation --outdir dist
	@ls -l dist

dev: setup ## a server that reloads and a dashboard that updates as you type, on port 5173
	@trap 'kill $$(jobs -p) 2>/dev/null' EXIT; $(NPM) run --silent dev & \
		$(BIN)/watchfiles --filter python "$(BIN)/hypertrainer serve $(ARGS)" backend/hypertrainer

bench: setup ## run the benchmarks; one of them: make bench ARGS=launch
	@for question in $(if $(ARGS),$(ARGS:%=bench/%.py),bench/[a-z]*.py); do $(BIN)/python "$$question"; done

clean: ## remove what setup and build made (never your tasks)
	rm -rf .venv frontend/node_modules frontend/test-results $(STATIC) dist build
	find backend bench -name __pycache__ -prune -exec rm -rf {} +

FORCE:
