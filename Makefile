# metamob: everything is one make target away; `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build
.PHONY: help setup build demo test test-interop test-report lint record docs benchmark calibrate \
  study agreement clean

# Release settings throughout, so that the statistical tests run at full speed. Tests see the insides
# of modules, which needs a build of its own, in a folder of its own: neither build undoes the other.
# They run the binary that stands beside them.
SWIFT_BUILD := swift build -c release --quiet
TEST_FLAGS := -c release -Xswiftc -enable-testing --scratch-path .build/tests
TEST_BUILD := swift build $(TEST_FLAGS) --quiet --build-tests
SWIFT_TEST := swift test $(TEST_FLAGS) --skip-build --disable-xctest --quiet

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## install the libraries that are missing; says what it does
	@.ci/setup

build: setup ## build the program: .build/release/metamob
	@$(SWIFT_BUILD) --product metamob

demo: build ## compare the REML and the Bayesian tree of the example
	.build/release/metamob compare examples/low-back-pain/data.csv \
	  'rmdq ~ treatment | trial | age + sex + rmdq_0'

test: setup lint ## check form, build, and run all tests
	@echo "make: building the program and its tests"
	@$(TEST_BUILD)
	@echo "make: checking the links of the documentation"
	@.ci/docs --check .build/tests/release/Modules
	@echo "make: running the tests"
	@$(SWIFT_TEST)

test-interop: setup ## read draws files by ArviZ and CmdStanPy (from PyPI)
	@$(TEST_BUILD)
	@.ci/interop .build/tests/release/metamob

test-report: setup ## open reports in a headless Chromium (from Debian)
	@$(TEST_BUILD)
	@.ci/report .build/tests/release/metamob

lint: ## check form alone
	@.ci/lint

record: setup ## renew the help snapshots and the outputs shown in documents
	@$(TEST_BUILD)
	@METAMOB_RECORD=1 $(SWIFT_TEST) --filter 'HelpSnapshotTests|DocumentTests|GalleryTests'

benchmark: build ## measure speed and mixing: diagnostics/benchmarks
	@$(SWIFT_BUILD) --product metamob-benchmark
	@mkdir -p diagnostics/benchmarks
	@.build/release/metamob-benchmark diagnostics/benchmarks $(SECTIONS)

calibrate: build ## check the samplers by simulation: diagnostics/calibration
	.build/release/metamob calibrate --out diagnostics/calibration $(CALIBRATE)

study: ## bias and coverage after a search, by simulation: diagnostics/stability
	@$(SWIFT_BUILD) --product metamob-study
	@.build/release/metamob-study diagnostics/stability $(or $(REPLICATES),1000) $(or $(PAIRS),25)

agreement: setup ## compare figures with R's, Stan's and exact ones: diagnostics/agreement
	@$(TEST_BUILD)
	@METAMOB_AGREEMENT="$(CURDIR)/diagnostics/agreement" $(SWIFT_TEST) \
	  --filter 'ReferenceTests|IntervalsTests|LeaveOneOutTests'

docs: build ## make the pages on the code: .build/documentation
	@.ci/docs

clean: ## remove everything that was built
	@swift package clean
	@rm -rf .build
