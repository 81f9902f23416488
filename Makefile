# make demo   edits a portrait offline and leaves original, sent and final pictures in demo/
# make test   installs what the tests need and runs every check
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
LITELLM := $(VENV)/clients/litellm
CLUSTER := $(VENV)/cluster
CLIENTS := tests/clients
AXE    := tests/server/page/browser/node
PHOTO  ?=
PRESET ?= backdrop-navy

# Compiled once, not again in each of the hundreds of processes that tests begin.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test suite clients cluster lint bench clean
.DELETE_ON_ERROR:

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "PrivateEdit needs Python 3.11 or newer: make PYTHON=/path/to/python3 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(BIN)/python pyproject.toml hatch_build.py src/privateedit/vision/weights/manifest.toml
	$(BIN)/python -m pip install --quiet --editable '.[demo]'
	@touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml hatch_build.py src/privateedit/vision/weights/manifest.toml
	$(BIN)/python -m pip install --quiet --no-compile --editable '.[dev]'
	@# What commands load is compiled by loading it, for those who keep Python from writing that down later.
	$(BIN)/python -c 'import filelock, pydantic.main, privateedit.api, privateedit.cli.app, privateedit.restoring'
	$(BIN)/python -c 'from privateedit.vision import models; models.prepare()'
	@touch $@

# axe looks at the page as people with screen readers meet it; a few files, for the tests alone.
$(VENV)/.axe: $(BIN)/python $(AXE)/package-lock.json
	@{ command -v npm && npm ci --prefix $(AXE) --silent --fetch-retries=0 --fetch-timeout=20000; } >/dev/null \
	  || { rm -rf $(AXE)/node_modules; echo "npm is not there, or reaches no registry: axe does not look at the page."; }
	@touch $@

# Clients that people use, as the tests put them in front of the proxy. LiteLLM has an environment of its own.
$(VENV)/.clients: $(VENV)/.dev $(CLIENTS)/litellm/requirements.txt $(CLIENTS)/node/package-lock.json
	$(BIN)/python -m venv --clear --without-pip $(LITELLM)
	$(BIN)/python -m pip --python $(LITELLM)/bin/python install --quiet --no-deps --no-compile \
	  --requirement $(CLIENTS)/litellm/requirements.txt
	@{ command -v npm && npm ci --prefix $(CLIENTS)/node --silent; } >/dev/null \
	  || { rm -rf $(CLIENTS)/node/node_modules; echo "npm is not there, or reaches no registry: clients for Node are not tested."; }
	@touch $@

demo: $(VENV)/.demo
	$(BIN)/python examples/demo.py --preset '$(PRESET)' --out demo $(if $(PHOTO),'$(PHOTO)')

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Checks of the source leave one core idle, and tests that wait leave both: they run side by side.
test: $(VENV)/.dev
	$(MAKE) --no-print-directory -j2 lint suite

# One worker a core, and one more, since some tests wait: for a service that is silent, or a clock. Libraries that
# bring threads of their own only make them wait for each other (a third more processor time).
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
suite: $(VENV)/.dev $(VENV)/.axe
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

# The clients that people use, in front of the proxy; LiteLLM's environment and Node's libraries take a minute.
clients: $(VENV)/.clients
	$(BIN)/python -m pytest -n auto --dist worksteal tests/clients

# Batches on a Ray cluster of two nodes; Ray is in an environment of its own, which sees what the tests need.
$(VENV)/.cluster: $(VENV)/.dev
	$(BIN)/python -m venv --clear --without-pip $(CLUSTER)
	$(BIN)/python -m pip --python $(CLUSTER)/bin/python install --quiet 'ray>=2.50'
	$(BIN)/python -c 'import site; print(site.getsitepackages()[0])' \
	  > "$$($(CLUSTER)/bin/python -c 'import site; print(site.getsitepackages()[0])')/tests.pth"
	@touch $@

cluster: $(VENV)/.cluster
	OMP_NUM_THREADS=1 PYTHONPATH='$(CURDIR)/src' $(CLUSTER)/bin/python -m pytest -n 1 tests/cluster

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) demo $(CLIENTS)/node/node_modules $(AXE)/node_modules
