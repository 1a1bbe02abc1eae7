"""The admins' commands, in private only. For anyone else they don't exist."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from io import BytesIO

from telegram import InputFile, ReplyParameters

from bot.answering.service import ServiceStatus
from bot.context import Context
from bot.handlers.asking import Asked, explanation_of
from bot.handlers.buttons import confirm_keyboard, new_token
from bot.handlers.commands import Call, say, turn_meant
from bot.handlers.delivery import send
from bot.render import render_why
from bot.texts import Texts

log = logging.getLogger(__name__)

_SHOWN = 10
_DAY = timedelta(days=1)
_CONFIRM_S = 300.0


async def status(call: Call, context: Context) -> None:
    """`/status`: what answers, how fast, and how much is asked."""
    services, texts = context.services, call.person.texts
    counts = await services.stored(services.store.counts, services.now() - _DAY)
    figures = services.answers.status()
    day = texts(
        "status-day",
        questions=counts.questions,
        answered=counts.answered,
        refused=counts.refused,
        up=counts.up,
        down=counts.down,
    )
    await say(call, context, f"{_status_text(figures, texts)}\n{day}")


def _status_text(figures: ServiceStatus, texts: Texts) -> str:
    newest = figures.newest_day.isoformat() if figures.newest_day else "–"
    lines = [
        texts(
            "status-index",
            snapshot=figures.snapshot,
            posts=figures.posts,
            passages=figures.passages,
            newest=newest,
        ),
        texts(
            "status-work",
            hours=f"{figures.uptime_s / 3600:.1f}",
            running=figures.running,
            waiting=figures.waiting,
            p50=_ms(figures.p50_ms),
            p95=_ms(figures.p95_ms),
        ),
        texts(
            "status-counts",
            answered=figures.answered,
            refused=figures.refused,
            failed=figures.failed,
            put_off=figures.put_off,
            timed_out=figures.timed_out,
        ),
    ]
    lines += [texts("status-problem", problem=figures.problem)] if figures.problem else []
    return "\n".join(lines)


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


async def unanswered(call: Call, context: Context) -> None:
    """`/unanswered`: what had no answer, grouped; `/unanswered csv`: all of it as a file."""
    services, texts = context.services, call.person.texts
    if call.command.rest.lower() == "csv":
        await _send_csv(call, context)
        return
    # Not in the database's own thread: nobody's answer shall wait for the grouping.
    groups = await asyncio.to_thread(services.store.unanswered, _SHOWN)
    if not groups:
        await say(call, context, texts("unanswered-none"))
        return
    lines = [
        texts("unanswered-line", count=one.count, question=one.example, day=f"{one.last:%Y-%m-%d}")
        for one in groups
    ]
    await say(call, context, "\n".join([texts("unanswered"), *lines, "", texts("unanswered-csv")]))


async def _send_csv(call: Call, context: Context) -> None:
    services, place = context.services, call.person.place
    text = await asyncio.to_thread(services.store.unanswered_csv)
    name = f"unanswered-{services.today():%Y-%m-%d}.csv"
    await context.bot.send_document(
        place.chat,
        InputFile(BytesIO(text.encode()), filename=name),
        caption=call.person.texts("unanswered-file"),
        reply_parameters=ReplyParameters(call.message.message_id, allow_sending_without_reply=True),
    )


async def feedback(call: Call, context: Context) -> None:
    """`/feedback`: what was voted on last."""
    services, texts = context.services, call.person.texts
    rows = await services.stored(services.store.feedback, _SHOWN)
    if not rows:
        await say(call, context, texts("feedback-none"))
        return
    lines = [
        texts(
            "feedback-line",
            up=row.up,
            down=row.down,
            question=row.question,
            answer=row.answer or texts("feedback-refused"),
        )
        for row in rows
    ]
    await say(call, context, "\n".join([texts("feedback"), *lines]))


async def why(call: Call, context: Context) -> None:
    """`/why`: how the last answer came about, the one replied to, or that to `/why QUESTION`."""
    texts = call.person.texts
    question = call.command.rest
    if not question:
        turn = await turn_meant(call, context)
        if turn is None:
            await say(call, context, texts("nothing-asked"))
            return
        # Subtle: as it was searched, so that it needs no turns before it.
        question = turn.answer.searched
    found = await explanation_of(Asked(question, call.person, history=()), context)
    if found:
        await send(context.bot, call.person.place, render_why(found, texts))


async def reload(call: Call, context: Context) -> None:
    """`/reload`: look for a new snapshot now."""
    texts = call.person.texts
    result = await context.services.answers.reload()
    if result.problem:
        text = texts("reload-failed", snapshot=result.snapshot, problem=result.problem)
    else:
        key = "reload-changed" if result.changed else "reload-same"
        text = texts(key, snapshot=result.snapshot, posts=result.posts, passages=result.passages)
    log.info("An admin has reloaded the index.", extra={"snapshot": result.snapshot})
    await say(call, context, text)


async def reindex(call: Call, context: Context) -> None:
    """`/reindex`: asks whether it is meant; the button starts it."""
    services, texts = context.services, call.person.texts
    posts = services.settings.bot.posts
    if not posts:
        await say(call, context, texts("reindex-no-posts"))
    elif services.reindexing and not services.reindexing.done():
        await say(call, context, texts("reindex-runs"))
    else:
        token = new_token()
        services.confirmations.ask(token, call.person.id, _CONFIRM_S)
        text = texts("reindex-confirm", posts="\n".join(map(str, posts)))
        await say(call, context, text, confirm_keyboard(token, texts))
