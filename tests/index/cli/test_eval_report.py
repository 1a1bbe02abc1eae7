"""`qinwen eval --report`: the page of a real run, and what is refused before one starts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from index.evaluation.scores import contains
from tests.index.cli.conftest import Run
from tests.index.cli.shapes import ERROR, misfits
from tests.sites import post_text, write_site

SAMPLE_POSTS = Path(__file__).resolve().parents[2] / "data" / "posts"
# Some of these go wrong with the sentence reader, in every way there is.
QUESTIONS = [
    ("琴岛e保的首席承保方是哪家保险公司？", ["青岛国寿"], "2022-04-18-NW202204181700000001.md"),
    ("啤酒节首日卖出鲜啤多少吨？", ["90吨"], "2022-07-16-202207160930000027.md"),
    ("成品油价下调后95号汽油每升多少元？", ["8.77"], "2022-11-03-202211031400000020.md"),
    ("海湾港去年的吞吐量是多少万箱？", [], None),
    ("水下机器人研发团队的负责人是谁？", ["孙海燕"], "2022-08-25-202208251000000031.md"),
    ("谁在世界杯决赛打进两球？", ["梅西"], "2022-12-18-202212182359000024.md"),
    ("恐龙<script>alert(1)</script>为什么灭绝？", [], None),
    ("上海中心大厦的设计师是谁？", ["不在这里"], "2022-04-01-202204011500000032.md"),
    ("🤔？", ["不是问题"], "2022-04-01-202204011500000032.md"),
]
# A program whose Python has no matplotlib; everything else is as it is.
WITHOUT_MATPLOTLIB = """
import sys
class Gone:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "matplotlib":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Gone())
from index.cli import main
sys.exit(main(sys.argv[1:]))
"""


def _lines() -> list[dict[str, Any]]:
    return [
        {
            "id": f"s{number}",
            "question": asked,
            "answers": golds,
            "sources": [source] if source else [],
            "kind": "answerable" if golds else "none",
        }
        for number, (asked, golds, source) in enumerate(QUESTIONS)
    ]


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines))


def _wrong(lines: list[dict[str, Any]], predictions: Path) -> set[str]:
    """The ids of wrong answers, scored from the predictions file as anyone could."""
    found = [json.loads(line) for line in predictions.read_text().splitlines()]
    wrong = set()
    for line, outcome in zip(lines, found, strict=True):
        said, golds = outcome["answer"], line["answers"]
        right = (said is not None and contains(said, golds) > 0) if golds else said is None
        if not right:
            wrong.add(line["id"])
    return wrong


@pytest.fixture
def samples(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The repository's sample posts in an index, and questions about them in `q.jsonl`."""
    monkeypatch.setenv("QINWEN_INDEX", str(home / "index"))
    assert run("reindex", SAMPLE_POSTS).code == 0
    lines = _lines()
    _write(home / "q.jsonl", lines)
    return lines


# The hash embedder's cosines are low: 0 answers whatever can be answered, 0.5 refuses all of it.
@pytest.mark.parametrize("threshold", [0, 0.5])
def test_every_wrong_answer_of_a_run_is_on_its_page(
    run: Run,
    home: Path,
    samples: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    threshold: float,
) -> None:
    monkeypatch.setenv("QINWEN_ANSWER__THRESHOLD", str(threshold))
    files = ["--predictions", "p.jsonl", "--report", "r.html"]
    found = run("eval", "--questions", "q.jsonl", *files, "--json")
    assert found.code == 0 and found.json["questions"] == len(samples)
    page = LexborHTMLParser((home / "r.html").read_text(encoding="utf-8"))
    shown = {(node.attributes["id"] or "").removeprefix("q-") for node in page.css("article")}
    wrong = _wrong(samples, home / "p.jsonl")
    assert shown == wrong and 3 < len(wrong) < len(samples)
    asked = {line["question"] for line in samples if line["id"] in wrong}
    assert {node.text() for node in page.css("article h3")} == asked
    sorts = {link.attributes["href"]: link.text() for link in page.css("nav a")}
    # Only a question without words finds nothing at all.
    assert sorts["#no-span"] == "No span found (1)"
    refused = len([line for line in samples if line["answers"]]) - 1 if threshold else 0
    assert sorts["#refused"] == f"Refused, though there is an answer ({refused})"
    assert page.css("script, img, link, iframe") == []
    assert f"{threshold:g}" in [node.text() for node in page.css("body > dl dd")]
    if not threshold:
        assert "恐龙<script>alert(1)</script>为什么灭绝？" in asked
        assert found.json["citation"] == {"valid": 1.0, "checked": len(samples) - 1}


