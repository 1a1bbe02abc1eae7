# One word per task. Each makes or refreshes the environment first, which takes no time when it is
# there. CI runs the same words (.ci/run).
.PHONY: quickstart test soak bench lint format types lock ci

quickstart:  ## index the sample posts and ask a question
	./scripts/quickstart

test:  ## the whole suite
	./scripts/test

soak:  ## a thousand kills of a reindex; some 20 minutes
	QINWEN_TEST_KILLS=1000 ./scripts/test tests/index/test_kill.py -k random

bench:  ## embedding against sentence-transformers' default, on the sample posts
	./scripts/dev index bench embed tests/data/posts

lint:  ## find faults in style; changes nothing
	./scripts/dev ruff check .
	./scripts/dev ruff format --check .

format:  ## mend what can be mended by itself
	./scripts/dev ruff check --fix .
	./scripts/dev ruff format .

types:  ## strict type check
	./scripts/dev mypy

lock:  ## write constraints.txt anew; `make lock UPGRADE=1` takes the newest of everything but torch
	./scripts/dev scripts.lock $(if $(UPGRADE),--upgrade)

ci:  ## all that CI runs
	bash .ci/run
