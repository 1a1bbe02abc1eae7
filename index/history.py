"""Follow-up questions: an elliptic one takes over what the turns before were about.

Words only, no model: the content words of the turns before are put before the new question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.text import fold

# A pronoun or a connective: the question leans on the one before. 其他, 吉他 and the town 那曲 are
# neither.
_LEANING = re.compile(
    "^(?:那(?![曲英斯])|其(?![他它余实])|该|这(?!个?[月周])|还有|然后)|(?<![其吉维利排])[它她他](?![汀克])|该公司|这家"
)
# 总负债呢: without a question word of its own it asks what the one before asked.
_ENDING = re.compile(r"呢[？?。!！\s]*$")
# What can be asked of anything: a question of nothing else names no subject (目标价是多少).
_ATTRIBUTE = re.compile(
    "(?:现在|目前|最新|今年|去年|全年|当前|总|净|平均|累计|大概|大约|一共|首席|的|是|有|在|了|为|到|被|会|能|要|它)*"
    "(?:(?:目标|股|市|发行|收盘|开盘)?价格?|[售单均]价|市值|市盈率|市净率|评级|资产|负债|利润|营收|收入|毛利率?"
    "|利率|比例|占比|同比|环比|涨幅|跌幅|增速|销量|产量|产能|面积|人口|人数|数量|金额|规模|总额|成交额|成本|费用|保费"
    "|保额|额度|份额|股息|排名|名次|代码|编号|全称|简称|电话|热线|地址|官网|网址|总部|时间|日期|地点|原因|结果|影响|作用"
    "|用途|特点|优势|风险|区别|目的|意义|用户|客户|员工|股东|产品|业务|c[a-z]o|执行官|财务官|董事长|主席|总经理|总裁|负责人"
    "|创始人|作者|导演|职业|生日|年龄|学历|国籍|涨|跌|上市|推出|发布|成立|开始|结束|上涨|下跌|买|卖|人|钱|来源|出处)?"
    "(?:的|是|有|在|了|为|到|被|会|能|于|里|钱)*"
)
# A longer question says what it is about, whatever pronoun stands in it.
_ELLIPTIC_CHARS = 40
# Words taken over at most; the newest are kept.
_CONTEXT_CHARS = 200
_LEAD = re.compile(r"^(?:那[么麼]?(?![曲英斯])|[还還]有|然[后後])[，,\s]*")
_COUNTED = "[个個家位款种種辆輛只隻代名次条條艘座]?"
_ASKING = re.compile(
    "[请請][问問]|[谁誰]|哪一?(?:[家位个個款种種些年天里裡裏儿兒])?|(?:什[么麼]|甚麼)(?:[时時]候)?"
    f"|第?[几幾]{_COUNTED}|多少{_COUNTED}|怎[么麼][样樣]?|如何|[为為](?:什[么麼]|何)|是不是"
    "|多[久远遠高大长長]"
)
# Subtle: only from the first of several particles on, or a line of 呢 alone takes quadratic time.
_PARTICLE = re.compile(r"(?<![吗嗎呢啊呀吧么麼])[吗嗎呢啊呀吧么麼]*(?:[？?！!。，,；;\s]+|$)")
_DATE = re.compile(
    r"(?:\d{4}年|[前去今]年)(?:\d{1,2}月)?(?:\d{1,2}[日号號])?|\d{1,2}月(?:\d{1,2}[日号號])?"
)


def as_searched(question: str, history: Sequence[str]) -> str:
    """The question as it is searched: itself, or with the words of the turns before.

    `history` is oldest first, questions only. `as_searched("那总市值呢？", ["海伦司现在股价多少"])`
    is `"海伦司现在股价 总市值呢？"`. No history, or a question that stands by itself: unchanged but
    for white space around it. At most `_CONTEXT_CHARS` are put before it.
    """
    context = ""
    for turn in history:
        context = _carried(turn.strip(), context)
    turn = question.strip()
    if not context or not _is_elliptic(turn):
        return turn
    if _DATE.search(turn):
        context = _DATE.sub("", context).strip()
    return f"{context} {_LEAD.sub('', turn)}".strip()


def _carried(turn: str, context: str) -> str:
    """What the turns up to `turn` are about.

    同比呢 after a question about sales leaves the sales; 那海伦司呢 adds 海伦司.
    """
    words = _content(turn)
    if not any(map(str.isalnum, words)):
        return context
    if not _is_elliptic(turn):
        return words[-_CONTEXT_CHARS:]
    if _ATTRIBUTE.fullmatch(fold(words)):
        return context
    return f"{context} {words}".strip()[-_CONTEXT_CHARS:]


def _is_elliptic(turn: str) -> bool:
    if len(turn) > _ELLIPTIC_CHARS or not any(map(str.isalnum, turn)):
        return False
    folded = fold(turn)
    if _LEANING.search(folded) or _ATTRIBUTE.fullmatch(_content(folded)):
        return True
    return _ENDING.search(folded) is not None and _ASKING.search(folded) is None


def _content(turn: str) -> str:
    """The turn without question words, particles and marks."""
    return _PARTICLE.sub(" ", _ASKING.sub("", _LEAD.sub("", turn))).strip()
