from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.lexical.dictionary import WordFinder
from index.lexical.runs import MAX_CODE_CHARS
from index.lexical.stopwords import STOP_WORDS
from index.lexical.tokens import Tokenizer
from index.text import FOLD_VERSION, fold

PLAIN = Tokenizer(())

# Characters that meet in real posts: scripts, widths, codes, joiners, marks, breaks.
MESSY = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "琴岛e保龍龙臺台湾的是什么多少ＡＢ１２．％%ab01.-_/,:—·"
            "\u3000 \n\t℃①㎏\u200b\ud800🎉ーの한"
        ),
        st.characters(),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("琴岛e保", "琴岛 琴 岛 保 e 琴岛 岛e e保 琴岛e保"),
        ("HFO-1234yf", "hfo-1234yf hfo1234yf hfo 1234yf 1234 yf"),
        ("HFC—134a", "hfc-134a hfc134a hfc 134a 134"),
        ("00388.HK", "00388.hk 388.hk 00388 388 hk"),
        ("0388.HK", "0388.hk 388.hk 0388 388 hk"),
        ("9869.HK", "9869.hk 9869 hk"),
        ("1.8 mS/cm", "1.8 ms/cm mscm ms cm 1.8mscm"),
        ("5G", "5g"),
        ("A股", "股 a a股 a股"),
        ("B乎", "乎 b b乎 b乎"),
        ("2021年", "年 2021 2021年"),
        ("3.5%", "3.5% 3.5"),
        ("iPhone 13", "iphone 13 iphone13"),
        ("COVID-19", "covid-19 covid19 covid 19"),
        ("PPR-9087", "ppr-9087 ppr9087 ppr 9087"),
        ("FF 91", "ff 91 ff91"),
        ("1,234.5亿", "亿 1,234.5 1234.5 1234.5亿"),
        ("0.5", "0.5"),
        ("C++、AT&T", "c++ c at&t att at t"),
        # Search mode: the words inside 保险公司, then itself; each character and pair once more.
        ("保险公司", "保险 公司 保险公司 保 险 公 司 保险 险公 公司"),
        ("酶", "酶"),
        ("的", ""),
    ],
)
def test_golden_tokens(text: str, tokens: str) -> None:
    assert PLAIN.passage_tokens(text) == tokens.split()


@pytest.mark.parametrize("text", ["", " \n", "，。！？——……", "🎉🎉", "%", "\ud800", "#＃＠", "·"])
def test_nothing_but_marks_has_no_tokens(text: str) -> None:
    assert PLAIN.passage_tokens(text) == []
    assert PLAIN.question_tokens(text) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("國壽作為首席承保方，氣溫25℃", "国寿作为首席承保方，气温25℃"),
        ("ＦＦ　９１售價１，２３４．５億元", "FF 91售价1,234.5亿元"),
        ("ＨＦＯ－１２３４ｙｆ製冷劑", "hfo-1234YF制冷剂"),
        ("琴岛\u200be保", "琴岛e保"),
    ],
)
def test_script_width_case_twins_have_equal_tokens(one: str, other: str) -> None:
    assert PLAIN.passage_tokens(one) == PLAIN.passage_tokens(other) != []
    assert PLAIN.question_tokens(one) == PLAIN.question_tokens(other) != []


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("0388.HK", "00388.HK"),
        ("388", "00388.HK"),
        ("09869.HK", "9869.HK"),
        ("iPhone13", "iPhone 13"),
        ("HFO1234yf", "HFO-1234yf"),
        ("HFC-134a", "HFC—134a"),
        ("1234.5亿元", "1,234.5亿元"),
        ("5 月 24 日", "5月24日"),
        ("R1234yf", "HFO-1234yf"),
        ("COVID19", "COVID-19"),
        ("酶", "蛋白酶抑制剂"),
    ],
)
def test_ways_to_write_the_same_meet(said: str, written: str) -> None:
    shared = set(PLAIN.question_tokens(said)) & set(PLAIN.passage_tokens(written))
    assert shared - {"hk"}


