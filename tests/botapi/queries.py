"""Answers to pressed buttons and inline queries."""

from __future__ import annotations

from tests.botapi.errors import Refused, bad, broken
from tests.botapi.rules import check_alert, check_results, check_results_button
from tests.botapi.state import Json, Query, World

CACHED_S = 300


def answer_callback_query(world: World, given: Json) -> bool:
    check_alert(given.get("text", ""))
    query = _waiting(world, world.callbacks.get(given["callback_query_id"]))
    query.answer = {key: given[key] for key in ("text", "show_alert", "url") if key in given}
    _tell(world)
    return True


def answer_inline_query(world: World, given: Json) -> bool:
    results = check_results(given["results"])
    check_results_button(given.get("button"))
    if len(given.get("next_offset", "").encode()) > 64:
        raise broken("NEXT_OFFSET_INVALID: more than 64 bytes")
    if given.get("cache_time", 0) < 0:
        raise broken("cache_time must not be negative")
    query = _waiting(world, world.inline_queries.get(given["inline_query_id"]))
    query.answer = given | {"results": results}
    text, offset, user = query.asked
    until = world.now() + given.get("cache_time", CACHED_S)
    world.inline_cache[text, offset, user if given.get("is_personal") else None] = (
        until,
        query.answer,
    )
    _tell(world)
    return True


def _waiting(world: World, query: Query | None) -> Query:
    if (
        query is None
        or query.answer is not None
        or world.now() - query.made_at > world.answerable_s
    ):
        raise _too_old()
    return query


def _too_old() -> Refused:
    return bad("query is too old and response timeout expired or query ID is invalid")


def _tell(world: World) -> None:
    world.answered.notify_all()
