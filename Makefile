# metamob: everything is one make target away; `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.PHONY: help setup build demo test lint record docs clean

# Release settings throughout: the statistical tests run at full speed, and the tests run the very
# binary that `make build` leaves.
SWIFT_BUILD := swift build -c release --quiet
SWIFT_TEST := swift test -c release --skip-build --disable-xctest --quiet

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

setup: ## install the libraries that are missing; says what it does
	@.ci/setup

build: setup ## build the program: .build/release/metamob
	@$(SWIFT_BUILD) --product metamob

demo: build ## compare the REML and the Bayesian tree of the example
	.build/release/metamob compare examples/low-back-pain/data.csv \
	  'rmdq ~ treatment | trial | age + sex + rmdq_0'

test: setup lint ## check form, build, and run all tests
	@echo "make: building the program and its tests"
	@$(SWIFT_BUILD) --build-tests
	@echo "make: checking the links of the documentation"
	@.ci/docs --check
	@echo "make: running the tests"
	@$(SWIFT_TEST)

lint: ## check form alone
	@.ci/lint

record: setup ## renew the help snapshots and the outputs shown in documents
	@$(SWIFT_BUILD) --build-tests
	@METAMOB_RECORD=1 $(SWIFT_TEST) --filter 'HelpSnapshotTests|DocumentTests'

docs: build ## make the pages on the code: .build/documentation
	@.ci/docs

clean: ## remove everything that was built
	@swift package clean
	@rm -rf .build
