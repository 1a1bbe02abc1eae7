"""With the real model: whatever is answered on any of our question sets stands where it says."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from index.answer import Ask
from index.assemble import Around
from index.build import Options, reindex
from index.embedding.factory import open_embedder
from index.embedding.progress import NoProgress
from index.evaluation.citation import citation_holds
from index.evaluation.questions import load_questions
from index.evaluation.squad import load_squad, sample
from index.lexical.tokens import Tokenizer
from index.opening import open_answerer
from index.question import parse_question
from index.reading.factory import open_reader
from index.settings import IndexSection, Settings, cache_dir
from tests.factories import make_hit, make_post

SHARED = Path(__file__).resolve().parents[4] / "shared"
SQUADS = ("squad/cmrc_train", "squad/cmrc_trial", "squad/drcd_dev", "squad/drcd_train_part")
SQUADS += ("squad/xquad_zh", "qa/finews_train")
QUESTIONS = 20  # of each set; `qinwen eval` checks all of them

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not SHARED.exists(), reason="needs the question sets in ../shared"),
]


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    settings = Settings(index=IndexSection(dir=tmp_path_factory.mktemp("posts")))
    cache = cache_dir()
    embedder = open_embedder(settings.embedding, cache)
    around = Around(embedder, cache, datetime.now(UTC), NoProgress())
    reindex([SHARED / "posts"], settings, around, Options())
    with open_answerer(settings, cache, embedder) as opened:
        yield opened


@pytest.mark.parametrize("name", ["finews_dev", "finews_dev2"])
def test_every_answer_about_the_posts_is_cited(opened, name):
    answered = 0
    for one in load_questions(SHARED / "qa" / f"{name}.jsonl")[:QUESTIONS]:
        found = opened.answerer.explain(Ask(one.question, date(2022, 6, 1), one.history))
        if found.answer.text is not None:
            answered += 1
            assert citation_holds(found.answer, found.hits)
            assert found.answer.sources[0].url == found.hits[found.spans[0].hit].post.url
    assert answered >= QUESTIONS / 2


@pytest.mark.parametrize("name", SQUADS)
def test_every_span_is_verbatim(name):
    squad = load_squad(SHARED / f"{name}.json")
    texts = squad.texts()
    reader = open_reader(Settings(), cache_dir(), Tokenizer(()).tagged, pytest.fail)
    for one in sample(squad.questions, QUESTIONS, 0):
        text = texts[one.context_id]
        hit = make_hit(text, post=make_post(title="", text=text))
        for span in reader.read(parse_question(one.question, date(2022, 6, 1)), [hit]):
            assert span.text == text[span.start : span.end]
            assert span.text.strip()
