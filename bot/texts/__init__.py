"""Everything that the bot says, in every language: Fluent messages in the files beside this one."""

from __future__ import annotations

from functools import cache
from importlib import resources

from fluent.runtime import FluentBundle, FluentResource

LANGUAGES = ("zh-Hans", "zh-Hant", "en")

_SIMPLIFIED = ("hans", "cn", "sg")
_TRADITIONAL = ("hant", "tw", "hk", "mo")


class Texts:
    """The texts of one language. `texts("question-too-long", most=1000)` gives one of them."""

    def __init__(self, language: str) -> None:
        self.language = language
        file = resources.files(__package__) / f"{language}.ftl"
        # Without the invisible marks around values that Fluent would set: a text is compared, cut
        # and copied here, and `bot.render` takes such marks away anyway.
        self._bundle = FluentBundle([language], use_isolating=False)
        self._bundle.add_resource(FluentResource(file.read_text(encoding="utf-8")))

    def __call__(self, key: str, **values: str | int | float) -> str:
        """The text, with `values` in it as they are: nothing is escaped, numbers get commas.

        Raises KeyError for an unknown key and for a value that the text needs and isn't given.
        """
        if not self._bundle.has_message(key):
            raise KeyError(key)
        pattern = self._bundle.get_message(key).value
        assert pattern is not None  # a message with attributes only; there are none such
        text, errors = self._bundle.format_pattern(pattern, values)
        if errors:
            raise KeyError(f"{key}: {errors[0]}")
        return str(text)


@cache
def texts_for(language: str) -> Texts:
    """The texts of one of `LANGUAGES`, read once. Raises ValueError for another one."""
    if language not in LANGUAGES:
        raise ValueError(f"no texts in {language!r}; there are {', '.join(LANGUAGES)}")
    return Texts(language)


def language_of(code: str | None, default: str) -> str:
    """The best of `LANGUAGES` for Telegram's `language_code`; `default` where it names none.

    `zh-hans` and `zh-TW` say the script; bare `zh` is Simplified, and whatever isn't Chinese
    English.
    """
    if not code:
        return default
    language, *rest = code.lower().replace("_", "-").split("-")
    if language != "zh":
        return "en"
    script = next((part for part in rest if part in (*_SIMPLIFIED, *_TRADITIONAL)), "")
    return "zh-Hant" if script in _TRADITIONAL else "zh-Hans"
