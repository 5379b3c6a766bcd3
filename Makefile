# Five commands: demo, test, check, bench, faults. Everything they need is made first, once, by the stamps below.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
export PYTHONPATH := src

# A stamp is named after what it was made from, so that a changed requirement makes it again.
# The product needs a few packages, building it needs many: `make demo` waits for the few only.
BASE := $(STAMPS)/product-$(shell cat requirements/base.txt | sha256sum | cut -c1-16)
DEPS := $(STAMPS)/packages-$(shell cat requirements/*.txt | sha256sum | cut -c1-16)
WORDS := $(STAMPS)/words-$(shell cat src/aidline/locale/*/LC_MESSAGES/*.po 2>/dev/null | sha256sum | cut -c1-16)
BROWSER := $(STAMPS)/browser
POSTGRES := $(STAMPS)/postgres
TELEPHONE := src/aidline/desk/static/desk/phone/sdk/twilio.min.js

.PHONY: demo test check bench faults setup

demo: $(BASE) $(WORDS)
	$(BIN)/aidline demo

test: setup
	tools/test_both.sh $(BIN)/python -m pytest

# With the simulator, so that its code and tables are looked at too.
check: export AIDLINE_PRACTICE := 1
check: export AIDLINE_DATA := $(CURDIR)/$(VENV)/data
check: $(DEPS) $(WORDS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m django makemigrations --check --dry-run --settings aidline.config.settings
	$(BIN)/python tools/translations.py check

bench: setup
	$(BIN)/python -m bench

faults: setup
	$(BIN)/python -m tests.faults

setup: $(DEPS) $(WORDS) $(BROWSER) $(POSTGRES) $(TELEPHONE)

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes

$(BASE):
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements/base.txt
	echo "$(CURDIR)/src" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/aidline.pth"
	printf '#!/bin/sh\nexec "%s" -m aidline.config "$$@"\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/aidline && chmod +x $(BIN)/aidline
	mkdir -p $(STAMPS) && rm -f $(STAMPS)/product-* && touch $@

$(DEPS): | $(BASE)
	$(PIP) -r requirements/dev.txt
	mkdir -p $(STAMPS) && rm -f $(STAMPS)/packages-* && touch $@

$(WORDS): | $(BASE)
	$(BIN)/python tools/translations.py compile
	mkdir -p $(STAMPS) && rm -f $(STAMPS)/words-* && touch $@

$(BROWSER): tools/setup_chromium.sh
	tools/setup_chromium.sh
	mkdir -p $(STAMPS) && touch $@

# Only lines at Twilio need it. Without a registry to ask, all else works, and this says how to get it later.
$(TELEPHONE): tools/fetch_voice_sdk.py | $(BASE)
	$(BIN)/python tools/fetch_voice_sdk.py --if-reachable

$(POSTGRES): tools/setup_postgres.sh
	tools/setup_postgres.sh
	mkdir -p $(STAMPS) && touch $@
