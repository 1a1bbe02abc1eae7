# One word per task. Each makes or refreshes the environment first, which takes no time when it is
# there. CI runs the same words (.ci/run).
.PHONY: quickstart test soak load bench held-back train train-on tune calibrate lint format types lock ci

quickstart:  ## index the sample posts and ask a question
	./scripts/quickstart

test:  ## the whole suite
	./scripts/test

soak:  ## a thousand kills of a reindex, a hundred of the bot, 5,000 questions; an hour
	QINWEN_TEST_KILLS=1000 ./scripts/test tests/index/test_kill.py -k random
	QINWEN_TEST_KILLS=100 QINWEN_TEST_QUESTIONS=5000 ./scripts/test tests/bot/conversations/test_kill.py

load:  ## 50 people ask the bot at once, on the sample posts
	./scripts/quickstart < /dev/null
	./scripts/dev scripts.load_bot --index .qinwen/index

bench:  ## embedding against sentence-transformers' default, on the sample posts
	./scripts/dev index bench embed tests/data/posts

# Data for the next three words, and where what is held back from training is written.
SHARED ?= ../shared
HELD ?= .qinwen/held-back
SQUAD = $(SHARED)/squad
CMRC = $(SQUAD)/cmrc_train.json $(SQUAD)/cmrc_trial.json
DRCD = $(SQUAD)/drcd_dev.json $(SQUAD)/drcd_train_part.json
NEWS = $(SHARED)/qa/finews_train.json

held-back:  ## write the questions that the reader is not trained on
	mkdir -p $(HELD)
	PYTHONPATH=scripts ./scripts/dev held_back $(HELD)/cmrc --contexts 848 $(CMRC)
	PYTHONPATH=scripts ./scripts/dev held_back $(HELD)/drcd --contexts 1000 $(DRCD)
	PYTHONPATH=scripts ./scripts/dev held_back $(HELD)/news --contexts 68 $(NEWS)

TRAIN = PYTHONPATH=scripts ./scripts/dev train_reader $(foreach file,$(CMRC) $(DRCD) $(SQUAD)/xquad_zh.json,--squad $(file)) --news $(NEWS) --write

train:  ## train the reader anew; an hour and a half on two cores, goes on where it was stopped
	$(TRAIN)

train-on:  ## one more epoch on what is shipped, averaged with it; as long
	$(TRAIN) --from-artifact --seed 2 --rate 1.2e-4 --keep 0.35

tune: held-back  ## how spans are chosen and how long windows are, on what is held back to tune on
	PYTHONPATH=scripts ./scripts/dev tune_spans --limit 200 --news $(HELD)/news.tune.json \
	  --squad $(HELD)/cmrc.tune.json --squad $(HELD)/drcd.tune.json

calibrate: held-back  ## fit the confidence to the reader; a quarter of an hour
	PYTHONPATH=scripts ./scripts/dev calibrate --posts $(SHARED)/posts --posts-squad $(HELD)/news.tune.json \
	  --fit $(HELD)/cmrc.tune.json --fit $(HELD)/drcd.tune.json \
	  --check $(HELD)/cmrc.check.json --check $(HELD)/drcd.check.json --plots docs --write

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
