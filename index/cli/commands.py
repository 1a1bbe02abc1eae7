"""One function a command: arguments in, exit code out."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from index.cli.show import answer_json, answer_text, print_json, print_text
from index.errors import IndexMissingError, SettingsError
from index.filters import Filters
from index.settings import Settings

if TYPE_CHECKING:
    from index.answer import Ask

# Heavy parts are imported by the commands that need them: `--help` and a reindex without news must
# not wait for a model library.

Command = Callable[[Namespace, Settings, Path], int]


def reindex(args: Namespace, settings: Settings, cache: Path) -> int:
    """`qinwen reindex`."""
    from index.assemble import Around
    from index.build import Options, reindex
    from index.cli.reports import reindex_json, reindex_text
    from index.embedding.factory import open_embedder
    from index.embedding.progress import open_progress

    around = Around(
        embedder=open_embedder(settings.embedding, cache),
        cache=cache,
        now=datetime.now(UTC),
        progress=open_progress(sys.stderr, "embedding"),
    )
    options = Options(args.full, args.dry_run, args.allow_removals)
    report = reindex(args.posts, settings, around, options)
    if args.json:
        print_json(reindex_json(report))
    else:
        print_text(reindex_text(report, args.dry_run))
    return 0


def ask(args: Namespace, settings: Settings, cache: Path) -> int:
    """`qinwen ask`; without a question, the chat."""
    asked = _ask_of(args, settings)
    if args.question is None:
        if args.json:
            raise SettingsError("--json needs a question.", "Add one: qinwen ask QUESTION --json.")
        from index.cli.chat import chat

        return chat(settings, cache, asked)
    from index.opening import open_answerer
    from index.question import parse_question

    # A question that can't be asked is refused before anything is loaded for it.
    has_words = parse_question(asked.text, asked.today).has_words
    with open_answerer(settings, cache) as opened:
        if has_words:
            opened.answerer.warm_up()
        answer = opened.answerer.ask(asked)
    if args.json:
        print_json(answer_json(answer))
    else:
        print_text(answer_text(answer, colour=sys.stdout.isatty()))
    return 0


def _ask_of(args: Namespace, settings: Settings) -> Ask:
    from index.answer import Ask

    categories = frozenset(args.category) if args.category else None
    return Ask(
        text=args.question or "",
        today=args.today or _site_today(settings),
        history=tuple(args.history),
        filters=Filters(args.since, args.until, categories),
        top_k=args.top_k or settings.answer.top_k,
    )


def _site_today(settings: Settings) -> date:
    """The calendar day at the site."""
    return datetime.now(ZoneInfo(settings.posts.timezone)).date()


def explain(args: Namespace, settings: Settings, cache: Path) -> int:
    """`qinwen explain`."""
    from index.cli.reports import explanation_json, explanation_text
    from index.opening import open_answerer

    asked = _ask_of(args, settings)
    with open_answerer(settings, cache) as opened:
        found = opened.answerer.explain(asked)
    if args.json:
        print_json(explanation_json(found))
    else:
        print_text(explanation_text(found))
    return 0


def snapshots(args: Namespace, settings: Settings, cache: Path) -> int:
    """`qinwen snapshots`."""
    from index.cli.reports import snapshots_json, snapshots_text
    from index.snapshot.layout import IndexLayout
    from index.snapshot.pointer import list_snapshots

    found = list_snapshots(IndexLayout(settings.index.dir))
    if not found:
        raise IndexMissingError(
            f"There is no index in {settings.index.dir} yet.", "Run `qinwen reindex POSTS…`."
        )
    if args.json:
        print_json(snapshots_json(found))
    else:
        print_text(snapshots_text(found))
    return 0


def rollback(args: Namespace, settings: Settings, cache: Path) -> int:
    """`qinwen rollback`."""
    from index.basis import VERIFIED_FOLDER
    from index.snapshot.layout import IndexLayout
    from index.snapshot.lock import writer_lock
    from index.snapshot.pointer import rollback

    layout = IndexLayout(settings.index.dir)
    if not layout.snapshots.is_dir():
        raise IndexMissingError(
            f"There is no index in {layout.root} yet.", "Run `qinwen reindex POSTS…`."
        )
    with writer_lock(layout, lambda: datetime.now(UTC)):
        name = rollback(layout, args.to, cache / VERIFIED_FOLDER)
    if args.json:
        print_json({"snapshot": name})
    else:
        print_text(f"Answers now come from snapshot {name}.")
    return 0


def doctor(args: Namespace, settings: Settings, cache: Path) -> int:
    """`qinwen doctor`; exit code 3 when only the index is at fault, 1 when anything else is."""
    from index.checks import INDEX, run_checks
    from index.cli.reports import checks_text

    checks = run_checks(settings, cache)
    if args.json:
        print_json({"checks": [asdict(check) for check in checks]})
    else:
        print_text(checks_text(checks))
    failed = {check.name for check in checks if not check.ok}
    if failed == {INDEX}:
        return IndexMissingError.exit_code
    return 1 if failed else 0


def evaluate(args: Namespace, settings: Settings, cache: Path) -> int:
    """`qinwen eval`."""
    from index.cli.evaluation import run_evaluation
    from index.evaluation.report import report_json, report_text

    report = run_evaluation(args, settings, cache)
    if args.json:
        print_json(report_json(report))
    else:
        print_text(report_text(report))
    return 0


def bench(args: Namespace, settings: Settings, cache: Path) -> int:
    """`qinwen bench`."""
    from index.cli.bench import run_bench

    print_json(run_bench(args, settings, cache))
    return 0


def bot(args: Namespace, settings: Settings, cache: Path) -> int:
    """`qinwen bot`: this process becomes `python -m bot`, for index knows nothing of the bot."""
    options = [] if args.index is None else ["--index", str(args.index)]
    # Subtle: without a fork, so that signals reach the bot and its exit code is ours.
    os.execv(sys.executable, [sys.executable, "-m", "bot", *options])  # noqa: S606


COMMANDS: Mapping[str, Command] = {
    "reindex": reindex,
    "ask": ask,
    "explain": explain,
    "eval": evaluate,
    "bench": bench,
    "snapshots": snapshots,
    "rollback": rollback,
    "doctor": doctor,
    "bot": bot,
}
