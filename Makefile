# `make book` builds the site, `make test` runs every test; each works alone and first, on a machine with
# nothing but Python >= 3.11.

PYTHON ?= python3
PRESET ?= paper
BIN := .venv/bin
LOCK = UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet

.PHONY: book student archive pdf test-fast test test-all lint serve bench seeds text lock clean
.DEFAULT_GOAL := book

book: .venv/ready
	$(BIN)/collapse build --preset $(PRESET)

student: .venv/ready
	$(BIN)/collapse build --preset $(PRESET) --student

archive: book
	$(BIN)/collapse archive

pdf: book
	$(BIN)/collapse pdf

TESTS := $(BIN)/python -m pytest -n auto --dist loadgroup

# While one writes: no browser, no built book, nothing slow.
test-fast: .venv/ready
	$(TESTS) -m "not browser and not slow and not thorough"

test: .venv/ready
	$(TESTS) -m "not thorough"

# And what says the same once more, in more places or at more sizes.
test-all: .venv/ready
	$(TESTS)

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

serve: book
	$(BIN)/python -m http.server --directory _build/html --bind 127.0.0.1 8000

bench: .venv/ready
	$(BIN)/python benchmarks/run.py

seeds: .venv/ready
	$(BIN)/python benchmarks/seeds.py $(SEEDS)

text: .venv/ready
	$(BIN)/python benchmarks/text.py "$(FILE)"

lock: .venv/ready
	$(BIN)/python -m pip install --quiet --require-hashes -r .ci/uv.txt
	$(LOCK) requirements.in --output-file requirements.txt
	$(LOCK) .ci/uv.in --output-file .ci/uv.txt
	$(LOCK) .ci/torch.in -c requirements.txt --output-file .ci/torch.txt

clean:
	rm -rf .venv _build runs .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment: the lock, then the library itself (editable, so that nothing is built twice).
.venv/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version.split()[0] + "; try: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@
