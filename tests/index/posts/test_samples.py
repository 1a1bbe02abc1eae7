"""The sample posts: what each of them is a case of, and exactly what becomes of it.

`tests/data/posts_golden.json` holds every word that the parser may give back; it was read line by
line by a person. The table here says which oddity each post stands for.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from index.errors import PostError
from index.posts.parse import parse_file
from index.posts.walk import PostFile, Walk, walk_posts
from tests.index.posts.case import NOW, PROJECT, REAL_POSTS, SAMPLES, ZONE

GOLDEN = PROJECT / "tests" / "data" / "posts_golden.json"
MAX_FILE_BYTES = 5_000_000
SHARED_RUN = 14  # characters in a row that no two writers choose by chance
MIN_CHINESE = 10  # of these, so that markup and navigation don't count

ODDITIES = {
    "-202205201030000002.md": "name begins with -, empty title, date only +0800, digest, hidden "
    "paragraph, chart, live quotes, caption, entities, <>, navigation with ｜",
    "2021-12-01-init.md": "no front matter: the heading is the title",
    "2021-12-08-202112081020000017.md": "a colon in an unquoted title",
    "2021-12-08-202112081040580003.md": "30, first of three figures within the hour; zoneless date",
    "2021-12-08-202112081047050004.md": "40, the second",
    "2021-12-08-202112081059280005.md": "50, the third",
    "2021-12-08-202112081101000006.md": "a blank line before the front matter; no navigation",
    "2021-12-08-202112081123000010.md": "Traditional characters; 返回首頁",
    "2022-01-10-202201101200000011.md": "GB18030",
    "2022-01-25-202201251600000025.md": "the publisher alone on a line, in straight brackets",
    "2022-02-04-202202042000000012.md": "CRLF",
    "2022-03-02-202203020915000007.md": "a story told twice, the first time; publisher in the tail",
    "2022-03-02-202203021130000008.md": "a story told twice, nearly the same under another name",
    "2022-03-15-202203150800000016.md": "date from the file name; no categories; a list of tags",
    "2022-04-01-202204011500000032.md": "the source as a bare address",
    "2022-04-02-202204020000000033.md": "published: false",
    "2022-04-04-202204040000000036.md": "no body but link and navigation",
    "2022-04-05-202204050000000037.md": "YAML broken beyond repair",
    "2022-04-06-202204060000000038.md": "an image named .md",
    "2022-04-07-202204070000000039.md": "front matter without an end",
    "2022-04-18-NW202204181700000001.md": "HTML in Markdown; publisher across nested spans; the "
    "question of the README",
    "2022-04-29-202204291930000022.md": "*ST in title and text, neither alias nor emphasis",
    "2022-05-01-202205010900000013.md": "UTF-8 with a byte order mark",
    "2022-05-12-202205121000000029.md": "one paragraph of over 400 characters",
    "2022-06-15-202206150830000009.md": "<1%, >120, a < b > c and R&D in plain text",
    "2022-06-30-202206301230000026.md": "a title that YAML reads as a number; category and tag; a "
    "Chinese date; lines wrapped by an editor",
    "2022-07-16-202207160930000027.md": "captions, editors, share lines, disclaimer, author",
    "2022-08-08-202208081500000014.markdown": ".markdown with all of Markdown's marks",
    "2022-08-25-202208251000000031.md": "a label before the link; codes and units",
    "2022-09-10-202209101000000015.html": "an HTML page with script, style, unclosed paragraphs",
    "2022-09-30-202209302300000021.md": "a figure that only the title has",
    "2022-10-09-202210091000000028.md": "a link that is a script",
    "2022-10-20-202210201100000018.md": "Liquid tags and kramdown attributes",
    "2022-11-03-202211031400000020.md": "an HTML table",
    "2022-12-05-202212050700000023.md": "the source as a Markdown link",
    "2022-12-18-202212182359000024.md": "source and publisher in the front matter; a date in UTC",
    "2099-01-01-209901010000000035.md": "a date in the future",
    "finance/_posts/2022-11-11-双十一 消费.md": "a name with a space; the folder is a category",
}
SKIPPED_BY_NAME = {
    "_drafts/2022-04-03-202204030000000034.md": "a draft (_drafts)",
    "_layouts/": "the name of the folder starts with _ (files in it: 1)",
}


@cache
def golden() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return loaded


@cache
def walk() -> Walk:
    return walk_posts([SAMPLES], MAX_FILE_BYTES)


def file_of(name: str) -> PostFile:
    return next(file for file in walk().files if file.id == f"posts/{name}")


def test_every_sample_has_its_oddity_and_its_golden_words() -> None:
    names = {file.id.removeprefix("posts/") for file in walk().files}
    assert names == set(ODDITIES) == set(golden())
    assert len(names) >= 28
    assert {skip.post: skip.reason for skip in walk().skipped} == SKIPPED_BY_NAME


@pytest.mark.parametrize("name", ODDITIES)
def test_a_sample_gives_exactly_its_golden_post(name: str) -> None:
    expected = golden()[name]
    if "skip" in expected:
        with pytest.raises(PostError) as caught:
            parse_file(file_of(name), ZONE, NOW)
        assert caught.value.message == expected["skip"]
        return
    post = parse_file(file_of(name), ZONE, NOW)
    assert post.id == f"posts/{name}"
    assert post.text.split("\n") == expected["lines"]
    date = datetime.fromisoformat(expected["date"]) if expected["date"] else None
    assert (post.title, post.date, post.url, post.publisher) == (
        expected["title"],
        date,
        expected["url"],
        expected["publisher"],
    )
    assert list(post.categories) == expected["categories"]
    assert list(post.tags) == expected["tags"]


def test_git_keeps_the_bytes_that_make_an_oddity() -> None:
    def raw(name: str) -> bytes:
        return (SAMPLES / name).read_bytes()

    assert raw("2022-02-04-202202042000000012.md").count(b"\r\n") == 13
    assert raw("2022-05-01-202205010900000013.md").startswith(b"\xef\xbb\xbf---")
    assert "云湖".encode("gb18030") in raw("2022-01-10-202201101200000011.md")
    assert raw("2022-04-06-202204060000000038.md").startswith(b"\x89PNG\r\n\x1a\n\0")
    assert raw("2021-12-08-202112081101000006.md").startswith(b"\n---\n")


def test_the_readme_question_has_its_answer() -> None:
    post = parse_file(file_of("2022-04-18-NW202204181700000001.md"), ZONE, NOW)
    assert "首席承保方是青岛国寿" in post.text
    assert post.url is not None
    assert post.day == datetime(2022, 4, 18, tzinfo=ZONE).date()


def chinese_runs(text: str) -> set[str]:
    windows = (text[i : i + SHARED_RUN] for i in range(len(text) - SHARED_RUN + 1))
    return {
        window
        for window in windows
        if sum("\u3400" <= char <= "\u9fff" for char in window) >= MIN_CHINESE
    }


@pytest.mark.skipif(not REAL_POSTS.is_dir(), reason="the real posts are not here")
def test_no_sample_borrows_a_sentence_from_the_real_posts() -> None:
    real: set[str] = set()
    for path in REAL_POSTS.iterdir():
        real |= chinese_runs(path.read_text(encoding="utf-8"))
    assert len(real) > 5_000  # the check has something to find
    for path in sorted(SAMPLES.rglob("*.*")):
        assert not chinese_runs(text_of(path)) & real, path.name


def text_of(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
