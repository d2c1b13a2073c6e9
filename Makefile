# Recado: the commands. `make run` starts the demo, `make test` proves everything.

GO      ?= go
BIN     := bin/recado
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
FLAGS   := -trimpath -ldflags "-s -w -X recado/internal/node.Version=$(VERSION)"

.PHONY: run build test test-go test-web test-desk lint bench bench-short dev clean web api-types

run: build ## build and start the demo on http://localhost:8080
	@echo "==> Starting the demo"
	@exec $(BIN) demo

build: web ## leave bin/recado
	@echo "==> Compiling the server (the first time takes one or two minutes: it compiles a whole database engine)"
	@mkdir -p bin
	@$(GO) build $(FLAGS) -o $(BIN) ./cmd/recado

web: web/dist/app/index.html ## build the desk into web/dist/app

web/dist/app/index.html: web/package-lock.json web/node_modules/.installed $(shell find web/src web/index.html web/vite.config.ts web/public -type f 2>/dev/null)
	@echo "==> Building the desk"
	@cd web && npm run --silent build

web/node_modules/.installed: web/package-lock.json
	@echo "==> Fetching what the desk is built with"
	@cd web && npm ci --silent --no-audit --no-fund && touch node_modules/.installed

test: web ## every test: Go on both databases with the race detector, web units, browser scenarios
	@scripts/test

test-go: ## Go tests on both databases
	@scripts/with-postgres $(GO) test -race ./...

test-web: web/node_modules/.installed ## web unit tests
	@cd web && npm run --silent test

test-desk: build ## browser scenarios in Chromium
	@scripts/browser-tests

lint: web/node_modules/.installed ## Go and web
	@scripts/lint

bench: build ## every figure, into bench/results
	@RECADO_TEST_FSYNC=on scripts/with-postgres $(GO) run ./bench

bench-short: ## each benchmark for a second, so that none can rot
	@scripts/with-postgres $(GO) run ./bench -short

dev: web/node_modules/.installed ## demo server and desk with hot reload on http://localhost:5173
	@scripts/dev

api-types: web/node_modules/.installed ## docs/openapi.json and the web's types from the server's own words
	@$(GO) test ./internal/api -run TestTheContractIsCurrent -count=1 -update-contract >/dev/null
	@cd web && npm run --silent api:types

clean: ## remove what was built
	rm -rf bin web/dist/app web/node_modules e2e/desk/output
