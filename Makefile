# Everything a person or a build machine does with Jabiru. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Flags for `run`, as in: make run ARGS="--listen 127.0.0.1:9000 --unbound pack"
ARGS ?=
# A regular expression for `test`, as in: make test FILTER=PlacementTests
FILTER ?=
# How many tests run at once. More than there are cores only makes time limits in tests tight.
TEST_WIDTH ?= $(shell nproc 2>/dev/null || echo 2)

swift_code := Package.swift $(wildcard Sources Tests Benchmarks)
# The build checks that a target imports only what it declares; `lint` would otherwise have to build a second time.
build_flags := --explicit-target-dependency-import-check error
# The one set of flags for debug builds, so that lint, test and e2e share what is built.
build_tests := swift build --build-tests $(build_flags)
# The tests are all Swift Testing; looking for XCTest ones only costs a start of the test process.
run_tests := swift test --skip-build --disable-xctest --parallel \
	--experimental-maximum-parallelization-width $(TEST_WIDTH)

# The tests that start the whole server.
end_to_end := ^JabiruTests[.].*EndToEnd

# SQLite's headers are for the topology cache; the toolchain loads libcurl.
packages := libsqlite3-dev libcurl4-openssl-dev

.PHONY: help run test lint fmt bench e2e clean packages

help: ## List the targets
	@echo "Usage: make TARGET"
	@echo
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo 'Variables: ARGS="--flag value" for run, FILTER=regex for test, TEST_WIDTH=tests at once,'
	@echo "           JABIRU_SKIP_PACKAGES=1 to leave the machine's packages alone."
	@echo "On Debian a target first installs the packages it misses."

packages:
	@scripts/install-packages $(packages)

run: packages ## Build for release and serve examples/three-zones.yaml on 127.0.0.1:8099
	swift build -c release --product jabiru $(build_flags)
	@echo
	@echo "Once it listens, try in another shell:"
	@echo "  curl -s -d @examples/requests/filter-pg-0.json http://127.0.0.1:8099/prioritize"
	@echo "  .build/release/jabiru explain pod default/pg-0"
	@echo
	exec .build/release/jabiru serve --topology examples/three-zones.yaml --cache build/run/topology.sqlite $(ARGS)

test: packages ## Build and run the tests; FILTER=regex runs some of them
	$(build_tests)
	$(run_tests) $(if $(FILTER),--filter '$(FILTER)') </dev/null

lint: packages ## Check the style, the scripts and the imports without changing anything
	swift format lint --strict --parallel -r $(swift_code)
	scripts/check-files
	$(build_tests)

fmt: ## Format the Swift code in place
	swift format format --in-place --parallel -r $(swift_code)

bench: packages ## Measure the extender against a Go one that only echoes; writes build/bench-extender.json
	@scripts/install-packages go:golang-go curl:curl
	@mkdir -p build
	go build -o build/echo Benchmarks/echo/main.go
	swift build -c release $(build_flags)
	swift run -c release --skip-build extender-bench

e2e: packages ## Run the end-to-end tests: a real server, a real socket, recorded requests of kube-scheduler
	$(build_tests)
	@swift test list --skip-build --disable-xctest </dev/null | awk '/$(end_to_end)/ { found = 1 } END { exit !found }' \
		|| { echo "There are no end-to-end tests in JabiruTests: a filter without tests would pass." >&2; exit 1; }
	$(run_tests) --filter '$(end_to_end)' </dev/null

clean: ## Remove what was built
	rm -rf .build build
