"""Near-copies: what counts as the same news, and how hits collapse."""

from datetime import timedelta

import pytest
from hypothesis import given

from index.copies import collapse_copies, figures, is_near_copy, is_update
from tests.factories import NOON, UNHURRIED, make_hit, make_passage, make_post, ugly_texts

STORY = "青石港务局周二宣布，港口渡轮自下月起每天往返{}班，票价维持{}元不变，市民可在码头购票。"


@pytest.mark.parametrize(
    ("second", "same"),
    [
        (STORY.format(6, 12), True),
        (STORY.format(8, 12), False),  # another figure
        (STORY.format("６", "１２").replace("码头", "碼頭"), True),  # width and script don't count
        ("（记者林知远）" + STORY.format(6, 12), True),
        (STORY.format(6, 12)[:-11], True),  # cut short
        (STORY.format(6, 12)[:12], False),  # the figures are gone
        ("北湾市发行6年期债券，利率12", False),
        ("", False),
    ],
)
def test_near_copies(second, same):
    first = STORY.format(6, 12)
    assert is_near_copy(first, second) is same
    assert is_near_copy(second, first) is same


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("北向资金净流入超40亿元", "北向资金净流入超50亿元"),
        ("公司营收为1.5亿元，与上年持平", "公司营收为15亿元，与上年持平"),
        ("完成进度已到5%，与上月持平", "完成进度已到5，与上月持平"),
        ("青石指数午盘上涨0.5%报3600点", "青石指数午盘下跌0.5%报3600点"),
        ("产量同比增加3万吨至15万吨", "产量同比减少3万吨至15万吨"),
    ],
)
def test_other_figures_and_directions_are_other_news(first, second):
    assert is_near_copy(first, first) and is_near_copy(second, second)
    assert not is_near_copy(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "恒远指数午间收市上涨0.5%报23954点，成交672亿元",
            "恒远指数午间收市走升0.5%报23954点，成交672亿元",
        ),
        ("全年服务12,345人次老年客户", "全年服务12345人次老年客户"),
    ],
)
def test_other_words_for_the_same(first, second):
    assert is_near_copy(first, second)


@pytest.mark.parametrize("text", ["", "。。。", "%%%", "___", "😀", "\n"])
def test_without_letters_and_digits_nothing_is_a_copy(text):
    assert not is_near_copy(text, text)


@given(ugly_texts, ugly_texts)
@UNHURRIED
def test_symmetric_and_every_said_thing_is_its_own_copy(first, second):
    assert is_near_copy(first, second) is is_near_copy(second, first)
    assert is_near_copy(first, first) is is_near_copy(first, first + "。")
    if any(char.isalnum() for char in first):
        assert is_near_copy(first, first)


@pytest.mark.parametrize(
    ("first", "second", "update"),
    [
        ("渡轮今日载客达3万人次", "渡轮今日载客超4万人次", True),
        ("渡轮今日载客超4万人次", "数据显示，截至目前，渡轮今日载客超5万人次", True),
        ("渡轮今日载客1,200人次", "渡轮今日载客1200人次", False),  # the same figure
        ("渡轮今日载客超4万人次", "湿地里的白鹭已有5万只", False),
        ("青石指数午盘上涨0.5%报3600点", "青石指数午盘下跌0.2%报3590点", False),
        ("青石指数午盘上涨0.5%报3600点", "青石指数午盘上涨0.2%报3590点", True),
        ("渡轮今日载客超4万人次", "", False),
        ("3", "4", True),
    ],
)
def test_updates(first, second, update):
    assert is_update(first, second) is is_update(second, first) is update


def test_figures():
    assert figures("2021年载客1,200人次,增长4.5%") == {"2021", "1200", "4.5%"}
    assert figures("没有数字") == frozenset()


def hit(post, text, score=1.0, number=0, title="渡轮复航", date=NOON):
    return make_hit(
        post=make_post(id=f"posts/{post}.md", text=text, title=title, date=date),
        passage=make_passage(text=text, post_id=f"posts/{post}.md", number=number),
        score=score,
    )


def test_copies_go_under_the_first():
    first, other, again = (
        hit("a", STORY.format(6, 12)),
        hit("b", "白鹭归来"),
        hit("c", STORY.format(6, 12)),
    )
    kept = collapse_copies([first, other, again])
    assert [one.post.id for one in kept] == ["posts/a.md", "posts/b.md"]
    assert [post.id for post in kept[0].copies] == ["posts/c.md"]
    assert kept[1] is other


def test_a_post_is_counted_once_and_passages_of_one_post_stay():
    text = STORY.format(6, 12)
    kept = collapse_copies([hit("a", text), hit("b", text), hit("b", text, number=1)])
    assert [post.id for post in kept[0].copies] == ["posts/b.md"]
    own = [hit("a", text), hit("a", text, number=1)]
    assert collapse_copies(own) == own


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(("newest", "shown", "copies"), [(False, "b", "cad"), (True, "c", "bad")])
def test_the_best_is_shown_or_the_newest(newest, shown, copies):
    """Copies are listed newest first; the group keeps the best one's place and score."""
    text = STORY.format(6, 12)
    kept = collapse_copies(
        [
            hit("b", text, score=3.0, date=NOON + HOUR),
            hit("a", f"（记者）{text}", score=2.0),
            hit("z", "白鹭归来", score=1.5),
            hit("d", text, score=1.2, date=None),
            hit("c", f"快讯：{text}", score=1.0, date=NOON + 2 * HOUR),
        ],
        newest=newest,
    )
    assert [one.post.path for one in kept] == [f"{shown}.md", "z.md"]
    assert kept[0].score == 3.0 and kept[0].passage.post_id == kept[0].post.id
    assert "".join(post.path[0] for post in kept[0].copies) == copies


def test_equally_new_ones_leave_the_best():
    text = STORY.format(6, 12)
    (kept,) = collapse_copies([hit("b", text), hit("a", text)], newest=True)
    assert kept.post.path == "b.md"


@pytest.mark.parametrize(
    ("titles", "count"),
    [
        (("渡轮载客超4万人次", "渡轮载客超5万人次"), 2),
        (("渡轮载客超4万人次", "渡轮复航"), 1),
        (("渡轮载客超4万人次", "3月渡轮载客超4万人次"), 1),
        (("每天往返6班", "票价仍是12元"), 1),  # the text has both
    ],
)
def test_headlines_with_other_figures_are_other_news(titles, count):
    text = STORY.format(6, 12)
    found = [hit(str(number), text, title=title) for number, title in enumerate(titles)]
    assert len(collapse_copies(found)) == count


def test_copies_already_found_are_kept():
    text = STORY.format(6, 12)
    (kept,) = collapse_copies([hit("a", text), hit("b", text)])
    (again,) = collapse_copies([hit("c", text), kept][::-1])
    assert [post.id for post in again.copies] == ["posts/b.md", "posts/c.md"]
    (under,) = collapse_copies([hit("c", text), kept])
    assert [post.id for post in under.copies] == ["posts/a.md", "posts/b.md"]


def test_nothing_collapses_to_nothing():
    assert collapse_copies([]) == []