def test_numbers_that_differ_stay_apart() -> None:
    assert not set(PLAIN.question_tokens("18")) & set(PLAIN.passage_tokens("1.8"))
    assert not set(PLAIN.question_tokens("0.5")) & set(PLAIN.passage_tokens("5"))
    assert "1213" not in PLAIN.passage_tokens("12 13")  # two cells of a table


def test_questions_have_the_tokens_of_passages_without_stop_words() -> None:
    question = "请问琴岛e保的首席承保方是哪家保险公司呢？"
    tokens = PLAIN.question_tokens(question)
    assert set(tokens) < set(PLAIN.passage_tokens(question))
    assert not set(tokens) & STOP_WORDS
    assert {"琴岛e保", "首席", "承保", "保险公司"} <= set(tokens)
    assert len(tokens) == len(set(tokens))


def test_a_pair_that_touches_a_stop_word_stays_and_one_made_of_them_goes() -> None:
    tokens = PLAIN.question_tokens("目标价是多少")
    assert "价是" in tokens
    assert not {"是多", "多少"} & set(tokens)


def test_a_question_of_stop_words_only_has_no_tokens() -> None:
    assert PLAIN.question_tokens("请问这是什么呢？") == []


def test_a_stop_character_inside_a_word_is_part_of_the_word() -> None:
    assert {"大会", "目的"} <= set(PLAIN.question_tokens("大会目的"))


def test_site_words_are_tokens_beside_the_others() -> None:
    text = "海伦司小酒馆"
    with_word = Tokenizer(["海伦司"])
    assert Counter(with_word.passage_tokens(text)) == Counter(
        [*PLAIN.passage_tokens(text), "海伦司"]
    )
    assert "海伦司" in with_word.question_tokens("海伦司的市值")


def test_site_words_overlap_and_are_folded() -> None:
    tokens = Tokenizer(["霍尼韋爾", "韦尔集团"]).passage_tokens("霍尼韦尔集团")
    assert {"霍尼韦尔", "韦尔集团"} <= set(tokens)


def test_a_latin_site_word_does_not_stand_inside_another() -> None:
    assert "ai芯片" in Tokenizer(["ai芯片"]).passage_tokens("新ai芯片")
    assert "ai芯片" not in Tokenizer(["ai芯片"]).passage_tokens("genai芯片")
    assert Tokenizer(["ai"]).passage_tokens("aim, said") == PLAIN.passage_tokens("aim, said")


TEXTS = ["海伦司发布公告", "青岛的海 伦司", "小米之家", "海伦", "没有名字的文章", "米之家小米之家"]
LISTS = st.sets(st.sampled_from(["海伦", "海伦司", "米之", "小米之家", "名字的", "之家小"]))


@given(LISTS, LISTS)
def test_a_change_of_words_changes_the_texts_that_hold_one(old: set[str], new: set[str]) -> None:
    before, after = Tokenizer(tuple(old)), Tokenizer(tuple(new))
    changed = [
        at
        for at, text in enumerate(TEXTS)
        if before.passage_tokens(text) != after.passage_tokens(text)
    ]
    finder = WordFinder(old ^ new)
    assert changed == [at for at, text in enumerate(TEXTS) if [*finder.find(text)]]


def test_the_order_of_the_words_is_nothing() -> None:
    one, other = Tokenizer(["小米之家", "海伦司"]), Tokenizer(["海伦司", "小米之家", "海伦司"])
    assert one.fingerprint == other.fingerprint
    assert all(one.passage_tokens(text) == other.passage_tokens(text) for text in TEXTS)


def test_the_fingerprint_names_what_tokens_depend_on() -> None:
    assert PLAIN.fingerprint == f"rules2-fold{FOLD_VERSION}-jieba0.42.1-words{'e3b0c44298fc1c14'}"
    assert Tokenizer(["海伦司"]).fingerprint != PLAIN.fingerprint
    assert Tokenizer(["海", "伦司"]).fingerprint != Tokenizer(["海伦", "司"]).fingerprint


