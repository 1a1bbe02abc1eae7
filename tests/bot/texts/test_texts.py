"""The texts are complete: in every language, for every use in the code, and nothing beyond."""

import ast
import re
from functools import cache
from importlib import resources
from pathlib import Path

import pytest
from fluent.syntax import ast as ftl
from fluent.syntax import parse
from fluent.syntax.visitor import Visitor

import bot
from bot.texts import LANGUAGES, Texts, language_of, texts_for

BOT = Path(bot.__file__).parent
# Names in the code that are put together: `texts(f"command-{name}")`.
FAMILIES = ("command-", "language-")
# Telegram's own limits.
MOST_DESCRIPTION, MOST_SHORT, MOST_MENU, MOST_TOAST = 512, 120, 256, 200


class _Variables(Visitor):
    def __init__(self):
        self.names: set[str] = set()

    def visit_VariableReference(self, node):
        self.names.add(node.id.name)


@cache
def messages(language: str) -> dict[str, frozenset[str]]:
    """Key to the variables it uses."""
    text = (resources.files("bot.texts") / f"{language}.ftl").read_text(encoding="utf-8")
    found: dict[str, frozenset[str]] = {}
    for entry in parse(text).body:
        assert not isinstance(entry, ftl.Junk), f"{language}: {entry.content}"
        if isinstance(entry, ftl.Message):
            assert entry.id.name not in found, f"{language}: {entry.id.name} twice"
            variables = _Variables()
            variables.visit(entry)
            found[entry.id.name] = frozenset(variables.names)
    return found


def constants() -> set[str]:
    """Every string in the bot's code, pieces of f-strings included."""
    return {
        node.value
        for path in BOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def calls() -> list[tuple[str, set[str]]]:
    """`texts("key", a=…)` anywhere in the code: the key and the values' names."""
    return [
        (node.args[0].value, {keyword.arg for keyword in node.keywords if keyword.arg})
        for path in BOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
        and re.search(r"(?:^|\.)(?:texts|new)$", ast.unparse(node.func))
        and not any(keyword.arg is None for keyword in node.keywords)  # **figures: not seen here
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys_and_variables(language):
    assert messages(language) == messages(LANGUAGES[0])


def test_every_key_in_the_code_exists():
    assert [key for key, _ in calls() if key not in messages("en")] == []


def test_every_text_is_given_what_it_needs():
    known = messages("en")
    lacking = {key: known[key] - given for key, given in calls() if known[key] - given}
    assert lacking == {}


def test_every_text_is_used():
    said = constants()
    idle = [key for key in messages("en") if key not in said and not key.startswith(FAMILIES)]
    assert idle == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_can_be_said(language):
    texts = texts_for(language)
    for key, names in messages(language).items():
        for count in (0, 1, 2, 1234):
            text = texts(key, **dict.fromkeys(names, count))
            assert text.strip()
            assert not re.search(r"[\u2066-\u2069{}]", text), (key, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_telegram_shows_elsewhere_is_short_enough(language):
    texts = texts_for(language)
    assert len(texts("bot-description")) <= MOST_DESCRIPTION
    assert len(texts("bot-short-description")) <= MOST_SHORT
    for key in messages(language):
        if key.startswith("command-"):
            assert 1 <= len(texts(key)) <= MOST_MENU
    for key in ("expired", "failed", "too-many-questions"):
        assert len(texts(key)) <= MOST_TOAST
    assert len(texts("voted", up=10_000, down=10_000)) <= MOST_TOAST


def test_refusals_begin_with_the_agreed_words():
    begins = {"zh-Hans": "没有找到", "zh-Hant": "沒有找到", "en": "No answer found"}
    for language, words in begins.items():
        for key in messages(language):
            if key.startswith("refused"):
                assert texts_for(language)(key).startswith(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_start_says_that_it_is_no_advice(language):
    words = "僅供參考，不構成投資建議" if language == "zh-Hant" else "仅供参考，不构成投资建议"
    assert words in texts_for(language)("start")


def test_the_two_chinese_files_are_in_their_own_script():
    from opencc import OpenCC

    simplified = (resources.files("bot.texts") / "zh-Hans.ftl").read_text(encoding="utf-8")
    traditional = (resources.files("bot.texts") / "zh-Hant.ftl").read_text(encoding="utf-8")
    own_names = "简体中文", "繁體中文"  # a language is named in itself
    for name in own_names:
        simplified = simplified.replace(name, "")
        traditional = traditional.replace(name, "")
    assert OpenCC("t2s").convert(simplified) == simplified
    assert OpenCC("t2s").convert(traditional) != traditional
    assert not set(traditional) & set("说这个们没来时间问题请还没发现闻点击设为链"), "Simplified"


def test_values_stand_in_the_text_as_they_are():
    texts = texts_for("zh-Hans")
    ugly = "<b>&{ $x }\u202e\n[*]"
    assert texts("searched", question=ugly) == f"检索：{ugly}"
    assert texts("question-too-long", most=1000) == "这个问题太长了，请控制在 1,000 个字以内。"


def test_unknown_keys_and_missing_values_are_told():
    texts = texts_for("en")
    with pytest.raises(KeyError, match="no-such-text"):
        texts("no-such-text")
    with pytest.raises(KeyError, match="searched"):
        texts("searched")


def test_texts_are_read_once():
    assert texts_for("en") is texts_for("en")
    assert isinstance(texts_for("en"), Texts)
    assert texts_for("zh-Hant").language == "zh-Hant"
    with pytest.raises(ValueError, match="'fr'"):
        texts_for("fr")


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("zh", "zh-Hans"),
        ("zh-hans", "zh-Hans"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh-cn", "zh-Hans"),
        ("zh_SG", "zh-Hans"),
        ("zh-hant", "zh-Hant"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh_mo", "zh-Hant"),
        ("zh-Hant-TW", "zh-Hant"),
        ("en", "en"),
        ("en-GB", "en"),
        ("de", "en"),
        ("yue", "en"),
        (None, "zh-Hant"),
        ("", "zh-Hant"),
    ],
)
def test_telegrams_language_codes(code, language):
    assert language_of(code, "zh-Hant") == language
