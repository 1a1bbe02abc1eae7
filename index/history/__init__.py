"""Follow-up questions: an elliptic one takes over what the turns before were about.

Word lists and rules only, no model but jieba's tags.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.history.parts import ENDINGS
from index.history.pieces import Piece, Tagger, cut, is_all
from index.history.rules import RULES
from index.history.turns import Turn, settled, text_of
from index.history.words import NAMES, Kind
from index.text import fold

TURNS_KEPT = 10  # a conversation rarely leans on anything older
WHOLE_CHARS = 200  # no honest question is as long; 它 forty times over is
# Longer questions say what they are about, whatever pronoun stands in them.
_ELLIPTIC_CHARS = 40
# Of a longer sentence of a turn before, the beginning: it says what the sentence is about.
_SENTENCE_CHARS = 120
_SENTENCES_KEPT = 3  # of one turn, the last ones
_TURN_CHARS = 1_000  # more of a turn is not looked at
_TRADITIONAL = str.maketrans("谁么时里", "誰麼時裡")
_MARKS = " \t，,、。.；;：:！!？?…~"
_HAN = re.compile("[\u4e00-\u9fff]")
_SENTENCE_END = re.compile("[。？?！!；;\n]+")


def as_searched(question: str, history: Sequence[str], tag: Tagger) -> str:
    """The question as it is searched: itself, or made whole by the turns before.

    `history` is oldest first, questions only; the last `TURNS_KEPT` are looked at. `tag` gives
    jieba's words and flags (`Tokenizer.tagged`).
    `as_searched("那总市值呢？", ["海伦司现在股价多少"], tag)` is `"海伦司 现在总市值多少？"`.
    No history, or a question that stands by itself: unchanged but for white space around it. What
    is made whole has at most `WHOLE_CHARS` characters.
    """
    turn = question.strip()
    if is_all(fold(turn), Kind.TALK):
        return turn
    before: Turn | None = None
    for said in history[-TURNS_KEPT:]:
        for sentence in _sentences(said):
            before = _followed(sentence, before, tag)
    return _whole(turn, before, tag) or turn


def _followed(sentence: str, before: Turn | None, tag: Tagger) -> Turn | None:
    """What the next turn follows on: this one made whole, or where it says nothing, the last."""
    if is_all(fold(sentence), Kind.TALK):
        return before
    turn = settled(cut((_whole(sentence, before, tag) or sentence)[:_SENTENCE_CHARS], tag))
    empty = not turn.has(Kind.ASK, Kind.END) and turn.subject == (0, 0)
    return before if empty or (turn.has(Kind.SELF) and not turn.has(*NAMES)) else turn


def _whole(sentence: str, before: Turn | None, tag: Tagger) -> str | None:
    """The sentence made whole by the first rule that applies; None where it stands by itself."""
    if before is None or len(sentence) > _ELLIPTIC_CHARS or not any(map(str.isalnum, sentence)):
        return None
    if is_all(fold(sentence), Kind.MORE):
        return _question(before.pieces)
    turn = settled(cut(sentence, tag))
    if turn.has(Kind.SELF):
        return None
    found = (pieces for rule in RULES if (pieces := rule(before, turn)))
    return next(map(_question, found), None)


def _question(pieces: Sequence[Piece]) -> str:
    """The pieces as a question, its ending in the script of the rest."""
    if any(char not in piece.folded for piece in pieces for char in _HAN.findall(piece.text)):
        pieces = [_in_traditional(piece) for piece in pieces]
    return f"{text_of(pieces).strip(_MARKS)[: WHOLE_CHARS - 1]}？"


def _in_traditional(piece: Piece) -> Piece:
    ours = piece.text in ENDINGS.values()
    return replace(piece, text=piece.text.translate(_TRADITIONAL)) if ours else piece


def _sentences(turn: str) -> list[str]:
    """The last sentences of a turn: 海伦司涨了多少？总市值呢？ are two turns in one."""
    found = [one.strip() for one in _SENTENCE_END.split(turn[:_TURN_CHARS])]
    return [one for one in found if any(map(str.isalnum, one))][-_SENTENCES_KEPT:]
