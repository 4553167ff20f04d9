# Two commands: `make serve` and `make test`. What they need they install into .venv.
PYTHON ?= python3
RUN := .venv/bin/python
CHAPTER ?= 02
SEED_FILE ?=

.PHONY: help serve book lab test soak bench notebooks assignment boot-linux setup setup-test

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

serve: book  ## set up, build the book, serve it, print the address
	$(RUN) -m tools.serve

book: setup  ## build the book and its live page's files into _build/html
	$(RUN) -m tools.book

lab: setup  ## JupyterLab on the chapters
	$(RUN) -m jupyter lab book

test: setup-test book  ## all tests: models, pages, notebooks
	$(RUN) -m pytest -n 2 --dist loadgroup tests
	$(RUN) -m pytest -n 2 --dist loadfile --nbval --nbval-current-env book

soak: setup-test book  ## what is too long for CI
	$(RUN) -m pytest -m soak --soak tests

bench: setup-test  ## speeds as ratios side by side
	$(RUN) -m benchmarks

notebooks: setup  ## re-execute the chapters and normalise their stored outputs
	$(RUN) -m tools.notebooks

assignment: setup  ## CHAPTER=02 SEED_FILE=... writes the student's and the solution's notebook
	$(RUN) -m tools.assignment --chapter $(CHAPTER) $(if $(SEED_FILE),--seed-file $(SEED_FILE))

boot-linux: setup-test  ## Debian's riscv64 kernel on the emulated board
	$(RUN) -m tools.boot_linux

setup:
	@$(PYTHON) tools/setup.py book

setup-test:
	@$(PYTHON) tools/setup.py test