def test_a_wrong_answer_is_marked_in_its_passage(
    run: Run, home: Path, samples: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QINWEN_ANSWER__THRESHOLD", "0")
    assert run("eval", "--questions", "q.jsonl", "--report", "r.html").code == 0
    page = LexborHTMLParser((home / "r.html").read_text(encoding="utf-8"))
    articles = page.css("#answered article, #wrong-span article, #wrong-post article")
    assert len(articles) >= 4
    for article in articles:
        said = article.css_first(".answered")
        assert [mark.text() for mark in article.css("mark")] == [said.text()]


def test_what_a_post_says_stays_text(
    run: Run, posts: Path, indexed: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QINWEN_ANSWER__THRESHOLD", "0")
    # Entities: the parser rightly reads them as text, which a page must not turn back into markup.
    body = "新港口的口令是&lt;script&gt;alert(1)&lt;/script&gt;，泊位12个。"
    write_site(posts, {"new.md": post_text("'<b>新港口</b>开工'", body)})
    assert run("reindex", posts).code == 0
    _write(home / "q.jsonl", [{"question": "新港口泊位多少个？", "answers": [], "sources": []}])
    assert run("eval", "--questions", "q.jsonl", "--report", "r.html").code == 0
    page = LexborHTMLParser((home / "r.html").read_text(encoding="utf-8"))
    assert "口令是<script>alert(1)</script>，" in page.css_first(".passage").text()
    assert page.css("script, .title b") == []


def test_a_squad_file_has_a_page_with_and_without_its_contexts(run: Run, home: Path) -> None:
    qas = [
        {"id": "a", "question": "大桥全长多少？", "answers": [{"text": "9公里", "answer_start": 0}]}
    ]
    paragraphs = [{"context": "青石市的海雾大桥全长3.6公里。", "qas": qas}]
    data = {"data": [{"title": "甲", "paragraphs": paragraphs}]}
    (home / "s.json").write_text(json.dumps(data, ensure_ascii=False))
    for more in ([], ["--given-context"]):
        assert run("eval", "--squad", "s.json", "--report", "r.html", *more).code == 0
        page = LexborHTMLParser((home / "r.html").read_text(encoding="utf-8"))
        (article,) = page.css("article")
        assert article.css_first(".gold").text() == "9公里"
        assert article.css_first(".passage").text() == "青石市的海雾大桥全长3.6公里。"
        assert article.css_first("mark").text() in "青石市的海雾大桥全长3.6公里。"


def test_a_page_that_can_not_be_written_is_refused_before_the_run(run: Run, home: Path) -> None:
    """There is no index: the run itself would end with 3."""
    _write(home / "q.jsonl", _lines())
    found = run("eval", "--questions", "q.jsonl", "--report", "gone/r.html", "--json")
    assert "The folder gone for the report does not exist." in found.failed(2)
    assert misfits(found.json, ERROR) == []


@pytest.mark.parametrize(
    "files",
    [
        ["--report", "q.jsonl"],
        ["--predictions", "./q.jsonl"],
        ["--report", "x", "--predictions", "x"],
    ],
    ids=" ".join,
)
def test_no_file_is_written_over_another(run: Run, home: Path, files: list[str]) -> None:
    _write(home / "q.jsonl", _lines())
    before = (home / "q.jsonl").read_bytes()
    assert "is named twice" in run("eval", "--questions", "q.jsonl", *files).failed(2)
    assert (home / "q.jsonl").read_bytes() == before


def test_without_the_extra_it_says_what_to_install(home: Path) -> None:
    """Before the run, which would end with 3 here; without `--report` nothing is missed."""
    _write(home / "q.jsonl", _lines())
    command = [sys.executable, "-c", WITHOUT_MATPLOTLIB, "eval", "--questions", "q.jsonl"]
    ran = subprocess.run([*command, "--report", "r.html"], capture_output=True, text=True)
    (line,) = ran.stderr.splitlines()
    assert ran.returncode == 2
    assert line == (
        "qinwen: --report needs the package matplotlib, which can't be imported."
        " Run `pip install 'qinwen[report]'`."
    )
    assert not (home / "r.html").exists()
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 3 and "There is no index" in ran.stderr
