# `make help` lists what can be made.

# A virtual environment that is there already is used as it is: make PYTHON=python3.12 makes a new one.
PYTHON ?= $(firstword $(wildcard .venv/bin/python) python3)
PORT ?= 8000
PY := .venv/bin/python
BIN := node_modules/.bin
BUILD := build
QUICK := checkpoints/lyrics/quick

.PHONY: help site check format test nightly bench dist lock clean preflight built FORCE
.DELETE_ON_ERROR:

help: ## list these targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

site: built ## train the quick network, export every run, bundle and serve the site
	$(PY) -m export.serve --port $(PORT)

check: $(BUILD)/python $(BUILD)/node ## format, lint, types and fast tests: needs no network and no browser
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/codespell
	npm run --silent check
	$(PY) -m pytest -q -n 2 -m "not slow and not browser and not nightly"
	npm test --silent

format: $(BUILD)/python $(BUILD)/node ## format the code and fix what can be fixed automatically
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	npm run --silent format

test: built ## every test but the nightly ones, in Chromium and Firefox too
	$(PY) -m pytest -n 2 --dist worksteal -m "not nightly"
	npm test --silent

nightly: built ## robustness tests with many more cases, and fresh installations for each Python
	$(PY) -m pytest tests/robustness --hypothesis-profile nightly --durations 10
	$(PY) -m pytest -m nightly --durations 10

bench: built ## measure the speed of everything; writes results/bench.md
	$(PY) -m bench

dist: built ## bundle and minify the site into dist/, ready to publish
	$(PY) -m export.dist

lock: ## renew requirements.lock from setup.cfg (needs uv)
	uv pip compile setup.cfg --extra test --extra dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --allow-unsafe --custom-compile-command "make lock" -o requirements.lock

clean: ## delete everything that was made, but no trained networks
	rm -rf $(BUILD) .cache .venv node_modules web/vendor web/models web/precache-manifest.js dist

# The tools that must be there, checked before anything takes time.

preflight:
	@command -v $(PYTHON) >/dev/null || \
		{ echo "make: $(PYTHON) is missing: install Python 3.11 or 3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; \
		(3, 11) <= v < (3, 13) or sys.exit("make: Python %d.%d is not supported: try make PYTHON=python3.11, or python3.12" % v[:2]); \
		print("Using Python %d.%d.%d (%s)" % (*v[:3], sys.executable))'
	@test ! -x $(PY) || test "$$($(PY) -c 'import sys; print(sys.version_info[:2])')" = \
		"$$($(PYTHON) -c 'import sys; print(sys.version_info[:2])')" || \
		{ echo "make: .venv was made with another Python: run make clean first" >&2; exit 1; }
	@command -v node >/dev/null && command -v npm >/dev/null || \
		{ echo "make: node or npm is missing: install Node.js 20 or later" >&2; exit 1; }
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || \
		{ echo "make: Node.js $$(node --version) is too old: install Node.js 20 or later" >&2; exit 1; }

$(BUILD)/python: requirements.lock setup.cfg pyproject.toml | preflight
	test -x $(PY) || $(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p $(BUILD) && touch $@

$(BUILD)/node: package.json package-lock.json | preflight
	npm ci --no-audit --no-fund
	@mkdir -p $(BUILD) && touch $@

# TensorFlow.js, bundled.

web/vendor/tfjs.js: web/tfjs-bundle/entry.js $(BUILD)/node
	$(BIN)/esbuild $< --bundle --minify --format=esm --legal-comments=linked --outfile=$@
	cp node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm \
	   node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm web/vendor/

web/vendor/training.js: web/tfjs-bundle/training.js $(BUILD)/node
	$(BIN)/esbuild $< --bundle --minify --format=esm --legal-comments=linked --outfile=$@

# The networks. A run that is there is never trained over; one that was interrupted is resumed.

$(BUILD)/quick: | $(BUILD)/python
	@if [ ! -e $(QUICK)/meta.json ]; then $(PY) -m train.lyrics --recipe quick; \
	elif [ -e $(QUICK)/state.npz ] && ! grep -q '"finished": true' $(QUICK)/meta.json; then \
		$(PY) -m train.lyrics --recipe quick --resume; fi
	@touch $@

# The names of all runs. The file changes only when a run is added, renamed or deleted.
$(BUILD)/runs: $(BUILD)/quick FORCE
	@ls -d checkpoints/*/*/ | cmp -s - $@ || ls -d checkpoints/*/*/ > $@

# export.tfjs itself skips the runs whose files have not changed.
$(BUILD)/models: $(BUILD)/runs $(BUILD)/node \
		$(wildcard checkpoints/*/*.csv checkpoints/*/*/* $(addsuffix /*.py,common data/* models generate generate/* export))
	$(PY) -m export.tfjs
	@touch $@

SITE := $(wildcard web/*.html web/*.js web/*.svg web/*/*.js web/*/*.css web/pictures/*)

web/precache-manifest.js: $(BUILD)/models web/vendor/tfjs.js web/vendor/training.js export/precache.py \
		$(filter-out web/vendor/%,$(SITE))
	$(PY) -m export.precache

built: web/precache-manifest.js