@settings(max_examples=300, deadline=None)
@given(MESSY)
@example("哈" * 3000)
@example("a" * 100_000)
@example("1." * 5000)
@example("\u3040・a\u3099")
def test_any_text_has_the_same_clean_tokens_again(text: str) -> None:
    tokens = PLAIN.passage_tokens(text)
    assert tokens == Tokenizer(()).passage_tokens(text) == PLAIN.passage_tokens(fold(text))
    # Characters newer than this Python's Unicode tables count as Chinese, not as letters.
    assert all(any(char.isalnum() or char > "\U00020000" for char in token) for token in tokens)
    assert max(map(len, tokens), default=0) <= max(400, 3 * MAX_CODE_CHARS)
    assert set(PLAIN.question_tokens(text)) <= set(tokens)


@settings(max_examples=200, deadline=None)
@given(MESSY)
def test_tagged_words_lie_in_the_text_in_order(text: str) -> None:
    done = 0
    for word, flag, start, end in Tokenizer(["岛e", "龙台湾"]).tagged(text):
        assert done <= start < end <= len(text)
        assert text[start:end] == word
        assert flag
        done = end


def test_tagged_keeps_the_original_and_its_places() -> None:
    text = "霍尼韦爾總裁張三25℃说"
    assert [tuple(word) for word in PLAIN.tagged(text)] == [
        ("霍尼韦爾", "nrt", 0, 4),
        ("總裁", "n", 4, 6),
        ("張三", "nr", 6, 8),
        ("25", "m", 8, 10),
        ("℃", "x", 10, 11),
        ("说", "v", 11, 12),
    ]


def test_tagged_keeps_codes_and_site_words_whole() -> None:
    text = "琴岛e保用HFO-1234yf涨3.5%"
    found = {(word, flag) for word, flag, _, _ in Tokenizer(["琴岛e保"]).tagged(text)}
    assert {("琴岛e保", "nz"), ("HFO-1234yf", "eng"), ("3.5%", "m")} <= found


def test_tagged_does_not_cut_a_word_for_a_site_word_that_ends_inside_it() -> None:
    # 海伦 stands in 海伦司机 only by accident: jieba sees 海伦 and 司机 here, and 伦司 cuts both.
    words = [word for word, *_ in Tokenizer(["伦司"]).tagged("海伦司机")]
    assert words == [word for word, *_ in PLAIN.tagged("海伦司机")]


def test_tagged_tells_the_rest_of_a_word_that_a_mixed_word_cuts() -> None:
    # jieba alone sees 保用 in 琴岛e保用.
    words = [tuple(word) for word in Tokenizer(["琴岛e保"]).tagged("琴岛e保用完")]
    assert [words[0], (words[1][0], *words[1][2:])] == [("琴岛e保", "nz", 0, 4), ("用", 4, 5)]


def test_jieba_is_silent_and_leaves_nothing_behind(tmp_path: Path) -> None:
    script = (
        "from index.lexical.tokens import Tokenizer\n"
        "import sys\n"
        "assert 'jieba' not in sys.modules\n"
        "t = Tokenizer(['海伦司']); assert t.passage_tokens('你好') and t.tagged('你好')\n"
        "assert 'jieba' in sys.modules\n"
    )
    environment = {"TMPDIR": str(tmp_path), "HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=environment, check=True
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    assert list(tmp_path.iterdir()) == []


def test_a_planted_cache_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "jieba.cache").write_bytes(b"planted")
    from index.lexical import segmenter

    monkeypatch.setattr(segmenter, "_loaded", {})
    assert segmenter.cut("保险公司") == ["保险公司"]
    assert (tmp_path / "jieba.cache").read_bytes() == b"planted"


def test_loading_gives_jieba_s_own_dictionary() -> None:
    import jieba

    from index.lexical.segmenter import segmenter

    reference = jieba.Tokenizer()
    words, total = reference.gen_pfdict(reference.get_dict_file())
    assert words == segmenter().FREQ
    assert segmenter().total == total
