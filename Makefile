# make site   trains the quick network, exports, bundles and serves: the whole way
# make test   everything, real Chromium included
# make nightly   that it holds: killed, filled up, damaged, made to do harm, 20,000 times and more

PYTHON ?= python3
PORT ?= 8000
PY := .venv/bin/python
STAMPS := build

.PHONY: site dist test nightly bench serve clean

site: built
	$(PY) -m export.serve --port $(PORT)

built: web/vendor/site.js
.PHONY: built

$(STAMPS)/python: setup.cfg pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 13) and "Python 3.10 to 3.12 is needed: make PYTHON=python3.11 ...")'
	test -x $(PY) || $(PYTHON) -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check -e '.[test]'
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/node: package.json package-lock.json
	npm ci --no-audit --no-fund
	@mkdir -p $(STAMPS) && touch $@

web/vendor/tfjs.js: web/tfjs-bundle/entry.js $(STAMPS)/node
	node_modules/.bin/esbuild web/tfjs-bundle/entry.js --bundle --minify --format=esm --legal-comments=linked --outfile=$@
	cp node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm \
	   node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm web/vendor/

web/vendor/training.js: web/tfjs-bundle/training.js $(STAMPS)/node
	node_modules/.bin/esbuild $< --bundle --minify --format=esm --legal-comments=linked --outfile=$@

SITE := $(filter-out web/vendor/%,$(wildcard web/*.html web/*.js web/*.svg web/*/*.js web/*/*.css web/pictures/*))

web/vendor/site.js: $(STAMPS)/models $(wildcard web/models/index.json) web/vendor/tfjs.js web/vendor/training.js export/precache.py $(SITE)
	$(PY) -m export.precache

QUICK := data/lyrics/songbook.csv models/lyrics.py $(addprefix data/lyrics/,corpus.py songs.py vocabulary.py tokenizer.py) \
	$(addprefix train/lyrics/,__main__.py batches.py trainers.py)

$(STAMPS)/quick: $(STAMPS)/python $(QUICK)
	$(PY) -m train.lyrics --recipe quick --fresh
	@touch $@

$(STAMPS)/models: $(STAMPS)/quick $(STAMPS)/node checkpoints/digits/transfer.csv \
		$(wildcard checkpoints/*/*/model.keras export/*.py models/*.py)
	$(PY) -m export.tfjs
	@touch $@

dist: built
	$(PY) -m export.dist

test: built
	$(PY) -m pytest

nightly: built
	$(PY) -m pytest tests/robustness --hypothesis-profile nightly --durations 10

bench: built
	$(PY) -m bench

clean:
	rm -rf $(STAMPS) .cache .venv node_modules web/vendor web/models dist checkpoints/lyrics/quick
