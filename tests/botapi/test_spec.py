"""The check of requests against the description of the Bot API."""

from __future__ import annotations

import json

import pytest

from tests.botapi.make_small import small
from tests.botapi.methods import METHODS
from tests.botapi.spec import FULL, SMALL, Upload, load


@pytest.mark.skipif(not FULL.is_file(), reason="the full description is not beside the project")
def test_the_small_description_is_part_of_the_full_one() -> None:
    made = small(json.loads(FULL.read_text(encoding="utf-8")), sorted(METHODS))
    assert json.loads(SMALL.read_text(encoding="utf-8")) == made


def test_values_of_forms_become_typed() -> None:
    given = {
        "chat_id": "-100",
        "document": Upload("a.csv", b"x"),
        "disable_notification": "True",
        "reply_parameters": '{"message_id": 1}',
        "caption_entities": '[{"type": "bold", "offset": 0, "length": "1"}]',
    }
    values, faults = load(SMALL).check("sendDocument", given)
    assert faults == []
    assert values["chat_id"] == -100
    assert values["disable_notification"] is True
    assert values["reply_parameters"] == {"message_id": 1}
    assert values["caption_entities"] == [{"type": "bold", "offset": 0, "length": 1}]


def test_the_kind_that_is_meant_tells_what_is_wrong() -> None:
    spec = load(SMALL)
    article = {"type": "article", "id": "1", "title": "题"}
    _, faults = spec.check("answerInlineQuery", {"inline_query_id": "1", "results": [article]})
    assert faults == ["results[0].input_message_content is required in InlineQueryResultArticle"]
    scope = {"type": "chat", "chat_id": 1, "user": 2}
    _, faults = spec.check("setMyCommands", {"commands": [], "scope": scope})
    assert faults == ["scope.user is unknown in BotCommandScopeChat"]
