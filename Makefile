# `make help` lists what there is to do.
.POSIX:
.PHONY: help deps test lint bench peers steps syncs advisories fuzz tools

FUZZ_SECONDS = 30

help: ## list the targets
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/\1\t\2/p' Makefile | expand -t 12

deps: ## install what building and testing need (Debian, as root), or name it
	@scripts/deps.sh

test: deps ## run everything that must hold
	@scripts/test.sh

lint: deps ## format, clippy, the house's rules; licences and bans where cargo-deny is installed
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo test --locked --quiet --test tidy
	@if cargo deny --version >/dev/null 2>&1; then \
		cargo deny --locked --all-features check bans licenses sources; \
	else \
		echo "lint: no cargo-deny here, so licences, bans and sources go unchecked (make tools installs it)"; \
	fi

bench: deps ## measure both engines beside the limit that signatures set (some 15 minutes; BENCH="--parts process" for less)
	scripts/bench.sh $(BENCH)

peers: deps ## measure Litopys beside postgres-es and UmaDB (installs UmaDB's server; some 6 minutes at first; PEERS="--rounds 1" for less)
	benches/peers/run.sh $(PEERS)

steps: deps ## where a declaration's time goes, step by step, on one thread
	cargo bench --locked --bench commit --bench declarations

syncs: deps ## count syncs a commit on the embedded store, by watching system calls (needs strace; SYNCS="--rounds 1" for less)
	scripts/syncs.sh $(SYNCS)

advisories: ## look for known vulnerabilities in dependencies (asks the network; needs cargo-deny)
	cargo deny --all-features check advisories

fuzz: deps ## fuzz each target for FUZZ_SECONDS=30 (needs cargo-fuzz and a C++ compiler)
	@set -eu; for target in $$(cargo fuzz list); do \
		echo "fuzz: $$target for $(FUZZ_SECONDS) s"; \
		RUSTC_BOOTSTRAP=1 cargo fuzz run "$$target" -- -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1; \
	done

tools: ## install what the other targets use where it is there: cargo-nextest, cargo-deny, cargo-fuzz
	cargo nextest --version >/dev/null 2>&1 || cargo install --locked cargo-nextest@0.9.143
	cargo deny --version >/dev/null 2>&1 || cargo install --locked cargo-deny@0.20.2
	cargo fuzz --version >/dev/null 2>&1 || cargo install --locked cargo-fuzz@0.13.2
