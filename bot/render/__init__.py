"""From records to messages: everything that the bot shows of answers, passages and posts.

A message is built as a `document` of pieces of text with styles, made to fit by `room`, and becomes
HTML in one place at the last step. Nothing here asks, sends or stores.
"""

from __future__ import annotations

from bot.render.answers import SOURCES_PER_PAGE, page_count, render_answer
from bot.render.inline import InlineItem, inline_results
from bot.render.lists import render_hits, render_latest, render_sources
from bot.render.message import Message
from bot.render.notices import render_notice
from bot.render.passages import render_passage
from bot.render.why import render_why

__all__ = [
    "SOURCES_PER_PAGE",
    "InlineItem",
    "Message",
    "inline_results",
    "page_count",
    "render_answer",
    "render_hits",
    "render_latest",
    "render_notice",
    "render_passage",
    "render_sources",
    "render_why",
]
