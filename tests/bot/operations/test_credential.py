"""Where the token comes from, and that no message shows it."""

from pathlib import Path

import pytest

from bot.operations.credential import TokenError, bot_id, read_token
from index.settings_bot import BotSection

TOKENS = [f"12345678{number}:AAFqT8vX-2Lk0ZyWm_QbN4cRj7HsUe1DgO{number}" for number in range(4)]


@pytest.fixture
def places(tmp_path: Path) -> tuple[dict[str, str], BotSection]:
    """Each of the four places has another token."""
    (tmp_path / "token").write_text(f"\ufeff{TOKENS[2]}\r\n", encoding="utf-8")
    (tmp_path / "bot-token").write_text(TOKENS[3])
    env = {
        "QINWEN_BOT_TOKEN": f" {TOKENS[0]}\n",
        "TELEGRAM_BOT_TOKEN": TOKENS[1],
        "CREDENTIALS_DIRECTORY": str(tmp_path),
    }
    return env, BotSection(token_file=tmp_path / "token")


def test_the_first_place_that_has_one_counts(places: tuple[dict[str, str], BotSection]) -> None:
    env, settings = places
    found = [read_token(env, settings)]
    env["QINWEN_BOT_TOKEN"] = " "
    found.append(read_token(env, settings))
    del env["TELEGRAM_BOT_TOKEN"]
    found.append(read_token(env, settings))
    found.append(read_token(env, BotSection()))
    assert [token.get_secret_value() for token in found] == TOKENS
    assert [bot_id(token) for token in found] == [123456780, 123456781, 123456782, 123456783]


@pytest.mark.parametrize("env", [{}, {"QINWEN_BOT_TOKEN": ""}, {"CREDENTIALS_DIRECTORY": "/none"}])
def test_no_token_says_where_to_get_one(env: dict[str, str]) -> None:
    with pytest.raises(TokenError, match="@BotFather in Telegram and set QINWEN_BOT_TOKEN") as told:
        read_token(env, BotSection())
    assert told.value.exit_code == 2


@pytest.mark.parametrize(
    "wrong",
    [
        f"'{TOKENS[0]}'",
        f'"{TOKENS[0]}"',
        TOKENS[0].partition(":")[2],
        TOKENS[0][:30],
        TOKENS[0].replace(":", "："),
        TOKENS[0].replace("1", "１"),
        f"bot{TOKENS[0]}",
        f"{TOKENS[0]} # the bot",
        f"{TOKENS[0]}\n{TOKENS[1]}",
    ],
)
def test_what_is_no_token_is_refused_and_not_shown(wrong: str, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(wrong, encoding="utf-8")
    for env, settings, place in (
        ({"TELEGRAM_BOT_TOKEN": wrong}, BotSection(), "TELEGRAM_BOT_TOKEN"),
        ({}, BotSection(token_file=tmp_path / "token"), "bot.token_file"),
        ({"CREDENTIALS_DIRECTORY": str(tmp_path)}, BotSection(), ""),
    ):
        if not place:
            (tmp_path / "token").rename(tmp_path / "bot-token")
            place = "systemd's credential"
        with pytest.raises(TokenError) as told:
            read_token(env, settings)
        assert place in str(told.value)
        assert "AAFq" not in str(told.value)
        assert "8vX" not in repr(told.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    with pytest.raises(TokenError, match=r"missing \(bot.token_file\) can't be read: No such file"):
        read_token({}, BotSection(token_file=missing))
    missing.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TokenError, match="it is no text"):
        read_token({}, BotSection(token_file=missing))
    with pytest.raises(TokenError, match="Is a directory"):
        read_token({}, BotSection(token_file=tmp_path))


def test_the_token_is_masked(places: tuple[dict[str, str], BotSection]) -> None:
    token = read_token(*places)
    assert "AAF" not in f"{token} {token!r}"
