"""An honest split of a question set: what is tuned on one half is checked on the other.

Questions that share a source (a post or a context) always fall on the same side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.errors import SettingsError
from index.evaluation.draw import unit_hash
from index.evaluation.questions import EvalQuestion

SPLIT_SALT = "qinwen-split-1"  # a new salt is a new split: figures before and after don't compare


@dataclass(frozen=True, slots=True)
class Split:
    """Both sides, each in the order of the whole."""

    tune: tuple[EvalQuestion, ...]
    check: tuple[EvalQuestion, ...]


def split_questions(
    questions: Sequence[EvalQuestion], tune_share: float = 0.5, salt: str = SPLIT_SALT
) -> Split:
    """`questions` in two; about `tune_share` of the groups go to `tune`.

    A group is what is linked by shared sources, over any number of steps: a question on posts A and
    B joins all questions on A with all on B (a URL and a file name are two names). Questions
    without a source are groups of their own. A group's side depends on its alphabetically first
    source (or the id) and `salt` only, so small sets can be lopsided. SettingsError
    unless 0 < `tune_share` < 1.
    """
    if not 0 < tune_share < 1:
        raise SettingsError(f"The tuning share is {tune_share}.", "Give a number between 0 and 1.")
    names = _group_names(questions)
    in_tune = [unit_hash(name, salt) < tune_share for name in names]
    pairs = list(zip(questions, in_tune, strict=True))
    return Split(tuple(q for q, tune in pairs if tune), tuple(q for q, tune in pairs if not tune))


def _group_names(questions: Sequence[EvalQuestion]) -> list[str]:
    """For each question the name of its group."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for question in questions:
        for other in question.sources[1:]:
            low, high = sorted((root(question.sources[0]), root(other)))
            parent[high] = low  # the first by alphabet stays the root and names the group
    return [
        f"source {root(question.sources[0])}" if question.sources else f"id {question.id}"
        for question in questions
    ]
