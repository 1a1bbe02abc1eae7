"""Texts of our own to measure with; always the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, islice

from index.errors import SettingsError

# Characters of passages as a news site has them: most are one paragraph, some are a long one.
LENGTHS = (60, 110, 150, 180, 220, 260, 320, 400)

_OURS = (
    "本报讯，某市商务局周三公布的数据显示，前三季度全市社会消费品零售总额达到4,318.6亿元，"
    "同比增长5.2%，其中网上零售额占比升至31.7%。分析人士指出，暑期旅游与家电以旧换新是主要拉动因素。",
    "该公司在回复投资者提问时表示，新生产线预计于明年二季度投产，设计年产能为12万吨，"
    "总投资约18.5亿元，资金来自自有资金和银行贷款，不涉及再融资安排。",
    "截至收盘，沪指报3,287.45点，上涨0.63%；深成指报10,562.18点，上涨0.91%。"
    "两市成交额连续第七个交易日超过1.2万亿元，北向资金净流入46.3亿元。",
    "地方气象台提醒，未来三天沿海有6至7级阵风，渔船应提前回港避风；"
    "The notice (No. 2024-17) also covers ferries and the A380 airport shuttle.",
)


def default_texts(count: int) -> list[str]:
    """`count` texts cut from a few paragraphs of our own, in the lengths of real passages."""
    return cut_texts(_OURS, count)


def cut_texts(bodies: Sequence[str], count: int) -> list[str]:
    """`count` stretches of the joined `bodies`, from the start again where they end.

    Lengths go round in `LENGTHS`. Raises SettingsError if there is no character.
    """
    whole = "".join(body.strip() for body in bodies)
    if not whole:
        raise SettingsError("There is no text to measure with.", "Give other posts, or none.")
    texts: list[str] = []
    at = 0
    for length in islice(cycle(LENGTHS), count):
        repeats = (at + length) // len(whole) + 1
        texts.append((whole * repeats)[at : at + length])
        at = (at + length) % len(whole)
    return texts
