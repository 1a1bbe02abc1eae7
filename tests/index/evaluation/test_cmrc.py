import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.evaluation.cmrc import em, f1, longest_common_run, segments, without_punctuation
from index.evaluation.words import english_words

# Answer, golds, EM, F1. Worked by hand; all but the last two were also run through the public CMRC
# 2018 script (version 6, NLTK 3.10), which gives the same.
CASES = {
    "one segment too many": ("约11亿美元", ["11亿美元"], 0, 8 / 9),  # run 4 of 5 and 4
    "case": ("ET7", ["et7"], 1, 1),
    "book title marks": ("《ET 7》", ["et 7"], 1, 1),
    "a space inside counts": ("FF 91", ["FF91"], 0, 0),  # [ff, 91] and [ff91]
    "hyphens join numbers": ("6.3-6.7的区间", ["6.3-6.7"], 0, 2 / 5),  # run 1 of 4 and 1
    "Chinese full stop": ("67.8万人。", ["67.8万人"], 1, 1),
    "ASCII full stop": ("67.8万人.", ["67.8万人"], 0, 6 / 7),  # run 3 of 4 and 3
    "width is not folded": ("16%", ["16％"], 0, 0),
    "script is not folded": ("臺北", ["台北"], 0, 1 / 2),
    "a comma inside a number": ("1,234.5元", ["1234.5元"], 0, 1 / 2),
    "the best gold wins": ("2022年7月推出", ["7月", "2022年7月"], 0, 4 / 5),  # 4 of 6 and 4
    "English words": ("Katy Huberty认为", ["Katy Huberty"], 0, 2 / 3),  # run 2 of 4 and 2
    "only dropped marks": ("。", ["，"], 1, 0),
    "an ellipsis stays": ("……", ["…"], 0, 0),
    "order counts": ("北京和上海", ["上海和北京"], 0, 2 / 5),  # the run is 北京 or 上海
    "kinds of quotes": ('"B乎"商标', ["“B乎”商标"], 0, 2 / 5),  # ``,b,乎,``,商,标; b,乎,商,标
    "a rare character": ("㐂寿司", ["寿司"], 0, 4 / 5),  # outside the script's Han range
    "nothing said": ("", ["甲"], 0, 0),
    "no golds": ("甲", [], 0, 0),
}


@pytest.mark.parametrize(("answer", "golds", "exact", "overlap"), CASES.values(), ids=CASES)
def test_worked_cases(answer, golds, exact, overlap):
    assert em(answer, golds) == exact
    assert f1(answer, golds) == pytest.approx(overlap)


def test_segments_mix_characters_and_words():
    text = "「FF 91」将于2022年7月推出"
    assert segments(text) == ["ff", "91", "将", "于", "2022", "年", "7", "月", "推", "出"]
    assert segments(" \t。") == []


def test_characters_outside_the_scripts_range_are_runs_of_letters():
    assert segments("一龥鿏鿏㐂㐂") == ["一", "龥", "鿏鿏㐂㐂"]  # U+4E00, 9FA5; 9FCF, 3402


def test_only_the_scripts_marks_are_dropped():
    assert without_punctuation(" A-b：c.（d），‘e’!…") == "abc.d‘e!…"


@pytest.mark.parametrize(
    ("left", "right", "run"),
    [
        ("abcxabcd", "zabcdz", 4),
        ("abc", "cba", 1),
        ("abab", "baba", 3),
        ("", "a", 0),
        ("a", "b", 0),
    ],
)
def test_the_longest_common_run(left, right, run):
    assert longest_common_run(left, right) == run
    assert longest_common_run(right, left) == run


# What NLTK 3.10's word_tokenize gives for each.
WORDS = {
    "": [],
    " \n ": [],
    "1,234.5 kw, 16%.": ["1,234.5", "kw", ",", "16", "%", "."],
    "$200 (usd)": ["$", "200", "(", "usd", ")"],
    "it's don't we'll dogs' cannot": [
        "it",
        "'s",
        "do",
        "n't",
        "we",
        "'ll",
        "dogs",
        "'",
        "can",
        "not",
    ],
    'say "hi" now': ["say", "``", "hi", "''", "now"],
    '""': ["``", "``"],
    "wait... what?!": ["wait", "...", "what", "?", "!"],
    "mr. smith left. he ran.": ["mr.", "smith", "left", ".", "he", "ran", "."],
    "abc co. ltd. now": ["abc", "co.", "ltd.", "now"],
    "2. partners": ["2.", "partners"],
    "a@b.com;c&d": ["a", "@", "b.com", ";", "c", "&", "d"],
    "1990–2000": ["1990", "–", "2000"],
    "rock 'n' roll": ["rock", "'n", "'", "roll"],
    "the 'big' one": ["the", "'", "big", "'", "one"],
    "(end.)": ["(", "end", ".", ")"],
}


@pytest.mark.parametrize(("run", "words"), WORDS.items(), ids=WORDS)
def test_english_words(run, words):
    assert english_words(run) == words


TEXTS = st.text(alphabet="甲乙丙丁元年AbB19.,，。《》 -%\"'", max_size=12)


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_exact_match_means_full_f1(answer, golds):
    if em(answer, golds) and segments(answer):
        assert f1(answer, golds) == 1


@given(TEXTS, st.lists(TEXTS, max_size=3), TEXTS)
def test_scores_stay_in_bounds_and_more_golds_never_hurt(answer, golds, other):
    assert 0 <= f1(answer, golds) <= f1(answer, [*golds, other]) <= 1
    assert em(answer, golds) <= em(answer, [*golds, other])


@given(TEXTS, TEXTS)
def test_both_are_symmetric(left, right):
    assert f1(left, [right]) == f1(right, [left])
    assert em(left, [right]) == em(right, [left])


@given(TEXTS)
def test_a_gold_is_its_own_match(gold):
    assert em(gold, [gold]) == 1
    assert f1(gold, [gold]) == (1 if segments(gold) else 0)


@given(st.text())
def test_any_text_is_cut_into_what_it_holds(text):
    kept = "".join(without_punctuation(text).split())
    assert len("".join(segments(text)).replace("``", '"').replace("''", '"')) <= len(kept)
