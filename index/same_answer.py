"""When two answers say the same: 67.8万 and 67.8万人 do, 30亿 and 40亿 don't."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from index.text import fold

_SCALES = {
    "万亿": 10**12,
    "千亿": 10**11,
    "百亿": 10**10,
    "十亿": 10**9,
    "亿": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "千": 10**3,
    "百": 10**2,
}
_BELOW = "不到|不足|不超过|低于|少于|未达|至多|最多"
_BELOW_AFTER = "以下|以内|之内|之下"
_ABOUT = "大约|大概|接近|超过|超出|突破|高达|达到|共计|合计|约|近|逾|超|达|共|仅"
_ABOUT_AFTER = "左右|上下|以上|之上|余|多"
_FIGURE = re.compile(
    rf"(?P<below>{_BELOW})?(?:{_ABOUT})*(?P<minus>[-−])?\+?(?P<number>[0-9]+(?:\.[0-9]+)?)"
    # Subtle: 5百分点 is five points, not 500 of anything.
    rf"(?P<scale>(?:{'|'.join(_SCALES)})(?!分))?(?:{_ABOUT_AFTER})?"
    rf"(?P<unit>[^0-9]*?)(?:{_ABOUT_AFTER}|(?P<below_after>{_BELOW_AFTER}))?"
)
# One name a unit, by what the text has for it; a longer unit that begins alike agrees anyhow.
_UNIT_NAMES = {"人民币": "元", "人民币元": "元", "港币": "港元", "个百分点": "百分点"}

_GROUPING = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")  # 1,200
_OUTER_MARKS = re.compile(r"^(?:[^\w+\-−]|_)+|(?:[^\w%]|_)+$")
# A mark between two digits is part of a figure, a date or a time.
_MARKS = re.compile(r"(?<![0-9])(?:[^\w%]|_)+|(?:[^\w%]|_)+(?![0-9])")
_MIN_CONTAINED_CHARS = 2  # a single character stands in half of all names
_NOT_DENIED = "(?<![不没未非无])(?<!没有)"  # 同意 isn't said by 不同意
_SCALE_CHARS = "十百千万亿"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its unit; 约, 超 and 以上 around it are left out, 不到 is `below`."""

    value: Decimal
    unit: str
    below: bool

    def has_unit_of(self, other: Figure) -> bool:
        """True when both count the same, as far as is said: 人 and nothing, 个 and 个支公司."""
        if "%" in (self.unit, other.unit):
            return self.unit == other.unit
        return self.unit.startswith(other.unit) or other.unit.startswith(self.unit)


def figure_of(text: str) -> Figure | None:
    """The figure that `text` is; None for anything else, also for two figures or a range.

    `figure_of("约3.54亿美元")` is 354,000,000 美元.
    """
    match = _FIGURE.fullmatch(_OUTER_MARKS.sub("", _joined(text)))
    if match is None:
        return None
    value = Decimal(match["number"]) * _SCALES.get(match["scale"] or "", 1)
    unit = match["unit"]
    return Figure(
        value=-value if match["minus"] else value,
        unit=_UNIT_NAMES.get(unit, unit),
        below=bool(match["below"] or match["below_after"]),
    )


def same_answer(first: str, second: str) -> bool:
    """True when two answers say the same, as far as can be seen without knowing names.

    Figures: the same value in the same unit; a missing unit agrees with any but `%`. Other texts:
    equal but for width, case, script and marks, or one holds the other as such (青岛国寿 in
    青岛国寿公司). Symmetric.
    """
    one, other = figure_of(first), figure_of(second)
    if one and other:
        same_value = one.value == other.value and one.below == other.below
        return same_value and one.has_unit_of(other)
    shorter, longer = sorted((_bare(first), _bare(second)), key=len)
    return shorter == longer or _holds(longer, shorter)


def _joined(text: str) -> str:
    """Folded, without white space and without the commas of 1,200."""
    return _GROUPING.sub("", "".join(fold(text).split()))


def _bare(text: str) -> str:
    """Letters, digits and what holds figures together; where nothing is left, the marks."""
    joined = _joined(text)
    return _MARKS.sub("", joined) or joined


def _holds(longer: str, shorter: str) -> bool:
    """True where `shorter` stands in `longer` undenied and tears no figure: 4% isn't in 14%."""
    if len(shorter) < _MIN_CONTAINED_CHARS:
        return False
    before = r"(?<![0-9])(?<![0-9]\W)" if shorter[0].isdecimal() else ""
    after = ""
    if shorter[-1].isdecimal() or shorter[-1] in _SCALE_CHARS:
        after = rf"(?![0-9]|\W[0-9]|[%{_SCALE_CHARS}])"
    return re.search(_NOT_DENIED + before + re.escape(shorter) + after, longer) is not None
