"""Figures for Prometheus, on a registry of their own. No question, name or id is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# From a warm answer (0.1 s) to the time budget (30 s).
_SECONDS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 30, 60)

Outcome = Literal["answered", "refused", "put_off", "timed_out", "failed", "invalid"]
OUTCOMES: tuple[Outcome, ...] = (
    "answered", "refused", "put_off", "timed_out", "failed", "invalid",
)  # fmt: skip


class Metrics:
    """Counts what the bot does; `text` is what Prometheus reads. Safe from several threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._updates = Counter(
            "qinwen_updates", "Updates received.", ("kind",), registry=self.registry
        )
        self._questions = Counter(
            "qinwen_questions",
            "Questions by what became of them.",
            ("outcome",),
            registry=self.registry,
        )
        for outcome in OUTCOMES:
            self._questions.labels(outcome)  # 0 is shown, too: a rate needs a beginning
        self._seconds = Histogram(
            "qinwen_answer_seconds",
            "From a question's arrival to its answer or refusal, waiting included.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._calls = Counter(
            "qinwen_bot_api_calls",
            "Calls of the Bot API by method and HTTP status (or timeout, network).",
            ("method", "status"),
            registry=self.registry,
        )
        self._call_seconds = Histogram(
            "qinwen_bot_api_seconds",
            "How long calls of the Bot API took, those that wait for updates left out.",
            buckets=_SECONDS,
            registry=self.registry,
        )

    def update(self, kind: str) -> None:
        """An update came in: `message`, `callback_query`, … as Telegram calls its field."""
        self._updates.labels(kind).inc()

    def question(self, outcome: Outcome, seconds: float) -> None:
        """A question has its answer, its refusal, or neither."""
        self._questions.labels(outcome).inc()
        if outcome in ("answered", "refused"):
            self._seconds.observe(seconds)

    def call(self, method: str, status: str, seconds: float) -> None:
        """A call of the Bot API has ended."""
        self._calls.labels(method, status).inc()
        if method != "getUpdates":
            self._call_seconds.observe(seconds)

    def follow(
        self,
        name: str,
        description: str,
        read: Callable[[], float],
        kind: Literal["counter", "gauge"] = "gauge",
    ) -> None:
        """Shows a figure that is kept elsewhere (`qinwen_queue_waiting`); `read` at each scrape.

        What only ever grows is a counter, and gets `_total` behind its name.
        """
        self.registry.register(_Followed(name, description, read, kind))

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self.registry)


class _Followed(Collector):
    def __init__(self, name: str, description: str, read: Callable[[], float], kind: str) -> None:
        self._name, self._description, self._read, self._kind = name, description, read, kind

    def _family(self) -> CounterMetricFamily | GaugeMetricFamily:
        family = CounterMetricFamily if self._kind == "counter" else GaugeMetricFamily
        return family(self._name, self._description)

    def describe(self) -> Iterator[Metric]:
        """For the registry, which would otherwise call `collect` before all is set up."""
        yield self._family()

    def collect(self) -> Iterator[Metric]:
        family = self._family()
        family.add_metric((), self._read())
        yield family
