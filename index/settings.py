"""Strict settings: `qinwen.toml` and `QINWEN_*`, read once at the start and passed down.

Unknown keys are refused in the file (a typo must not pass silently) and ignored in the environment
(other programs' variables are none of our business).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs
from pydantic import Field, ValidationError, field_validator
from pydantic.fields import FieldInfo

from index.errors import SettingsError
from index.settings_bot import BotSection
from index.settings_error import settings_error
from index.settings_llm import LlmSection
from index.settings_place import APP, Place
from index.settings_section import Section

SETTINGS_FILE = "qinwen.toml"
BUNDLED_MODEL = "bundled"
HASH_MODEL = "hash"


class IndexSection(Section):
    """Where the index lies and how it is kept."""

    dir: Place = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir(APP, appauthor=False)) / "index",
        description="folder of the index; `--index` and `QINWEN_INDEX` come before it",
    )
    keep_snapshots: int = Field(3, ge=1, le=100, description="published snapshots to keep")
    max_removed_share: float = Field(
        0.3, ge=0, le=1, description="a larger share of vanished posts stops a reindex"
    )


class PostsSection(Section):
    """How posts are read."""

    timezone: str = Field("Asia/Shanghai", description="zone of dates that name none")
    max_file_bytes: int = Field(
        5_000_000, ge=1_000, le=1_000_000_000, description="larger post files are skipped"
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("no such time zone is known") from error
        return name


class PassagesSection(Section):
    """How paragraphs become passages; a change re-cuts and re-embeds everything."""

    max_chars: int = Field(250, ge=40, le=2_000, description="longest passage, in characters")
    min_chars: int = Field(
        80, ge=0, le=1_000, description="shorter paragraphs are merged with the next ones"
    )


class EmbeddingSection(Section):
    """The model that embeds passages and questions; a change re-embeds everything."""

    model: str = Field(
        BUNDLED_MODEL,
        min_length=1,
        description="`bundled`, a sentence-transformers folder or hub name, or `hash` (no model)",
    )
    precision: Literal["auto", "fp32", "bf16"] = Field(
        "auto", description="`auto`: bf16 where the processor has it natively, else fp32"
    )
    threads: int = Field(0, ge=0, le=1024, description="threads of the model; 0: what is granted")
    batch_tokens: int = Field(
        4_096, ge=512, le=1_000_000, description="tokens in one batch, padding included"
    )
    query_prefix: str | None = Field(
        None, description="put before a question; unset: what the model itself says"
    )
    passage_prefix: str | None = Field(
        None, description="put before a passage; unset: what the model itself says"
    )


class LexicalSection(Section):
    """The word index."""

    dictionary: Place | None = Field(
        None, description="a file of words to keep whole, one a line, beside titles and tags"
    )


class RetrievalSection(Section):
    """How the two legs are searched and fused."""

    candidates: int = Field(100, ge=1, le=10_000, description="passages taken from each leg")
    lexical_weight: float = Field(0.4, ge=0, le=1, description="share of BM25; the rest is dense")


class AnswerSection(Section):
    """When to answer, and with how much."""

    threshold: float = Field(0.45, ge=0, le=1, description="confidence under which it refuses")
    top_k: int = Field(5, ge=1, le=50, description="sources shown")
    reader: Literal["auto", "trained", "words"] = Field(
        "auto", description="`words` reads without a model; `auto`: only where `hash` embeds"
    )


class Settings(Section):
    """All settings."""

    # Subtle: made anew, not once at import: where data lies is the environment's of now.
    index: IndexSection = Field(default_factory=IndexSection)
    posts: PostsSection = PostsSection()
    passages: PassagesSection = PassagesSection()
    embedding: EmbeddingSection = EmbeddingSection()
    lexical: LexicalSection = LexicalSection()
    retrieval: RetrievalSection = RetrievalSection()
    answer: AnswerSection = AnswerSection()
    llm: LlmSection = LlmSection()
    bot: BotSection = Field(default_factory=BotSection)


def cache_dir() -> Path:
    """The folder of everything that can be made again (`XDG_CACHE_HOME`); not created here."""
    return Path(platformdirs.user_cache_dir(APP, appauthor=False))


def environment_name(section: str, key: str) -> str:
    """`("embedding", "model")` is `QINWEN_EMBEDDING__MODEL`.

    Shorter ones are those typed most: `QINWEN_INDEX` is the index folder, `QINWEN_BOT_ADMINS` is
    `("bot", "admins")`.
    """
    if (section, key) == ("index", "dir"):
        return "QINWEN_INDEX"
    if section == "bot":
        return f"QINWEN_BOT_{key}".upper()
    return f"QINWEN_{section}__{key}".upper()


def _from_environment(env: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for section, field in Settings.model_fields.items():
        for key in _keys(field):
            value = env.get(environment_name(section, key), "")
            if value:
                found.setdefault(section, {})[key] = value
    return found


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    # Subtle: ValueError is broken TOML, broken UTF-8 and an integer of 5,000 digits alike.
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(f"{path} can't be read: {error}.", "Mend the file.") from error


def load_settings(env: Mapping[str, str], folder: Path, index_dir: Path | None = None) -> Settings:
    """Defaults, then `folder/qinwen.toml`, then `env`, then `index_dir`; the later one wins.

    Raises SettingsError that names the first wrong key and its value.
    """
    path = folder / SETTINGS_FILE
    merged = _from_file(path)
    for section, values in _from_environment(env).items():
        base = merged.get(section, {})
        merged[section] = {**base, **values} if isinstance(base, dict) else base
    if index_dir is not None:
        base = merged.get("index", {})
        merged["index"] = {**base, "dir": index_dir} if isinstance(base, dict) else base
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        raise settings_error(error, path, _known_keys()) from error


def _known_keys() -> list[str]:
    """Sections and their keys: `passages`, `passages.max_chars` and so on."""
    keys = []
    for section, field in Settings.model_fields.items():
        keys += [section, *(f"{section}.{key}" for key in _keys(field))]
    return keys


def _keys(field: FieldInfo) -> list[str]:
    return list(field.annotation.model_fields) if field.annotation else []
