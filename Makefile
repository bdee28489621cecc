# `make help` lists what can be made.

# A virtual environment that is there already is used as it is: make PYTHON=python3.12 makes a new one.
PYTHON ?= $(firstword $(wildcard .venv/bin/python) python3)
PORT ?= 8000
PY := .venv/bin/python
BIN := node_modules/.bin
BUILD := build
QUICK := checkpoints/lyrics/quick
# make would take the $ in the name of a folder for the start of a variable.
$(foreach name,SONGS FACES NAME TITLE ABOUT LICENSE ADDRESS SOURCE,$(eval override export $(name) := $$(value $(name))))
# What `make mine` trains.
OWN = $(if $(SONGS),lyrics,avatars)/$$NAME
TRAIN = $(if $(SONGS),train.lyrics --recipe gene-lyrica-two --init-from gene-lyrica-two,train.avatars)
ifeq ($(MAKECMDGOALS),mine)
ifeq ($(and $(NAME),$(SONGS)$(FACES)),)
$(error Say what to learn from and what to call it, e.g. make mine SONGS=songs.csv NAME=kitchen)
endif
ifneq ($(and $(SONGS),$(FACES)),)
$(error Give SONGS or FACES, not both: each is a network of its own)
endif
endif
# A process for each core, up to four. Each of them needs up to 2 GB of memory.
PYTEST := $(PY) -m pytest -n auto --maxprocesses 4
# The tests of `make test`; CI leaves out those that `make check` has just run.
TESTS := not nightly
VENDORED := $(addprefix web/vendor/,tfjs.js tfjs-cpu.js kernels.wasm song-tables.js alegreya.woff2)
CODE := common data models generate metrics export

.PHONY: help site mine check format test nightly bench dist verify lock clean preflight built FORCE
.DELETE_ON_ERROR:

help: ## list these targets
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

# A broken run stops whatever is published, but not a look at the other networks.
site: OR_SHOW_THE_OTHERS := || test -e web/models/index.json
site: built ## train the quick network, export every run, bundle and serve the site
	$(PY) -m export.serve --port $(PORT)

mine: $(BUILD)/python $(VENDORED) ## your own: make mine SONGS=songs.csv NAME=kitchen (or FACES=toys.zip; TITLE, ABOUT, LICENSE)
	@run="checkpoints/$(OWN)"; \
		$(PY) -m $(TRAIN) $(if $(SONGS),--songs "$$SONGS",--faces "$$FACES") --run "$$NAME" \
		$$(test ! -e "$$run/state.npz" || echo --resume)
	$(PY) -m export.tfjs "$(OWN)" $(if $(TITLE),--title "$$TITLE") $(if $(ABOUT),--about "$$ABOUT") \
		$(if $(LICENSE),--license "$$LICENSE")
	$(PY) -m export.tfjs || test -e web/models/index.json
	$(PY) -m export.songbook
	$(PY) -m export.precache
	$(PY) -m export.serve --port $(PORT) --open "$(OWN)"

check: $(BUILD)/python $(BUILD)/node web/vendor/kernels.wasm web/vendor/song-tables.js ## format, lint, types and fast tests: needs no network and no browser
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/codespell
	npm run --silent check
	$(PYTEST) -q -m "not slow and not browser and not nightly"
	npm test --silent

format: $(BUILD)/python $(BUILD)/node ## format the code and fix what can be fixed automatically
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	npm run --silent format

test: built ## every test but the nightly ones, in Chromium and Firefox too
	$(PYTEST) --dist worksteal -m "$(TESTS)"
	npm test --silent

nightly: built ## robustness tests with many more cases, and fresh installations for each Python
	$(PY) -m pytest tests/robustness --hypothesis-profile nightly --durations 10
	$(PY) -m pytest -m nightly -raP --durations 10

bench: built ## measure the speed of everything; writes results/bench.md
	$(PY) -m bench

dist: built ## bundle and minify the site into dist/, ready to publish (ADDRESS=https://... of the site, SOURCE=https://... of its code)
	$(PY) -m export.dist $(if $(ADDRESS),--address "$$ADDRESS") $(if $(SOURCE),--source "$$SOURCE")

verify: $(BUILD)/quick $(BUILD)/node ## build the site twice from clean clones and compare every file
	$(PY) -m export.verify

lock: ## renew requirements.lock from setup.cfg (needs uv)
	uv pip compile setup.cfg --extra test --extra dev --universal --python-version 3.11 --upgrade \
		--generate-hashes --allow-unsafe --custom-compile-command "make lock" -o requirements.lock

