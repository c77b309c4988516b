# `make` alone explains itself. Everything is set up on first use and kept until it has to change.

.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

# The newest Python that will do; PYTHON=… chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BOOTSTRAP = @test -n "$(PYTHON)" || { echo 'muster: Muster needs Python 3.11 or later: install it, or name it by PYTHON=…' >&2; exit 1; }; \
	$(PYTHON) tools/bootstrap
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Our own modules are compiled once, whatever the shell says: a start would compile them all.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## this list
	@echo 'Muster: emergency management. Needs Python 3.11+, make and git; brings everything else.'
	@echo
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

.PHONY: run
run: ## start everything on http://127.0.0.1:8000 (settings: `.venv/bin/muster settings`)
	$(BOOTSTRAP) run
	@exec .venv/bin/muster up

.PHONY: up
up: ## start each service as processes of its own behind a gateway: by Docker where there is one, else on this machine
	$(BOOTSTRAP) run
	@tools/compose up

.PHONY: down
down: ## stop what `make up` started; everything is kept
	$(BOOTSTRAP) run
	@tools/compose down

.PHONY: test
test: ## every test: front end, browser stories, Python
	$(BOOTSTRAP) dev
	$(BOOTSTRAP) browser
	$(BOOTSTRAP) engines
	$(BOOTSTRAP) run
	@tools/test

.PHONY: test-faults
test-faults: ## break real processes on purpose, and check that nothing promised is lost
	$(BOOTSTRAP) dev
	$(BOOTSTRAP) engines
	$(BOOTSTRAP) run
	@tools/test faults

.PHONY: check
check: ## style, types, walls between packages, generated code, migrations, project lints
	$(BOOTSTRAP) dev
	$(BOOTSTRAP) checkov
	@.venv/bin/python tools/check

.PHONY: format
format: ## format the Python code and fix what can be fixed without thinking
	$(BOOTSTRAP) dev
	@.venv/bin/ruff check --quiet --fix-only . ; .venv/bin/ruff format .

.PHONY: bench
bench: ## measure against the physical limit; writes docs/performance.md
	$(BOOTSTRAP) dev
	$(BOOTSTRAP) run
	@.venv/bin/python -m bench

.PHONY: e2e
e2e: ## the stories in a real browser only
	$(BOOTSTRAP) dev
	$(BOOTSTRAP) browser
	$(BOOTSTRAP) engines
	$(BOOTSTRAP) run
	@tools/test e2e

.PHONY: migrate
migrate: ## bring the database in MUSTER_HOME to the newest revision
	$(BOOTSTRAP) run
	@exec .venv/bin/muster migrate

.PHONY: proto
proto: ## generate Python from the gRPC contracts
	$(BOOTSTRAP) dev
	@tools/proto

.PHONY: proto-baseline
proto-baseline: ## take the gRPC contracts as they are for published, even where that breaks the last ones
	$(BOOTSTRAP) dev
	@tools/proto --baseline

.PHONY: api-types
api-types: ## write the OpenAPI document and the front end's types from it
	$(BOOTSTRAP) dev
	@tools/api-types

.PHONY: lock
lock: ## write locks/ and the front end's lock from what the packages ask for (UPGRADE=1: newest versions)
	$(BOOTSTRAP) dev
	@tools/lock

.PHONY: service
service: ## write a new microservice: make service name=mutual-aid noun=request
	$(BOOTSTRAP) dev
	@.venv/bin/python tools/new_service.py "$(name)" "$(noun)"

.PHONY: clean
clean: ## remove what was set up and built; the data in var/ stays
	@rm -rf .venv build frontend/node_modules frontend/dist
