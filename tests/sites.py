"""Small sites for tests: post files in a folder, written in our own words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

Texts = Mapping[str, str | bytes]

# Five posts that every kind of question can be asked of; no two share a figure.
BRIDGE = "海雾大桥"
HARBOUR = {
    "2021-12-08-bridge.md": (
        "---\nlayout: post\ntitle: 海雾大桥今日通车\ndate: 2021-12-08 10:46:18 +0800\n"
        "categories: [交通]\ntags: [青石晚报]\n---\n"
        "海雾大桥12月8日正式通车，全长3.6公里，由青石桥梁集团承建。\n\n"
        "大桥总投资27亿元，设计车速每小时80公里。\n\n"
        "<http://news.example.com/bridge>\n"
    ),
    "2021-12-10-bonds.md": (
        "---\nlayout: post\ntitle: 北湾市发行绿色债券\ndate: 2021-12-10 09:00:00 +0800\n"
        "categories: [财经]\ntags: [北湾日报]\n---\n"
        "北湾市财政局周五发行15亿元绿色债券，票面利率2.95%，期限5年。\n\n"
        "<http://news.example.com/bonds>\n"
    ),
    "2022-03-01-tea.md": (
        "---\nlayout: post\ntitle: 云岭茶业公布年报\ndate: 2022-03-01 18:30:00 +0800\n"
        "categories: [财经, 公司]\ntags: [青石晚报]\n---\n"
        "云岭茶业董事长林知远表示，公司去年营业收入达到8.4亿元，同比增长12%。\n\n"
        "<http://news.example.com/tea>\n"
    ),
    "2022-04-18-library.html": (
        "---\nlayout: post\ntitle: 市图书馆新馆开放\ndate: 2022-04-18 08:00:00 +0800\n"
        "categories: [文化]\n---\n"
        "<p>市图书馆新馆4月18日向读者开放，藏书约120万册，周一闭馆。</p>\n"
    ),
    "2022-05-20-whale.md": (
        "---\nlayout: post\ntitle: 研究人员在南礁发现座头鲸\ndate: 2022-05-20 12:00:00 +0800\n"
        "categories: [科学]\n---\n"
        "海洋研究所的科考船在南礁附近记录到三头座头鲸，这是当地三十年来第一次。\n"
    ),
}


def post_text(title: str, body: str, date: str = "2022-01-05 08:00:00 +0800", **front: str) -> str:
    """A post file's text; `front` are further lines of the front matter, values as YAML."""
    lines = [f"title: {title}", *([f"date: {date}"] if date else [])]
    lines += [f"{key}: {value}" for key, value in front.items()]
    return "---\n" + "\n".join(lines) + f"\n---\n{body}\n"


def write_site(folder: Path, posts: Texts) -> Path:
    """Write the files, by path below `folder`, which is made if need be; returns the folder."""
    for name, text in posts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def numbered_posts(count: int, version: int = 1) -> dict[str, str]:
    """Many different posts. Each says its number and the version in a passage of its own."""
    return {
        f"{number:04}.md": post_text(
            f"第{number}号公告",
            f"编号{number}的仓库第{version}次盘点，库存{number * 7 + version}吨。",
        )
        for number in range(count)
    }


# Posts that say different things, or the same thing several times.
_FERRY = "市轮渡公司通报，今日载客超{}万人次，码头秩序良好。"
_PRICE = "{}发表报告，维持银帆港务买入评级，目标价{}港元。"
_RATE = "青石银行公告，自{}起一年期存款利率调整为{}%。"
_WRECK = "打捞局称，南礁沉船残骸已于周一拖离航道，预计周三恢复通航。"


def _news(title: str, body: str, when: str, tag: str) -> str:
    return post_text(title, body, f"{when} +0800", tags=f"[{tag}]")


SEVERAL = {
    "ferry1.md": _news("轮渡载客超3万人次", _FERRY.format(3), "2022-05-03 17:40:00", "青石晚报"),
    "ferry2.md": _news("轮渡载客超4万人次", _FERRY.format(4), "2022-05-03 18:30:00", "青石晚报"),
    "ferry3.md": _news("轮渡载客超5万人次", _FERRY.format(5), "2022-05-03 19:20:00", "青石晚报"),
    "price1.md": _news(
        "东礁证券看好银帆港务", _PRICE.format("东礁证券", 21), "2022-05-10 09:00:00", "北湾日报"
    ),
    "price2.md": _news(
        "银帆港务获唱好",
        "海雾投行：" + _PRICE.format("该行", 26) + "又指码头吞吐量回升。",
        "2022-05-12 15:00:00",
        "财经早知道",
    ),
    "wreck1.md": _news("南礁沉船拖离航道", _WRECK, "2022-05-16 08:00:00", "青石晚报"),
    "wreck2.md": _news(
        "快讯：沉船残骸拖走", f"（记者林知远）{_WRECK}", "2022-05-16 08:20:00", "北湾日报"
    ),
    "wreck3.md": _news("南礁航道将恢复", _WRECK, "2022-05-17 07:00:00", "财经早知道"),
    "rate1.md": _news(
        "青石银行上调利率", _RATE.format("2021年9月", "2.25"), "2021-09-01 10:00:00", "北湾日报"
    ),
    "rate2.md": _news(
        "青石银行再调利率", _RATE.format("2022年5月", "1.95"), "2022-05-20 10:00:00", "北湾日报"
    ),
}
