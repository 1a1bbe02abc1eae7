"""What `qinwen eval` runs: the index's own questions, a pooled SQuAD file, or the reader alone."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

from index.answer import Ask
from index.assemble import Around
from index.embedding.factory import open_embedder
from index.embedding.progress import open_progress
from index.errors import SettingsError
from index.evaluation.given import context_idf, read_given
from index.evaluation.html_report import About, check_report, write_html
from index.evaluation.output_file import check_output
from index.evaluation.pooled import open_pool
from index.evaluation.predictions import write_predictions
from index.evaluation.questions import EvalQuestion, load_questions
from index.evaluation.run import Ask as AskEval
from index.evaluation.run import Outcome, Report, outcome_of
from index.evaluation.run import evaluate as evaluate_questions
from index.evaluation.squad import SquadSet, load_squad, sample
from index.lexical.tokens import Tokenizer
from index.opening import Opened, open_answerer
from index.reading.base import Reader
from index.reading.factory import open_reader
from index.reading.sentences import SentenceReader
from index.settings import Settings

_RANKED = 10  # sources looked at: recall@10 and the predictions file


def run_evaluation(args: Namespace, settings: Settings, cache: Path) -> Report:
    """The report that the arguments ask for; predictions and page are written where asked."""
    if args.given_context and not args.squad:
        raise SettingsError("--given-context goes with --squad.", "Name a SQuAD file.")
    _check_outputs(args)
    report = _report(args, settings, cache)
    if args.predictions:
        write_predictions(args.predictions, report.scored)
    if args.report:
        write_html(args.report, report, _about(args, settings))
    return report


def _check_outputs(args: Namespace) -> None:
    """What would fail after the run fails before it: that may take an hour."""
    if args.predictions:
        check_output(args.predictions, "predictions")
    if args.report:
        check_report(args.report)
    files = [one for one in (args.questions, args.squad, args.predictions, args.report) if one]
    places = [os.path.realpath(file) for file in files]
    for file, place in zip(files, places, strict=True):
        if places.count(place) > 1:
            raise SettingsError(f"{file} is named twice.", "Give each file a name of its own.")


def _about(args: Namespace, settings: Settings) -> About:
    threshold = settings.answer.threshold
    if args.given_context:
        searched = {"Asked of": "each question's own context, without refusing"}
    else:
        asked = "all contexts of the file" if args.squad else "the index"
        model = settings.embedding.model
        searched = {"Asked of": asked, "Model": model, "Threshold": f"{threshold:g}"}
    facts = {
        "Questions": (args.questions or args.squad).name,
        "Drawn": f"{args.limit}, seed {args.seed}" if args.limit else "all",
        **searched,
        "Made": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC by qinwen {version('qinwen')}",
    }
    return About(threshold, facts)


def _report(args: Namespace, settings: Settings, cache: Path) -> Report:
    if not args.squad:
        questions = sample(load_questions(args.questions), args.limit, args.seed)
        with open_answerer(settings, cache) as opened:
            return _run(opened, questions, args.today or opened.newest_day)
    squad = load_squad(args.squad)
    questions = sample(squad.questions, args.limit, args.seed)
    if args.given_context:
        tokenizer = Tokenizer(())
        reader = open_reader(
            settings, cache, tokenizer.tagged, lambda: _words_reader(squad, tokenizer)
        )
        reader.warm_up()
        ask = read_given(squad, reader, args.today or date.today())
        return _evaluated(ask, questions, given_context=True)
    around = Around(
        embedder=open_embedder(settings.embedding, cache),
        cache=cache,
        now=datetime.now(UTC),
        progress=open_progress(sys.stderr, "embedding"),
    )
    with open_pool(squad, settings, around) as opened:
        return _run(opened, questions, args.today)


def _words_reader(squad: SquadSet, tokenizer: Tokenizer) -> Reader:
    idf = context_idf(squad, tokenizer)
    return SentenceReader(tokenizer.question_tokens, idf, tokenizer.tagged)


def _run(opened: Opened, questions: tuple[EvalQuestion, ...], today: date | None) -> Report:
    opened.answerer.warm_up()
    day = today or datetime.now(UTC).date()

    def ask(question: EvalQuestion) -> Outcome:
        asked = Ask(question.question, day, question.history, top_k=_RANKED)
        return outcome_of(opened.answerer.explain(asked))

    return _evaluated(ask, questions, given_context=False)


def _evaluated(ask: AskEval, questions: tuple[EvalQuestion, ...], *, given_context: bool) -> Report:
    progress = open_progress(sys.stderr, "asking", "questions")
    progress.start(len(questions))
    try:
        return evaluate_questions(
            ask,
            questions,
            given_context=given_context,
            on_done=lambda done, total: progress.advance(1),
        )
    finally:
        progress.finish()
