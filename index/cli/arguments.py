"""The command line's grammar: every command with its options and an example."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from index.cli.show import print_text
from index.errors import SettingsError

Namespace = argparse.Namespace
Add = Callable[[str, str, str], "Parser"]

_BOT = "Answer in Telegram, until stopped; the token is in QINWEN_BOT_TOKEN."


class Parser(argparse.ArgumentParser):
    """Wrong usage raises, so that it becomes text in the one place where errors do.

    Options are taken only when written out: what `--allow` means may change with the next option.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 (argparse's own)
        super().__init__(**options, allow_abbrev=False)

    def print_help(self, file: object = None) -> None:
        """On standard output, whatever its encoding."""
        print_text(self.format_help().rstrip())

    def error(self, message: str) -> NoReturn:
        """Raise SettingsError with argparse's sentence."""
        raise SettingsError(f"{self.prog}: {message}.", f"See `{self.prog} --help`.")


def build_parser(version: str) -> Parser:
    """The whole grammar. After parsing, `command` names the command."""
    parser = Parser(prog="qinwen", description="Ask a news site: answers with their sources.")
    parser.add_argument("--version", action="version", version=f"qinwen {version}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(name: str, summary: str, example: str) -> Parser:
        made: Parser = commands.add_parser(
            name,
            help=summary,
            description=summary,
            epilog=f"example: {example}",
        )
        return made

    _reindex(add)
    _ask(add)
    _explain(add)
    _evaluate(add)
    _bench(add)
    _upkeep(add)
    _index(add("bot", _BOT, "qinwen bot"))
    return parser


def bot_parser() -> Parser:
    """The grammar of `python -m bot`, which is that of `qinwen bot`."""
    parser = Parser(prog="qinwen bot", description=_BOT, epilog="example: qinwen bot")
    _index(parser)
    return parser


def _index(parser: Parser) -> None:
    parser.add_argument(
        "--index",
        type=_path,
        metavar="DIR",
        help="the index folder (else QINWEN_INDEX, index.dir in qinwen.toml, the user data folder)",
    )


def _index_and_json(parser: Parser) -> None:
    _index(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def _reindex(add: Add) -> None:
    parser = add(
        "reindex",
        "Bring the index up to date with the posts; only what is new is embedded.",
        "qinwen reindex ~/site/_posts",
    )
    parser.add_argument(
        "posts",
        nargs="+",
        type=_path,
        metavar="POSTS",
        help="files and folders that together are the whole site",
    )
    parser.add_argument("--full", action="store_true", help="read, cut and index every post anew")
    parser.add_argument("--dry-run", action="store_true", help="say what would change, do nothing")
    parser.add_argument(
        "--allow-removals", action="store_true", help="go on even if many posts have vanished"
    )
    _index_and_json(parser)


def _question_options(parser: Parser) -> None:
    parser.add_argument(
        "--since", type=_day, metavar="DATE", help="only posts of this day or later"
    )
    parser.add_argument(
        "--until", type=_day, metavar="DATE", help="only posts of this day or earlier"
    )
    parser.add_argument(
        "--category", action="append", metavar="NAME", help="only this category; repeatable"
    )
    parser.add_argument(
        "--today", type=_day, metavar="DATE", help="what 今天 and 去年 count from (default: today)"
    )
    parser.add_argument(
        "--history",
        action="append",
        default=[],
        metavar="QUESTION",
        help="a question asked before, for follow-ups; repeatable, oldest first",
    )
    parser.add_argument("--top-k", type=_top_k, metavar="N", help="sources to show (default: 5)")


def _ask(add: Add) -> None:
    parser = add(
        "ask",
        "Answer a question with its sources; without a question, chat in the terminal.",
        "qinwen ask 琴岛e保的首席承保方是哪家保险公司？",
    )
    parser.add_argument("question", nargs="?", metavar="QUESTION", help="left out: a chat")
    _question_options(parser)
    _index_and_json(parser)


def _explain(add: Add) -> None:
    parser = add(
        "explain",
        "Show how an answer came about: tokens, scores, spans, signs, decision.",
        "qinwen explain 海伦司的总市值多少？",
    )
    parser.add_argument("question", metavar="QUESTION")
    _question_options(parser)
    _index_and_json(parser)


def _evaluate(add: Add) -> None:
    parser = add(
        "eval",
        "Measure retrieval, answers and refusals on a question set.",
        "qinwen eval --questions questions.jsonl",
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--questions", type=_path, metavar="FILE", help="JSONL, asked of the index")
    source.add_argument(
        "--squad", type=_path, metavar="FILE", help="SQuAD JSON, asked of its own pooled contexts"
    )
    parser.add_argument(
        "--given-context", action="store_true", help="with --squad: test the reader alone"
    )
    parser.add_argument("--limit", type=_positive, metavar="N", help="draw so many questions")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the draw (default: 0)")
    parser.add_argument(
        "--today", type=_day, metavar="DATE", help="default: the day of the newest post"
    )
    parser.add_argument(
        "--predictions", type=_path, metavar="FILE", help="write every outcome to a JSONL file"
    )
    parser.add_argument(
        "--report", type=_path, metavar="FILE", help="write an HTML page with plots and mistakes"
    )
    _index_and_json(parser)


def _bench(add: Add) -> None:
    parser = add("bench", "Measure speed on this machine.", "qinwen bench embed tests/data/posts")
    parser.add_argument("what", choices=["embed"], help="embed: passages and questions per second")
    parser.add_argument("posts", nargs="*", type=_path, metavar="POSTS", help="texts to embed")
    parser.add_argument("--squad", type=_path, metavar="FILE", help="embed its contexts instead")
    parser.add_argument("--limit", type=_positive, default=256, metavar="N", help="texts (256)")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def _upkeep(add: Add) -> None:
    _index_and_json(add("doctor", "Check the installation and the index.", "qinwen doctor"))
    _index_and_json(add("snapshots", "List the published snapshots.", "qinwen snapshots"))
    rollback = add("rollback", "Go back to an earlier snapshot.", "qinwen rollback")
    rollback.add_argument("to", nargs="?", metavar="SNAPSHOT", help="default: the one before")
    _index_and_json(rollback)


def _path(text: str) -> Path:
    """Subtle: an empty path would silently be the working directory (`--index "$UNSET"`)."""
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError(f"{text!r} is no path")
    return Path(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date like 2021-12-08") from None


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 up")
    return int(text)


def _top_k(text: str) -> int:
    number = _positive(text)
    if number > 50:
        raise argparse.ArgumentTypeError(f"{text!r} is over 50")
    return number
