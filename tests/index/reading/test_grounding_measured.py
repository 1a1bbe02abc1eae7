"""How many right and wrong answers pass, on public questions. docs/llm.md has the figures.

An answer is told in the question's own words (谁提出了… becomes 拜尔提出了…) or by the sentence of
the passage; a wrong one has another question's answer of about the same length in its place.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.passages import passage_spans
from index.reading.grounding import fault
from index.sentences import sentence_spans
from tests.factories import make_source

SHARED = Path(__file__).resolve().parents[4] / "shared"
FILES = ["qa/finews_train.json", "squad/cmrc_train.json", "squad/drcd_dev.json"]
DRAWN = 400  # of each file
NAME = re.compile("[\u3400-\u9fff·]{2,8}")  # figures and Latin words have rules of their own
ASKED = re.compile("哪一?[家个位座所种条本部支只名]?|谁|什么(?:人|地方|名字)?|何[处地人]")


@dataclass(frozen=True)
class Told:
    """A passage and three answers to the question; the first one is right."""

    question: str
    passage: str
    right: str | None
    wrong: str | None
    wrong_in_its_sentence: str

    def passes(self, text: str) -> bool:
        source = make_source(text=self.passage, title="", date=None)
        return fault(f"{text[:290]}[1]", self.question, (source,)) is None


def pairs(path: Path) -> Iterator[tuple[str, str, str]]:
    """Question, answer, passage."""
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            passages = [context[start:end] for start, end in passage_spans(context, 250, 80)]
            for question in paragraph["qas"]:
                answer = next((one["text"] for one in question["answers"]), "")
                passage = next((one for one in passages if answer in one), None)
                if passage and NAME.fullmatch(answer):
                    yield question["question"].rstrip("？?"), answer, passage


def told(path: Path) -> list[Told]:
    drawn = random.Random(5)
    found = list(pairs(path))
    made = []
    for question, answer, passage in drawn.sample(found, min(DRAWN, len(found))):
        other = drawn.choice(found)[1]
        while other in passage or abs(len(other) - len(answer)) > 1:
            other = drawn.choice(found)[1]
        spans = (passage[start:end] for start, end in sentence_spans(passage))
        sentence = next((one.strip("。！？!?…”\n") for one in spans if answer in one), None)
        asked = ASKED.search(question)
        if sentence and not re.search("[。！？!?]", sentence):
            right, wrong = (ASKED.sub(one, question, count=1) for one in (answer, other))
            made.append(
                Told(
                    question,
                    passage,
                    right if asked else None,
                    wrong if asked else None,
                    sentence.replace(answer, other),
                )
            )
    return made


@pytest.mark.parametrize("name", FILES)
def test_right_answers_pass_and_wrong_ones_do_not(name: str) -> None:
    if not (SHARED / name).exists():
        pytest.skip(f"{name} is not here")
    made = told(SHARED / name)
    right = [one.passes(one.right) for one in made if one.right]
    wrong = [one.passes(one.wrong) for one in made if one.wrong]
    inside = [one.passes(one.wrong_in_its_sentence) for one in made]
    shares = [sum(some) / len(some) for some in (right, wrong, inside)]
    assert len(right) > 70 and len(inside) > 100
    assert shares[0] > 0.9 and shares[1] < 0.03 and shares[2] < 0.03
