# What a person runs. The first call makes .venv from requirements.lock (Python 3.11 or later, nothing is installed elsewhere).

PYTHON = python3
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE
.PHONY: demo test lint ui bench chaos lock setup

demo: setup  # a made-up shop, from its files to messages and a report
	.venv/bin/relance demo

test: lint  # style, types, then every test
	.venv/bin/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder

lint: setup  # style and types only
	.venv/bin/ruff check
	.venv/bin/mypy

ui: setup  # Dagster on http://127.0.0.1:3000, with the demo's runs in it
	.venv/bin/relance ui

bench: setup  # speed and memory, beside one scan of the data and beside pandas
	.venv/bin/python -m bench

chaos: setup  # hand-over passes killed 500 times over each kind of provider: what was lost, repeated, unknown
	.venv/bin/python -m tests.chaos --kills 500

lock:  # after a change of dependencies: needs uv
	uv pip compile pyproject.toml --extra dev --extra ses --extra push --universal --python-version 3.11 --only-binary :all: --no-binary http-ece --generate-hashes \
		--no-annotate --custom-compile-command "make lock" --quiet --output-file requirements.lock

# Made anew when the lock, pyproject.toml or the folder's place has changed: a virtual environment holds absolute paths.
setup:
	@stamp="$$(pwd) $$(cat requirements.lock pyproject.toml | cksum)"; \
	if [ "$$(cat .venv/stamp 2>/dev/null)" = "$$stamp" ] && .venv/bin/python -c '' 2>/dev/null; then exit 0; fi; \
	for python in $(PYTHON) python3.13 python3.12 python3.11 none; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
	done; \
	[ "$$python" != none ] || { echo "relance needs Python 3.11 or later; say where it is: make PYTHON=..." >&2; exit 1; }; \
	echo "setting up .venv, once (under a minute)"; \
	rm -rf .venv && "$$python" -m venv .venv && \
	.venv/bin/python -m pip install -qq --no-compile --require-hashes --no-deps --requirement requirements.lock && \
	.venv/bin/python -m pip install -qq --no-deps --no-build-isolation --editable . && \
	echo "$$stamp" > .venv/stamp
