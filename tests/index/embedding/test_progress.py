from __future__ import annotations

import io

import pytest

from index.embedding.progress import BarProgress, LineProgress, duration, open_progress


class _Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _lines(steps: list[tuple[float, int]], total: int) -> list[str]:
    stream, clock = io.StringIO(), _Clock()
    progress = LineProgress(stream, "embedding", "passages", clock, interval_s=10)
    progress.start(total)
    for seconds, count in steps:
        clock.now += seconds
        progress.advance(count)
    progress.finish()
    progress.finish()  # twice says it once
    return stream.getvalue().splitlines()


def test_a_line_every_interval_with_rate_and_time_left() -> None:
    """300 of 1,200 in 10 s are 30 a second; the other 900 take 30 s."""
    assert _lines([(5, 100), (5, 200), (1, 100), (29, 800)], 1_200) == [
        "embedding: 300/1,200 passages, 25 %, 30.0/s, 30 s left",
        "embedding: 1,200/1,200 passages, 100 %, 30.0/s, took 40 s",
    ]


def test_a_run_that_is_broken_off_says_where_it_stood() -> None:
    assert _lines([(4, 20)], 100) == ["embedding: 20/100 passages, 20 %, 5.0/s, 16 s left"]
    assert _lines([], 100) == ["embedding: 0/100 passages, 0 %, 0.0/s, ? left"]


def test_nothing_to_do_says_nothing() -> None:
    assert _lines([], 0) == []


def test_finish_without_start_says_nothing() -> None:
    stream = io.StringIO()
    LineProgress(stream, "embedding", "passages").finish()
    BarProgress(stream, "embedding", "passages").finish()
    assert stream.getvalue() == ""


def test_a_terminal_gets_a_bar_with_rate_and_time() -> None:
    stream = _Terminal()
    progress = open_progress(stream, "embedding")
    assert isinstance(progress, BarProgress)
    progress.start(10)
    progress.advance(10)
    progress.finish()
    said = stream.getvalue()
    assert "embedding: 100%" in said
    assert "10/10" in said
    assert "passages/s" in said


def test_a_bar_for_nothing_is_not_drawn() -> None:
    stream = _Terminal()
    progress = open_progress(stream, "embedding")
    progress.start(0)
    progress.advance(0)
    progress.finish()
    assert stream.getvalue() == ""


def test_anything_else_gets_lines() -> None:
    assert isinstance(open_progress(io.StringIO(), "embedding"), LineProgress)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 s"),
        (59.4, "59 s"),
        (185, "3 min 5 s"),
        (3_599.6, "1 h 0 min"),
        (7_800, "2 h 10 min"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said
