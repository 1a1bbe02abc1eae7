"""The words that the terminal shows around an answer; the product speaks Chinese first."""

from __future__ import annotations

REFUSAL = "没有找到答案。"
NEAREST = "可能相关："
NO_WORDS = "没有找到：问题里没有可以检索的文字。"
NO_PASSAGES = "没有找到：没有符合条件的文章。"
SOURCES = "来源："
NO_DATE = "日期不详"
NO_LINK = "（无链接）"
UNTITLED = "（无标题）"
COPIES = "另见 {count} 篇"
OLD = "较早的报道"
CONFIDENCE = "可信度 {value:.0%} · {milliseconds:.0f} 毫秒"
SEARCHED = "检索：{question}"
CHAT_HELLO = "琴问：{posts} 篇文章，最新 {newest}。输入问题，空行或 Ctrl-D 结束。"
CHAT_PROMPT = "问> "
