"""Logs on stderr: a line for people or a JSON object for machines, and never a secret.

Secrets are taken out twice: where a record is made, so that no handler of anyone ever sees one, and
of the finished line, so that nothing added later (`extra`) brings one in.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from math import isfinite
from types import TracebackType
from typing import Any, Literal, TextIO

from bot.operations.redact import Redactor

# They tell of every request: noise, with the token in its address.
_QUIET = ("httpx", "httpcore", "tornado.access", "alembic")
_NO_EXTRA = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_UNCAUGHT = logging.getLogger("bot.uncaught")
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


def set_up_logs(
    log_format: Literal["text", "json"],
    secrets: Iterable[str],
    stream: TextIO | None = None,
    level: int = logging.INFO,
) -> Redactor:
    """All logs of this process go to `stream` (stderr) from now on, with `secrets` taken out.

    Also what nobody has caught, and warnings. May be called again, when more secrets are known.
    Returns what takes the secrets out of other texts, such as the last line of an error.
    """
    redact = Redactor(secrets)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_Json(redact) if log_format == "json" else _Text(redact))
    root = logging.getLogger()
    for old in root.handlers[:]:
        if getattr(old, "formatter", None).__class__ in (_Json, _Text):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    logging.setLogRecordFactory(_factory(redact))
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable
    return redact


def _factory(redact: Redactor) -> Callable[..., logging.LogRecord]:
    def make(*args: Any, **kwargs: Any) -> logging.LogRecord:  # noqa: ANN401 - logging's own
        record = logging.LogRecord(*args, **kwargs)
        record.msg, record.args = redact(_message(record)), ()
        record.stack_info = record.stack_info and redact(record.stack_info)
        if record.exc_info and record.exc_info[1]:
            text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
            record.exc_text = redact(text)
            if record.exc_text != text:
                # Subtle: formatters take `exc_text`; the exception itself would tell the secret
                # to handlers that look into it.
                record.exc_info = None
        return record

    return make


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:
        # Subtle: logging would print the arguments to stderr as they are, secrets and all.
        return f"{record.msg!r} with {record.args!r}"


class _Lines(logging.Formatter):
    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def fields(self, record: logging.LogRecord) -> dict[str, object]:
        """What was given as `extra`."""
        found = {key: value for key, value in vars(record).items() if key not in _NO_EXTRA}
        return {
            key: value if _plain(value) else self._redact(str(value))
            for key, value in found.items()
        }

    def trace(self, record: logging.LogRecord) -> str:
        """Traceback and stack, or an empty text."""
        exception = record.exc_text or (
            self.formatException(record.exc_info) if record.exc_info else ""
        )
        return self._redact("\n".join(filter(None, (exception, record.stack_info))))


class _Text(_Lines):
    """`2026-11-25T15:04:01.123Z INFO bot.app: started queue=3`; a traceback follows, indented.

    Whatever begins in the first column is a record of ours: no text from outside can forge one.
    """

    def format(self, record: logging.LogRecord) -> str:
        fields = [f"{key}={value}" for key, value in self.fields(record).items()]
        told = " ".join([self._redact(record.getMessage()), *fields]).translate(_CONTROLS)
        line = f"{_time(record)} {record.levelname} {record.name}: {told}"
        return "\n  ".join([line, *self.trace(record).splitlines()])


class _Json(_Lines):
    """One object a line: `time`, `level`, `logger`, `message`, the fields, `traceback`."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": self._redact(record.getMessage()),
        }
        if trace := self.trace(record):
            line["traceback"] = trace
        return json.dumps(self.fields(record) | line, ensure_ascii=False)


def _plain(value: object) -> bool:
    """Whether it is the same in JSON; a NaN is not."""
    return value is None or isinstance(value, int) or (isinstance(value, float) and isfinite(value))


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    _UNCAUGHT.critical("Nobody caught %s.", kind.__name__, exc_info=(kind, error, trace))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _unraisable(args: sys.UnraisableHookArgs) -> None:
    _UNCAUGHT.error(
        "%s in %r.",
        args.err_msg or "An error that could not be raised",
        args.object,
        exc_info=args.exc_value or False,
    )
