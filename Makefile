# The same commands on a bare machine and in CI. Each makes its own environment in .venv first.
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Threads that wait for each other on shared cores cost more than they bring.
CALM := OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE POLARS_MAX_THREADS=1

.PHONY: help demo test check clean
.DEFAULT_GOAL := help

help:
	@echo "make demo    match two made-up shops and write a report to ./demo-shelf"
	@echo "make test    run the tests"
	@echo "make check   what CI runs: style, types, tests"
	@echo "make clean   remove the environment and the demo"

demo: $(READY)
	@$(BIN)/shelfspace demo --out demo-shelf

test: $(READY)
	@echo "== Tests (a few minutes)"
	@$(CALM) $(BIN)/python -m pytest -n auto --dist loadfile

check: $(READY)
	@echo "== Style"
	@$(BIN)/ruff check src tests
	@$(BIN)/ruff format --check src tests
	@echo "== Types"
	@$(BIN)/mypy
	@$(MAKE) --no-print-directory test

clean:
	rm -rf $(VENV) demo-shelf

$(READY): pyproject.toml
	@set -eu; \
	for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
	  echo "Shelfspace needs Python 3.11 or newer, and there is none on the path." >&2; \
	  echo "Debian, Ubuntu: sudo apt install python3 python3-venv    macOS: brew install python@3.12" >&2; \
	  echo "Or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	if ! "$$found" -c 'import ensurepip, venv' 2>/dev/null; then \
	  echo "This Python ($$found) cannot make environments: its venv package is missing." >&2; \
	  echo "Debian, Ubuntu: sudo apt install python3-venv    macOS: brew install python@3.12" >&2; exit 1; \
	fi; \
	echo "== Making an environment in $(VENV) with $$("$$found" --version)"; \
	"$$found" -m venv $(VENV); \
	echo "== Installing Shelfspace and its libraries into it (once; about 2 GB, a minute or more)"; \
	$(BIN)/python -m pip install --disable-pip-version-check -e ".[dev]"
	@touch $@
