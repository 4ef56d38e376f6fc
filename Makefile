# Everything runs in .venv, made here from Python 3.11 or later; `make PYTHON=/path/to/python demo` names another one.
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name) 2>/dev/null)))
BIN := .venv/bin
SCENARIOS := iraq/no-closure iraq/closure-no-notice iraq/closure-with-alternatives
SEEDS ?= 20

.PHONY: help demo live test test-py312 slow browser lint format bench manual golden refit notebook clean

help:
	@echo "make demo      set up, and compare three futures of the Iraq case"
	@echo "make live      set up, and open the live what-if page of the fictional valley (CASE=iraq for Iraq)"
	@echo "make test      set up with the tools, and run the fast tests"
	@echo "make test-py312  the same on Python 3.12 or later with the newest Mesa, where there is one"
	@echo "make slow      run the statistical tests and all that start many processes (a quarter of an hour)"
	@echo "make browser   test the live page in a real browser (needs chromium)"
	@echo "make lint      style, types and the order of the floors"
	@echo "make format    put the code into the common style"
	@echo "make bench     measure speed; writes results/benchmark.json"
	@echo "make manual    write docs/parameters.md, columns.md and outputs.md anew"
	@echo "make golden    take what the scenarios give now as what tests and sim doctor expect"
	@echo "make refit     fit the studies that are shipped again (a quarter of an hour), and keep their posteriors"
	@echo "make notebook  execute the notebooks"
	@echo "make clean     remove environments, results and caches of tools"

demo: .venv/core
	$(BIN)/sim compare $(SCENARIOS) --seeds $(SEEDS) --out results/demo

CASE ?= valley
live: .venv/live
	$(BIN)/sim live $(CASE)

# The first line compiles the model once, so that parallel tests find it compiled.
test: .venv/dev
	$(BIN)/python -c "import sim; sim.run('iraq/no-closure', households=6000, months=1)"
	$(BIN)/python -m pytest -m "not slow and not browser" -rs -n 2 --dist loadfile

# Mesa after 3.3 needs Python 3.12. A name alone does not do: the shims of pyenv stand for versions that are not there.
NEWER ?= python3.12 python3.13 python3 $(sort $(wildcard $(HOME)/.pyenv/versions/3.1[23].*/bin/python))
VERSIONS := import importlib.metadata as m, sys; print("Python", sys.version.split()[0], \
  *(name + " " + m.version(name) for name in ("mesa", "numpy", "numba")), sep=", ")

test-py312:
	@for python in $(NEWER); do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && found="$$python" && break; \
	done; \
	test -n "$$found" || { echo "Not tested: no Python 3.12 or later runs here; name one: make NEWER=/path/to/python test-py312"; exit 0; }; \
	set -e; \
	test -x .venv-py312/bin/python || "$$found" -m venv .venv-py312; \
	.venv-py312/bin/python -m pip install --quiet --upgrade --upgrade-strategy eager --editable ".[dev]"; \
	.venv-py312/bin/python -c '$(VERSIONS)'; \
	.venv-py312/bin/python -c "import sim; sim.run('iraq/no-closure', households=6000, months=1)"; \
	.venv-py312/bin/python -m pytest -m "not slow and not browser" -rs -n 2 --dist loadfile

SLOW ?= slow
slow: .venv/dev
	$(BIN)/python -m pytest -m "$(SLOW)" -rA -n 2 --dist loadfile --durations=15

WORKERS ?= 2
browser: .venv/dev
	$(BIN)/python -m pytest -m browser -rs -n $(WORKERS) --dist loadfile

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/core
	mkdir -p results
	$(BIN)/python benchmarks/engine.py --json results/benchmark.json

manual: .venv/core
	$(BIN)/python docs/build_manual.py

golden: .venv/core
	$(BIN)/python tests/golden/update.py
	git --no-pager diff --stat tests/golden sim/experiments/self_test.json

refit: .venv/core
	$(BIN)/sim fit calibration/iraq/study.yaml --out results/refit
	cp results/refit/posterior.csv results/refit/posterior.json calibration/iraq/

notebook: .venv/dev
	$(BIN)/python -m nbconvert --to notebook --execute --inplace \
	  --ExecutePreprocessor.record_timing=False notebooks/*.ipynb

clean:
	rm -rf .venv .venv-py312 results dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

# Stamp files: installing again only when pyproject.toml has changed.
.venv/core: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/live: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[live]"
	@touch .venv/core $@

.venv/dev: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --editable ".[dev,notebook]"
	@touch .venv/core $@

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python found: install Python 3.11 or later, or name one: make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is $$($(PYTHON) --version 2>&1); Python 3.11 or later is needed: make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu install the package python3-venv"; exit 1; }
