"""Words of a question that say nothing about what it asks after. All folded, Simplified."""

from __future__ import annotations

_QUESTION = """
什么 甚么 啥 哪 哪个 哪些 哪家 哪位 哪里 哪儿 哪年 哪天 哪种 哪国 哪座 哪所 哪一 哪一个 哪一年
谁 何 何时 何地 何处 何人 何种 何者 何年 如何 怎么 怎样 怎么样 怎么办 为什么 为何
多少 几 多久 多大 多长 多高 多远 多 几个 几年 几月 几次 几位 第几 时候 是否 有没有 能否 可否
请问 请 呢 吗 嘛 吧 呀 啊 么 告诉 想 知道 一下 谢谢 你好 您好
"""

_FUNCTION = """
的 了 是 在 和 与 及 或 等 之 于 以 对 由 被 把 为 从 到 向 也 都 就 而 且 并 但 则 其 此 该
这 那 这个 那个 这些 那些 他 她 它 我 你 您 我们 你们 他们 它们 有 可以 可 会 能 要 着 过 得 地
又 还 因 因为 所以 如果 将 让 使 给 跟 同 个 一个 这是 那是 就是 都是 也是
"""

STOP_WORDS = frozenset((_QUESTION + _FUNCTION).split())
# Alone these characters are never a token, neither of a question nor of a passage: they would be
# the longest lists of the index, and nobody asks for them.
STOP_CHARS = frozenset(word for word in STOP_WORDS if len(word) == 1)
