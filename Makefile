# What a contributor types. Every target is one or two ordinary commands;
# .ci/run is the whole of what the project holds true.

.PHONY: test lint race bench scenarios planted ci

# The tests that a reviewer runs, the lint rules among them.
test:
	go test ./...

# The rules of deterministic code, imports, sizes and doc comments; then the
# formatter and the two static checkers.
lint:
	go test -count=1 ./lint
	test -z "$$(gofmt -l .)"
	go vet ./...
	go tool staticcheck ./...

race:
	go test -race ./raft/...

# Every benchmark once; BENCH picks some: make bench BENCH=Send
BENCH ?= .
bench:
	go test -run '^$$' -bench '$(BENCH)' -benchmem ./...

# The regression corpus, each file over its own seeds.
scenarios:
	go run ./cmd/simrun run scenarios

# Every planted bug over its own sweep of seeds (long).
planted:
	go run ./planted/cmd/planted run

ci:
	.ci/run