# It leaves a .venv of yours, and dist/, which may be a checkout and keeps older versions for visitors.
clean: ## delete what was made, but no trained networks and not dist/
	test ! -e .venv/made-by-make || rm -rf .venv
	rm -rf $(BUILD) .cache node_modules web/vendor web/models web/songs web/precache-manifest.js

# The tools that must be there, checked before anything takes time.

preflight:
	@command -v $(PYTHON) >/dev/null || \
		{ echo "make: $(PYTHON) is missing: install Python 3.11 or 3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info; \
		(3, 11) <= v < (3, 13) or sys.exit("make: Python %d.%d is not supported: try make PYTHON=python3.11, or python3.12" % v[:2]); \
		print("Using Python %d.%d.%d (%s)" % (*v[:3], sys.executable))'
	@test ! -x $(PY) || test "$$($(PY) -c 'import sys; print(sys.version_info[:2])')" = \
		"$$($(PYTHON) -c 'import sys; print(sys.version_info[:2])')" || \
		{ echo "make: .venv was made with another Python: run make clean, or move it away" >&2; exit 1; }
	@command -v node >/dev/null && command -v npm >/dev/null || \
		{ echo "make: node or npm is missing: install Node.js 20 or later" >&2; exit 1; }
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || \
		{ echo "make: Node.js $$(node --version) is too old: install Node.js 20 or later" >&2; exit 1; }

$(BUILD)/python: requirements.lock setup.cfg pyproject.toml | preflight
	test -x $(PY) || { $(PYTHON) -m venv .venv && touch .venv/made-by-make; }
	.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p $(BUILD) && touch $@

$(BUILD)/node: package.json package-lock.json | preflight
	npm ci --no-audit --no-fund
	@mkdir -p $(BUILD) && touch $@

# TensorFlow.js, bundled.

web/vendor/tfjs.js: $(addprefix web/vendor-sources/,tfjs.js slices.js) $(BUILD)/node
	$(BIN)/esbuild $< --bundle --minify --format=esm --legal-comments=linked --outfile=$@
	cp node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm \
	   node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm web/vendor/

web/vendor/tfjs-cpu.js: web/vendor-sources/tfjs-cpu.js $(BUILD)/node
	$(BIN)/esbuild $< --bundle --minify --format=esm --legal-comments=linked --outfile=$@

# The matrix products of training in the page, compiled from AssemblyScript.

web/vendor/kernels.wasm: web/vendor-sources/kernels.ts $(BUILD)/node
	@mkdir -p web/vendor
	$(BIN)/asc $< -o $@ -O3 --enable simd --runtime stub --noAssert --importMemory

# The patterns and tables with which the page reads songs as Python does.

web/vendor/song-tables.js: export/song_tables.py export/javascript_pattern.py \
		$(wildcard data/lyrics/*.py data/lyrics/readers/*.py) $(BUILD)/python
	$(PY) -m export.song_tables $@

# The serif of songs and headlines, with its license.

web/vendor/alegreya.woff2: $(BUILD)/node
	@mkdir -p web/vendor
	cp node_modules/@fontsource/alegreya/LICENSE web/vendor/alegreya.woff2.LEGAL.txt
	cp node_modules/@fontsource/alegreya/files/alegreya-latin-400-normal.woff2 $@

# The networks. A run that is there is never trained over; one that was interrupted is resumed.

$(BUILD)/quick: | $(BUILD)/python
	@if ! grep -q -s -e '"epoch"' -e '"finished"' $(QUICK)/meta.json; then $(PY) -m train.lyrics --recipe quick; \
	elif [ -e $(QUICK)/state.npz ] && ! grep -q '"finished": true' $(QUICK)/meta.json; then \
		$(PY) -m train.lyrics --recipe quick --resume; fi
	@touch $@

# The content of all that is exported. Names and times would miss runs that were renamed, deleted or
# copied with their times. The file changes only when something else does.
$(BUILD)/sources: $(BUILD)/quick FORCE
	@find checkpoints $(CODE) -type f ! -name state.npz ! -name '*.lock' ! -name '*.pyc' \
		-exec cksum {} + | sort > $@.new
	@cmp -s $@.new $@ || cp $@.new $@

# export.tfjs itself skips the runs whose files have not changed.
$(BUILD)/models: $(BUILD)/sources $(BUILD)/node $(if $(wildcard web/models/index.json),,FORCE)
	$(PY) -m export.tfjs && touch $@ $(OR_SHOW_THE_OTHERS)

built: $(BUILD)/models $(VENDORED)
	@$(PY) -m export.songbook
	@$(PY) -m export.precache
