"""Follow-up questions: an elliptic one takes over what the turns before were about.

Words only, no model: the content words of the last question as searched are put before the new one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# A pronoun, a connective at the start or 呢 at the end: the question leans on the one before.
_ELLIPTIC = re.compile(r"^(?:那|它|他|她|其|该|这)|[它他她]们?|该公司|这家|呢[？?。!！\s]*$")
# Without any of these signs, a question this short still names no subject of its own (目标价是多少).
_SHORT_CHARS = 8
_LEAD = re.compile(r"^(?:那么?|还有|然后)[，,\s]*")
_ASKING = re.compile(
    "请问|谁|哪[一]?[家位个款种些年天]|什么时候|什么|多少|几|怎么样?|如何|为什么|是不是|[吗呢啊呀吧么]|[？?！!。，,]"
)


def as_searched(question: str, history: Sequence[str]) -> str:
    """The question as it is searched: itself, or with the words of the turns before.

    `history` is oldest first, questions only. `as_searched("那总市值呢？", ["海伦司现在股价多少"])`
    is `"海伦司现在股价 总市值呢？"`. No history, or a question that stands by itself: unchanged.
    """
    searched = ""
    for turn in [*history, question]:
        searched = _joined(turn.strip(), searched)
    return searched


def _joined(turn: str, before: str) -> str:
    if not before or not turn or not _is_elliptic(turn):
        return turn
    context = _ASKING.sub("", before).strip()
    return f"{context} {_LEAD.sub('', turn)}" if context else turn


def _is_elliptic(turn: str) -> bool:
    bare = _ASKING.sub("", turn)
    return _ELLIPTIC.search(turn) is not None or len(bare) <= _SHORT_CHARS // 2
