"""`/why`, word by word, and with everything far too long."""

from dataclasses import replace

import pytest

from bot.render import render_why
from bot.texts import LANGUAGES, texts_for
from index.answer import Explanation
from index.reading.confidence import Signs
from index.reading.phrase import Phrasing
from index.reading.terms import Terms
from tests.bot.render.strategies import seen
from tests.factories import TODAY, make_answer, make_hit, make_post, make_question, make_span

SIGNS = Signs(
    score=3.0,
    lead=1.5,
    cosine=0.8,
    margin=0.25,
    coverage=1.0,
    sentence=1.0,
    names=1.0,
    codes=1.0,
    numbers=1.0,
    other=0.0,
    dates=0.0,
)


def explained(**fields):
    defaults = {
        "question": make_question(),
        "tokens": ("渡轮", "每天", "几班"),
        "terms": Terms({"渡轮": 4.0}),
        "hits": (make_hit(), make_hit("别的。", post=make_post(title="<另一篇>"))),
        "spans": (make_span(),),
        "choice": "best",
        "signs": SIGNS,
        "threshold": 0.4,
        "answer": make_answer(took_ms={"total": 41.6}),
    }
    return Explanation(**defaults | fields)


def test_why():
    shown = seen(render_why(explained(), texts_for("zh-Hans")))
    assert shown.text == (
        "依据：渡轮每天几班？\n\n"
        "结果：6班 (found)\n"
        "可信度 0.900，门槛 0.400\n\n"
        "词语：渡轮 每天 几班\n\n"
        "可信度的依据：\n"
        "score 3.00 · lead 1.50 · cosine 0.80 · margin 0.25 · coverage 1.00 · sentence 1.00"
        " · names 1.00 · codes 1.00 · numbers 1.00 · other 0.00 · dates 0.00\n\n"
        "找到的段落（总分 · 语义 · 字面）：\n"
        "[1] 1.00 · 0.800 · 5.0 渡轮复航\n"
        "[2] 1.00 · 0.800 · 5.0 <另一篇>\n\n"
        "候选答案（分数 · 段落）：\n"
        "3.00 · [1] 6班\n\n"
        "用时 42 毫秒"
    )
    assert shown.text == shown.plain


def test_why_of_a_refusal():
    refused = make_answer(text=None, reason="off_topic", confidence=0.0)
    found = explained(tokens=(), hits=(), spans=(), signs=None, answer=refused)
    assert seen(render_why(found, texts_for("zh-Hans"))).text == (
        "依据：渡轮每天几班？\n\n"
        "结果：没有找到 (off_topic)\n可信度 0.000，门槛 0.400\n\n"
        "用时 0 毫秒"
    )


def test_why_says_how_the_question_was_understood():
    question = make_question("财经：2021年3月现在多少？", TODAY, "财经")
    text = seen(render_why(explained(question=question), texts_for("zh-Hans"))).text
    assert "日期：2021年3月 指 2021-03-01 至 2021-03-31" in text
    assert "问的是现状，较新的报道优先。" in text
    assert "分类：财经" in text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"choice": "latest"}, "所以取最新报道里的说法。"),
        ({"choice": "version"}, "所以取问题所指的那一个或最新的。"),
        ({"phrasing": Phrasing(make_answer(), "6班。", None)}, "语言模型的措辞已采用。"),
        ({"phrasing": Phrasing(make_answer(), "7班。", "没有依据")}, "没有采用：没有依据"),
    ],
)
def test_why_says_what_decided(fields, said):
    assert said in seen(render_why(explained(**fields), texts_for("zh-Hans"))).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("filler", ["新", "&", "😀", "\u202e<b>"])
def test_why_of_everything_at_its_longest(language, filler):
    long = filler * 3_000
    post = make_post(title=long, text=long)
    question = make_question("财经：2021年3月、2020年3月、2019年3月现在多少？", TODAY, "财经")
    question = replace(question, text=long, categories=frozenset({long, "财经"}))
    found = explained(
        question=question,
        tokens=(long,) * 3,
        hits=(make_hit(long, post=post),) * 30,
        spans=(make_span(text=long),) * 30,
        choice="version",
        answer=make_answer(text=long),
        phrasing=Phrasing(make_answer(), long, long),
    )
    shown = seen(render_why(found, texts_for(language)))
    assert "[5] " in shown.text and "[6] " not in shown.text
