"""A run as one page that needs nothing but itself: figures, plots, and every mistake with its why.

jinja2 and matplotlib come with the extra `report` and are imported when a page is made. What stands
in the page is escaped by jinja2; nothing is loaded from anywhere and nothing runs, which the page's
own content security policy holds it to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

from index.errors import SettingsError
from index.evaluation import plots
from index.evaluation.measures import by_kind, followups, judged, latencies_ms
from index.evaluation.mistakes import Mistakes, mistakes
from index.evaluation.output_file import check_output, write_output
from index.evaluation.report import (
    KIND_COLUMNS,
    counts_text,
    interval_text,
    kind_cells,
    named_ratios,
    share_text,
)
from index.evaluation.run import Report
from index.records import Span

OPTION = "report"  # as files and messages name it
SHOWN_PER_SORT = 100  # mistakes; some 2 KB each, so that a phone can still open the page
TEMPLATE = "html_report.jinja"

_RELIABILITY = (
    "Reliability: how often a confidence is right. The numbers are questions. On the dashed line "
    "0.8 is right eight times in ten."
)
_CONFIDENCE = "Confidence of the best span of every question, whether it was given or kept back."
_ANSWERS = "What each threshold would have answered, rightly and wrongly."
_REFUSAL = (
    "Precision, recall and F1 of refusing at each threshold; refused is what lies below it, and "
    "right to refuse is what nothing answers."
)
_LATENCY = "Time a question took."


@dataclass(frozen=True, slots=True)
class About:
    """What the page says about the run: its threshold, and `facts` as they are to be read."""

    threshold: float
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot and what it shows."""

    svg: str
    caption: str


def check_report(path: Path) -> None:
    """Raise SettingsError where the page can't be made: no such folder, or no libraries for it.

    Worth asking before a long run.
    """
    check_output(path, OPTION)
    try:
        import jinja2  # noqa: F401
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise SettingsError(
            f"--report needs the package {error.name or error}, which can't be imported.",
            "Run `pip install 'qinwen[report]'`.",
        ) from error


def write_html(path: Path, report: Report, about: About) -> None:
    """Write the page whole or not at all, replacing what was there.

    Raises ImportError without the extra's libraries, SettingsError where `path` can't be a file,
    StorageError where the disk refuses.
    """
    write_output(path, OPTION, html_of(report, about))


def html_of(report: Report, about: About) -> str:
    """The page's text. A run without questions gives a page that says so."""
    from jinja2 import Environment, StrictUndefined

    template = resources.files("index.evaluation").joinpath(TEMPLATE).read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    sorts = mistakes(report)
    return environment.from_string(template).render(
        about=about,
        counts=counts_text(report),
        summary=_summary(report),
        followups=followups(report),
        plots=list(_plots(report, about.threshold)),
        kind_columns=KIND_COLUMNS,
        kinds={kind: kind_cells(part) for kind, part in by_kind(report).items()},
        mistakes=[_capped(sort) for sort in sorts],
        totals={sort.key: len(sort.items) for sort in sorts},
        pieces=_pieces,
    )


def _summary(report: Report) -> list[tuple[str, str, str, int]]:
    """Name, share, interval and how many questions count, a row each."""
    return [
        (name, share_text(ratio.value), interval_text(ratio), ratio.questions)
        for name, ratio in named_ratios(report).items()
    ]


def _plots(report: Report, threshold: float) -> Iterator[Plot]:
    """The plots that this run can have."""
    tried = judged(report)
    if tried:
        yield Plot(plots.reliability_svg(tried), _RELIABILITY)
        yield Plot(plots.confidence_svg(tried, threshold), _CONFIDENCE)
        yield Plot(plots.answers_svg(tried, threshold), _ANSWERS)
    if any(not item.answerable for item in tried):
        yield Plot(plots.refusal_svg(tried, threshold), _REFUSAL)
    times = latencies_ms(report)
    if times:
        yield Plot(plots.latency_svg(times), _LATENCY)


def _capped(sort: Mistakes) -> Mistakes:
    return replace(sort, items=sort.items[:SHOWN_PER_SORT])


def _pieces(text: str, span: Span | None, in_title: bool) -> tuple[str, str, str]:
    """`text` before, in and after the span; all of it before where the span stands elsewhere."""
    if span is None or span.in_title != in_title:
        return text, "", ""
    return text[: span.start], text[span.start : span.end], text[span.end :]
