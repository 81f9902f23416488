# make demo   edits a portrait offline and leaves original, sent and final pictures in demo/
# make test   installs what the tests need and runs every check
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PHOTO  ?=
PRESET ?= backdrop-navy

.PHONY: demo test lint bench clean
.DELETE_ON_ERROR:

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "PrivateEdit needs Python 3.11 or newer: make PYTHON=/path/to/python3 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(BIN)/python pyproject.toml hatch_build.py src/privateedit/vision/weights/manifest.toml
	$(BIN)/python -m pip install --quiet --editable '.[demo]'
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml hatch_build.py src/privateedit/vision/weights/manifest.toml
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

demo: $(VENV)/.demo
	$(BIN)/python examples/demo.py --preset '$(PRESET)' --out demo $(if $(PHOTO),'$(PHOTO)')

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/python -m pytest -n auto --dist worksteal

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) demo
