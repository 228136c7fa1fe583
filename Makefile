# POSIX sh and any GNU make from 3.81 on. Variables given on the command line reach the commands'
# environment by themselves: make demo PORT=8123 DATABASE_URL=postgresql://... PYTHON=python3.13
.DEFAULT_GOAL := help
.PHONY: help demo test oldest setup setup-demo lint docs bench drill screenshots clean

PY := .venv/bin/python
ARGS ?=

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: setup-demo ## Open the cinema on http://127.0.0.1:8000 (PORT=8123, DATABASE_URL=postgresql://...)
	@exec $(PY) -m cinema

# Tests start hundreds of processes. Where the environment forbids bytecode, each compiles all of Django.
test: setup ## Run every test, in a browser too (ARGS="-k reads")
	@sh scripts/browser.sh
	@unset PYTHONDONTWRITEBYTECODE; exec $(PY) -m pytest -n logical --dist loadfile $(ARGS)

oldest: setup ## Run the library's own tests on Python 3.12, Django 5.2 and PostgreSQL 15 (Debian)
	@sh scripts/oldest.sh $(ARGS)

setup: ## Build .venv from the lock file with everything the targets need (PYTHON=python3.13)
	@sh scripts/setup.sh all

setup-demo:
	@sh scripts/setup.sh demo

# The linters import the settings; they need no database, and are to start none.
lint: export DATABASE_URL = postgresql://nobody@127.0.0.1:1/none
lint: setup ## Check style, types and who imports whom
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	.venv/bin/lint-imports

docs: setup ## Build the documentation into docs/_build, warnings being errors
	$(PY) -m sphinx -n -W --keep-going docs docs/_build

bench: setup ## Measure against peers, for minutes (ARGS="reads --quick")
	@exec $(PY) -m benchmarks $(or $(ARGS),reads)

drill: setup ## Try the laws for long, and what is too long for the tests (ARGS="-k reads")
	@exec $(PY) -m pytest --hypothesis-profile=drill tests/laws drills tests/db/ranges/test_admin_urls.py $(ARGS)

screenshots: setup ## Take the screenshots that README and docs show
	@sh scripts/browser.sh
	@exec $(PY) scripts/screenshots.py

clean: ## Remove what tools leave behind; .venv and the demo's data in var/ stay
	@rm -rf docs/_build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.venv*' -prune -exec rm -rf {} +
