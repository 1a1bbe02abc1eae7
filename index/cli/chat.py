"""The chat in the terminal: `qinwen ask` without a question."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from index.answer import Ask
from index.cli import texts
from index.cli.show import answer_text, note, print_text, showable
from index.errors import QuestionError
from index.history import TURNS_KEPT
from index.opening import open_answerer
from index.settings import Settings


def chat(settings: Settings, cache: Path, options: Ask) -> int:
    """Ask and answer until an empty line or the end of input; returns the exit code.

    `options` holds what is the same for every turn; its text is not asked.
    """
    with open_answerer(settings, cache) as opened:
        opened.answerer.warm_up()
        newest = opened.newest_day or texts.NO_DATE
        posts = opened.snapshot.manifest.posts
        print_text(texts.CHAT_HELLO.format(posts=posts, newest=newest))
        history = options.history
        for text in _lines():
            try:
                answer = opened.answerer.ask(replace(options, text=text, history=history))
            except QuestionError as error:
                note(str(error))
                continue
            print_text(f"{answer_text(answer, colour=sys.stdout.isatty())}\n")
            history = (*history, text)[-TURNS_KEPT:]
    return 0


def _lines() -> Iterator[str]:
    """What is typed, line by line, until an empty line or the end. No prompt in a pipe."""
    typed = sys.stdin.isatty() and sys.stdout.isatty()
    prompt = showable(texts.CHAT_PROMPT, sys.stdout) if typed else ""
    while True:
        try:
            text = input(prompt).strip()
        except EOFError:
            print_text("")
            return
        if not text:
            return
        yield text
