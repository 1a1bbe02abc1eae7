"""Whole reindex runs over real folders: what is embedded, kept, removed, refused."""

from __future__ import annotations

import random
import shutil
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from index.answer import Ask
from index.build import ReindexReport
from index.errors import RemovalGuardError, SettingsError, SnapshotError
from index.filters import Filters
from index.lexical import tokens
from index.snapshot.pointer import snapshot_names
from tests.index.runs import TODAY, Site, Watched, reasons, settings_of, state_of
from tests.sites import HARBOUR, numbered_posts, post_text, write_site

BRIDGE, TEA = "2021-12-08-bridge.md", "2022-03-01-tea.md"


def counts(report: ReindexReport) -> tuple[int, int, int, int, int]:
    return report.added, report.changed, report.removed, report.unchanged, report.embedded


@pytest.fixture
def built(site: Site) -> Site:
    """The harbour's site, indexed once; the embedder has forgotten what it saw."""
    site.reindex()
    site.embedder.seen.clear()
    return site


def test_the_first_run(site: Site) -> None:
    report = site.reindex()
    assert counts(report) == (5, 0, 0, 0, 5) and (report.posts, report.passages) == (5, 5)
    assert report.snapshot == site.snapshot and report.skipped == ()
    answer = site.ask("海雾大桥全长多少公里？")
    assert answer.sources[0].post == BRIDGE


def test_the_second_run_embeds_nothing_and_publishes_nothing(built: Site) -> None:
    before = state_of(built.layout.snapshots)
    report = built.reindex()
    assert counts(report) == (0, 0, 0, 5, 0) and (report.posts, report.passages) == (5, 5)
    assert report.snapshot == built.snapshot
    assert built.embedder.seen == [] and state_of(built.layout.snapshots) == before


def test_added_changed_removed_at_once(built: Site) -> None:
    before = built.passages()
    built.write({"new.md": post_text("新港口开工", "新港口今日开工，泊位12个。")})
    built.write({TEA: HARBOUR[TEA].replace("8.4亿元", "9.1亿元")})
    (built.posts / BRIDGE).unlink()
    report = built.reindex()
    assert counts(report) == (1, 1, 1, 3, 2) and report.posts == report.passages == 5
    after = built.passages()
    kept = before.keys() - {f"site/{BRIDGE}", f"site/{TEA}"}
    assert all(after[post_id] == before[post_id] for post_id in kept)
    oldest_new = min(after[post_id][0][0] for post_id in ("site/new.md", f"site/{TEA}"))
    assert oldest_new > max(ids[0][0] for ids in before.values())


def test_a_deleted_post_no_longer_answers(built: Site) -> None:
    assert built.ask("海雾大桥全长多少公里？").sources[0].post == BRIDGE
    (built.posts / BRIDGE).unlink()
    built.reindex()
    answer = built.ask("海雾大桥全长多少公里？", top_k=50)
    assert BRIDGE not in {source.post for source in answer.sources}
    assert "3.6公里" not in "".join(source.text for source in answer.sources)


def test_an_edited_post_answers_with_its_new_text_only(built: Site) -> None:
    built.write({TEA: HARBOUR[TEA].replace("8.4亿元", "9.1亿元")})
    built.reindex()
    answer = built.ask("云岭茶业去年营业收入多少？", top_k=50)
    texts = "".join(source.text for source in answer.sources)
    assert "9.1亿元" in answer.sources[0].text and "8.4亿元" not in texts


def test_a_rename_embeds_nothing_and_keeps_ids(built: Site) -> None:
    before = built.passages()
    (built.posts / "old").mkdir()
    (built.posts / BRIDGE).rename(built.posts / "old" / BRIDGE)
    report = built.reindex()
    assert counts(report) == (0, 1, 0, 4, 0) and report.renamed == 1
    after = built.passages()
    assert after.pop(f"site/old/{BRIDGE}") == before.pop(f"site/{BRIDGE}") and after == before
    assert built.embedder.seen == []
    assert built.ask("海雾大桥全长多少公里？").sources[0].post == f"old/{BRIDGE}"


def test_a_rename_needs_no_embedding_cache(built: Site) -> None:
    built.layout.embeddings.unlink()
    (built.posts / BRIDGE).rename(built.posts / "bridge-again.md")
    assert counts(built.reindex(dry_run=True)) == (0, 1, 0, 4, 0)
    assert counts(built.reindex()) == (0, 1, 0, 4, 0)


def test_a_renamed_root_is_a_rename_of_all_its_posts(built: Site) -> None:
    moved = built.home / "website"
    shutil.copytree(built.posts, moved)
    report = built.reindex(moved)
    assert counts(report) == (0, 5, 0, 0, 0) and report.renamed == 5


def test_a_rename_that_changes_the_date_moves_the_filters(empty_site: Site) -> None:
    """The date comes from the file's name, and both legs must filter by the new one."""
    empty_site.write(
        {
            "2021-12-08-boat.md": post_text("渡轮", "渡轮载客300人。", date=""),
            "2021-12-09-tram.md": post_text("电车", "电车载客90人。", date=""),
        }
    )
    empty_site.reindex()
    (empty_site.posts / "2021-12-08-boat.md").rename(empty_site.posts / "2022-03-03-boat.md")
    report = empty_site.reindex()
    assert counts(report) == (0, 1, 0, 1, 0)
    late, early = Filters(since=date(2022, 1, 1)), Filters(until=date(2021, 12, 31))
    assert [s.post for s in empty_site.ask("渡轮载客多少？", filters=late).sources] == [
        "2022-03-03-boat.md"
    ]
    assert [s.post for s in empty_site.ask("渡轮载客多少？", filters=early).sources] == [
        "2021-12-09-tram.md"
    ]


def test_changed_categories_move_the_filters_and_embed_nothing(built: Site) -> None:
    built.write({TEA: HARBOUR[TEA].replace("[财经, 公司]", "[农业]")})
    assert counts(built.reindex()) == (0, 1, 0, 4, 0)
    farming, money = (Filters(categories=frozenset({name})) for name in ("农业", "财经"))
    assert [s.post for s in built.ask("云岭茶业营业收入？", filters=farming).sources] == [TEA]
    assert TEA not in [s.post for s in built.ask("云岭茶业营业收入？", filters=money).sources]


def test_one_text_under_two_names_is_two_posts(built: Site) -> None:
    built.write({"copy.md": HARBOUR[BRIDGE]})
    report = built.reindex()
    assert counts(report) == (1, 0, 0, 5, 0) and report.posts == 6
    passages = built.passages()
    assert passages["site/copy.md"][0][1] == passages[f"site/{BRIDGE}"][0][1]
    assert passages["site/copy.md"][0][0] != passages[f"site/{BRIDGE}"][0][0]
    source = built.ask("海雾大桥全长多少公里？").sources[0]
    assert {source.post, *(copy.post for copy in source.copies)} == {BRIDGE, "copy.md"}


def test_copies_are_embedded_once(empty_site: Site) -> None:
    empty_site.write({"a.md": HARBOUR[BRIDGE], "b.md": HARBOUR[BRIDGE]})
    report = empty_site.reindex()
    assert counts(report) == (2, 0, 0, 0, 1) and report.passages == 2


def test_full_reads_all_anew_and_embeds_nothing(built: Site) -> None:
    questions = ["海雾大桥全长多少公里？", "云岭茶业去年营业收入多少？", "藏书多少册"]
    before = [built.ask(text) for text in questions]
    old = built.snapshot
    report = built.reindex(full=True)
    assert counts(report) == (0, 0, 0, 5, 0) and report.snapshot == built.snapshot != old
    for text, was in zip(questions, before, strict=True):
        now = built.ask(text)
        assert (now.text, now.confidence, now.sources) == (was.text, was.confidence, was.sources)


def test_full_never_gives_an_id_out_twice(built: Site) -> None:
    before = {one for passages in built.passages().values() for one, _ in passages}
    built.reindex(full=True)
    after = {one for passages in built.passages().values() for one, _ in passages}
    assert len(after) == 5 and not after & before


def test_a_lost_index_is_built_without_embedding(built: Site) -> None:
    shutil.rmtree(built.layout.snapshots)
    built.layout.current.unlink()
    assert counts(built.reindex()) == (5, 0, 0, 0, 0)
    assert built.embedder.seen == []
    assert built.ask("海雾大桥全长多少公里？").sources[0].post == BRIDGE


def test_a_lost_pointer_is_built_without_embedding(built: Site) -> None:
    old = built.snapshot
    built.layout.current.unlink()
    report = built.reindex()
    assert counts(report) == (5, 0, 0, 0, 0) and built.snapshot not in (None, old)


@pytest.mark.parametrize("damage", [b"", b"not a database", b"\0" * 8192])
def test_a_damaged_embedding_cache_costs_only_new_texts(built: Site, damage: bytes) -> None:
    built.layout.embeddings.write_bytes(damage)
    assert counts(built.reindex()) == (0, 0, 0, 5, 0)
    built.write({"new.md": post_text("新港口开工", "新港口今日开工，泊位12个。")})
    assert counts(built.reindex()) == (1, 0, 0, 5, 1)


@pytest.mark.parametrize("damage", [b"", b"not a database", b"\0" * 8192])
def test_a_damaged_stat_cache_costs_only_reading(built: Site, damage: bytes) -> None:
    built.layout.files.write_bytes(damage)
    assert counts(built.reindex()) == (0, 0, 0, 5, 0)


def test_another_model_and_back_embeds_once_each(built: Site) -> None:
    own, built.embedder = built.embedder, Watched(dimension=64)
    with pytest.raises(SnapshotError, match="the model is hash-v1-256 in the index"):
        built.reindex()
    assert counts(built.reindex(full=True)) == (0, 0, 0, 5, 5)
    built.embedder = own
    assert counts(built.reindex(full=True)) == (0, 0, 0, 5, 0)


@pytest.mark.parametrize(
    ("section", "values", "named"),
    [
        ("passages", {"max_chars": 300}, "max_chars=300"),
        ("passages", {"min_chars": 20}, "min_chars=20"),
        ("posts", {"timezone": "Europe/Paris"}, "timezone=Europe/Paris"),
    ],
)
def test_settings_that_disagree_are_refused_and_full_mends_it(
    built: Site, section: str, values: dict[str, object], named: str
) -> None:
    old = built.snapshot
    built.settings = settings_of(built.index, **{section: values})
    for attempt in (built.reindex, lambda: built.reindex(dry_run=True), built.open):
        with pytest.raises(SnapshotError) as caught:
            attempt()
        assert "The index was built otherwise: the passage settings" in caught.value.message
        assert named in caught.value.message and "\n" not in str(caught.value)
        assert "--full" in caught.value.remedy
    assert built.snapshot == old
    built.reindex(full=True)
    assert built.ask("海雾大桥全长多少公里？").sources[0].post == BRIDGE
    assert counts(built.reindex()) == (0, 0, 0, 5, 0)


def test_another_tokenizer_is_refused_and_full_mends_it(
    built: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "RULES_VERSION", tokens.RULES_VERSION + 1)
    for attempt in (built.reindex, built.open):
        with pytest.raises(SnapshotError, match="the tokenizer is rules") as caught:
            attempt()
        assert "--full" in caught.value.remedy
    assert counts(built.reindex(full=True)) == (0, 0, 0, 5, 0)
    assert built.ask("海雾大桥全长多少公里？").sources[0].post == BRIDGE


def test_settings_of_the_answer_need_no_rebuild(built: Site) -> None:
    built.settings = settings_of(
        built.index, retrieval={"lexical_weight": 0.9}, answer={"threshold": 0.1}
    )
    assert counts(built.reindex()) == (0, 0, 0, 5, 0)
    assert built.ask("海雾大桥全长多少公里？").sources[0].post == BRIDGE


def test_the_guard_stops_before_anything_is_written(built: Site) -> None:
    for name in (BRIDGE, TEA):
        (built.posts / name).unlink()
    before = state_of(built.layout.snapshots)
    with pytest.raises(RemovalGuardError, match="2 of 5 indexed posts are gone, more than 30%"):
        built.reindex()
    assert state_of(built.layout.snapshots) == before
    assert counts(built.reindex(allow_removals=True)) == (0, 0, 2, 3, 0)


def test_the_guard_counts_posts_that_must_be_skipped(built: Site) -> None:
    for name in (BRIDGE, TEA):
        built.write({name: HARBOUR[name].replace("layout: post", "published: false")})
    before = state_of(built.layout.snapshots)
    for options in ({}, {"dry_run": True}):
        with pytest.raises(RemovalGuardError):
            built.reindex(**options)
    assert state_of(built.layout.snapshots) == before


def test_the_guard_lets_renames_pass(built: Site) -> None:
    """A site put into other folders has lost nothing."""
    (built.posts / "all").mkdir()
    for name in HARBOUR:
        (built.posts / name).rename(built.posts / "all" / name)
    report = built.reindex()
    assert counts(report) == (0, 5, 0, 0, 0) and report.renamed == 5


def test_a_share_at_the_limit_passes(empty_site: Site) -> None:
    empty_site.write(numbered_posts(10))
    empty_site.reindex()
    for number in range(3):
        (empty_site.posts / f"{number:04}.md").unlink()
    assert counts(empty_site.reindex()) == (0, 0, 3, 7, 0)


def test_a_post_unpublished_later_is_removed_and_listed(built: Site) -> None:
    built.write({TEA: HARBOUR[TEA].replace("layout: post", "published: false")})
    report = built.reindex()
    assert counts(report) == (0, 0, 1, 4, 0) and reasons(report) == {TEA: "published: false"}
    assert f"site/{TEA}" not in built.passages()
    again = built.reindex()
    assert counts(again) == (0, 0, 0, 4, 0) and reasons(again) == reasons(report)
    assert again.snapshot == report.snapshot


def test_a_post_dated_in_the_future_waits_for_its_day(site: Site) -> None:
    site.write({"party.md": post_text("灯会", "灯会有灯500盏。", date="2022-06-03 08:00:00")})
    report = site.reindex()
    assert reasons(report) == {"party.md": "dated 2022-06-03 08:00, in the future"}
    site.now += timedelta(days=3)
    assert counts(site.reindex()) == (1, 0, 0, 5, 1)
    site.write({"party.md": post_text("灯会", "灯会有灯500盏。", date="2022-07-03 08:00:00")})
    report = site.reindex()
    assert counts(report) == (0, 0, 1, 5, 0) and list(reasons(report)) == ["party.md"]


def test_reasons_are_the_same_from_run_to_run(site: Site) -> None:
    site.write(
        {
            "_drafts/later.md": post_text("稿", "草稿。"),
            "_layouts/post.html": "<html></html>",
            "_hidden.md": post_text("藏", "藏着。"),
            "broken.md": "---\ntitle: 没有结尾\n正文\n",
            "empty.md": post_text("空", ""),
            "sub/off.md": post_text("关", "正文。", published="false"),
            "sub/late.md": post_text("晚", "正文。", date="2999-01-01"),
        }
    )
    (site.posts / "link.md").symlink_to(site.posts / BRIDGE)
    first = site.reindex()
    assert set(reasons(first)) == {
        "_drafts/later.md",
        "_layouts/",
        "_hidden.md",
        "broken.md",
        "empty.md",
        "link.md",
        "sub/late.md",
        "sub/off.md",
    }
    for options in ({}, {"dry_run": True}, {"full": True}, {}):
        report = site.reindex(**options)
        assert report.skipped == first.skipped and report.posts == 5


def test_a_site_of_which_no_post_can_be_used(empty_site: Site) -> None:
    empty_site.write({"a.md": post_text("空", ""), "b.md": post_text("b", "x", published="no")})
    for options in ({}, {"dry_run": True}, {"full": True}):
        with pytest.raises(SettingsError, match=r"No post can be indexed; the first: a\.md: no te"):
            empty_site.reindex(**options)
    assert empty_site.snapshot is None and not list(empty_site.layout.snapshots.iterdir())


def test_roots_together_are_the_whole_site(built: Site, tmp_path: Path) -> None:
    other = write_site(tmp_path / "archive", {"a.md": post_text("档案", "档案馆藏图80张。")})
    single = write_site(tmp_path / "extra", {"b.md": post_text("b", "b。"), "c.md": "c。\n"})
    report = built.reindex(built.posts, other, single / "b.md")
    assert counts(report) == (2, 0, 0, 5, 2)
    assert {"archive/a.md", "extra/b.md"} < built.passages().keys()
    assert counts(built.reindex()) == (0, 0, 2, 5, 0)


def test_roots_that_collide_are_refused(built: Site, tmp_path: Path) -> None:
    other = write_site(tmp_path / "other" / "site", {"a.md": post_text("a", "a。")})
    with pytest.raises(SettingsError, match="have the same folder name 'site'"):
        built.reindex(built.posts, other)


def test_a_changed_dictionary_renews_the_words_and_embeds_nothing(built: Site) -> None:
    words = built.home / "words.txt"
    built.settings = settings_of(built.index, lexical={"dictionary": words})
    with pytest.raises(SettingsError, match="can't be read"):
        built.reindex()
    words.write_text("青石桥梁集团\n")
    old = built.snapshot
    report = built.reindex()
    assert counts(report) == (0, 0, 0, 5, 0) and report.snapshot != old
    with built.open() as opened:
        assert "青石桥梁集团" in opened.answerer.explain(Ask("青石桥梁集团是谁", TODAY)).tokens
    assert built.reindex().snapshot == report.snapshot
    words.write_text("青石桥梁集团\n# 只是一条说明\n")
    assert built.reindex().snapshot == report.snapshot
    words.unlink()
    built.settings = settings_of(built.index)
    assert built.reindex().snapshot not in (old, report.snapshot)


def test_the_word_list_is_made_anew_once_the_site_has_grown_by_a_fifth(empty_site: Site) -> None:
    def tokens_of(text: str) -> tuple[str, ...]:
        with empty_site.open() as opened:
            return opened.answerer.explain(Ask(text, TODAY)).tokens

    empty_site.write(numbered_posts(10))
    empty_site.reindex()
    empty_site.write({"a.md": post_text("「琼岛e行」上线", "琼岛e行上线，用户2万。")})
    empty_site.reindex()
    assert "岛e行上" not in tokens_of("琼岛e行上线了吗")
    listed = (empty_site.layout.snapshot(empty_site.snapshot or "").words).read_text()
    assert "琼岛e行" not in listed  # 11 posts for a list of 10: it serves
    more = {f"m{n}.md": post_text(f"又{n}", f"又一篇，第{n}。") for n in range(2)}
    empty_site.write(more)
    assert counts(empty_site.reindex()) == (2, 0, 0, 11, 2)
    listed = (empty_site.layout.snapshot(empty_site.snapshot or "").words).read_text()
    assert "琼岛e行" in listed  # 13 posts: more than a fifth
    assert "琼岛e行" in tokens_of("琼岛e行上线了吗")
    assert empty_site.ask("琼岛e行用户多少？").sources[0].post == "a.md"


class Tally:
    """A progress that counts its calls."""

    def __init__(self) -> None:
        self.calls: list[object] = []

    def start(self, total: int) -> None:
        self.calls.append(total)

    def advance(self, count: int) -> None:
        self.calls.append(count)

    def finish(self) -> None:
        self.calls.append("end")


def test_progress_counts_what_is_really_embedded(empty_site: Site) -> None:
    empty_site.write(numbered_posts(300))
    first, second, third = Tally(), Tally(), Tally()
    empty_site.reindex(progress=first)
    assert first.calls == [300, 256, 44, "end"]  # the hash embedder's batches are of 256
    empty_site.reindex(progress=second)
    assert second.calls == []
    empty_site.write({"a.md": post_text("新", "新的一篇。"), "b.md": post_text("新", "新的一篇。")})
    empty_site.reindex(progress=third)
    assert third.calls == [1, 1, "end"]


def test_the_last_three_snapshots_are_kept(site: Site) -> None:
    names = []
    for number in range(5):
        site.write({"new.md": post_text("新", f"第{number}版。")})
        site.reindex()
        names.append(site.snapshot)
    assert snapshot_names(site.layout) == names[2:]
    site.settings = settings_of(site.index, index={"keep_snapshots": 1})
    site.reindex()  # without news, and yet it tidies up
    assert snapshot_names(site.layout) == names[4:]


def test_a_run_without_news_deletes_what_killed_runs_left(built: Site) -> None:
    for name in (".building-20220601T000000Z-000009", ".retired-20220501T000000Z-000001"):
        folder = built.layout.snapshots / name
        folder.mkdir()
        (folder / "content.sqlite").write_bytes(b"half")
    built.reindex(dry_run=True)
    assert len(list(built.layout.snapshots.iterdir())) == 3
    assert counts(built.reindex()) == (0, 0, 0, 5, 0)
    assert [path.name for path in built.layout.snapshots.iterdir()] == [built.snapshot]


def test_the_newest_clock_time_never_goes_back(built: Site) -> None:
    first = built.snapshot
    built.now = datetime(2001, 1, 1, tzinfo=UTC)
    built.write({"b.md": post_text("b", "b。", date="2000-01-01")})
    built.reindex(allow_removals=True)
    assert built.snapshot is not None and first is not None and built.snapshot > first


# Each prepares the site for a run; the dry run's report must be the real run's.
def _nothing(site: Site) -> None:
    pass


def _mixed(site: Site) -> None:
    site.write({"new.md": post_text("新港口开工", "新港口今日开工，泊位12个。")})
    site.write({TEA: HARBOUR[TEA].replace("8.4亿元", "9.1亿元") + "又一段。" * 200})
    (site.posts / BRIDGE).rename(site.posts / "z.md")
    (site.posts / "2022-05-20-whale.md").unlink()
    site.write({"broken.md": "---\ntitle: 没有结尾\n正文\n"})


def _renamed_with_other_date(site: Site) -> None:
    site.write({"2022-01-01-a.md": post_text("渡轮", "渡轮载客300人。" * 90, date="")})
    site.reindex()
    (site.posts / "2022-01-01-a.md").rename(site.posts / "2022-01-02-b.md")


def _unpublished(site: Site) -> None:
    site.write({TEA: HARBOUR[TEA].replace("layout: post", "published: false")})


def _copies(site: Site) -> None:
    site.write({"c1.md": HARBOUR[BRIDGE], "c2.md": post_text("新", "新。")})
    site.write({"c3.md": post_text("新", "新。")})


def _cache_lost(site: Site) -> None:
    site.layout.embeddings.unlink()
    _mixed(site)


def _index_lost(site: Site) -> None:
    shutil.rmtree(site.index)


SCENARIOS = [
    _nothing,
    _mixed,
    _renamed_with_other_date,
    _unpublished,
    _copies,
    _cache_lost,
    _index_lost,
]


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_dry_run_foresees_the_run_and_writes_nothing(
    built: Site, scenario: object, full: bool
) -> None:
    scenario(built)  # type: ignore[operator]
    built.embedder.seen.clear()
    before = state_of(built.home)
    dry = asdict(built.reindex(dry_run=True, full=full))
    assert state_of(built.home) == before and built.embedder.seen == []
    real = asdict(built.reindex(full=full))
    assert dry.pop("snapshot") is None and real.pop("snapshot") == built.snapshot
    dry.pop("seconds"), real.pop("seconds")
    assert dry == real


def test_a_dry_run_of_another_model_foresees_it_too(built: Site) -> None:
    built.embedder = Watched(dimension=64)
    report = built.reindex(dry_run=True, full=True)
    assert counts(report) == (0, 0, 0, 5, 5)
    assert counts(built.reindex(full=True)) == (0, 0, 0, 5, 5)


QUESTIONS = [
    "编号7的仓库库存多少吨？",
    "编号12的仓库第2次盘点库存多少？",
    "第31号公告说什么",
    "编号5的仓库",
    "海雾大桥总投资多少？",
    "票面利率是多少",
    "座头鲸在哪里发现？",
]


@pytest.mark.parametrize("seed", [1, 2])
def test_many_small_runs_end_where_one_full_run_ends(
    empty_site: Site, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    empty_site.write({**numbered_posts(40), **HARBOUR})
    empty_site.reindex()
    for step in range(6):
        _edit(empty_site, chance, step)
        empty_site.reindex()
    fresh = Site(tmp_path / "fresh", empty_site.cache)
    shutil.copytree(empty_site.posts, fresh.posts)
    fresh.reindex()

    def texts(site: Site) -> dict[str, list[str]]:
        return {post: [text for _, text in found] for post, found in site.passages().items()}

    assert texts(empty_site) == texts(fresh)
    for text in QUESTIONS:
        grown, anew = empty_site.ask(text), fresh.ask(text)
        assert grown.text == anew.text and grown.sources[0].post == anew.sources[0].post
    empty_site.reindex(full=True)
    # Ids differ, but their order is that of the posts' ids in both.
    order = [
        sorted(site.passages(), key=lambda p: site.passages()[p]) for site in (empty_site, fresh)
    ]
    assert order[0] == order[1] == sorted(order[0])
    for text in QUESTIONS:
        grown, anew = empty_site.ask(text), fresh.ask(text)
        assert (grown.text, grown.confidence, grown.sources) == (
            anew.text,
            anew.confidence,
            anew.sources,
        )


def _edit(site: Site, chance: random.Random, step: int) -> None:
    """A few changes of each kind."""
    names = sorted(path.name for path in site.posts.glob("00*.md"))
    chance.shuffle(names)
    edited, gone, moved = names[:4], names[4:6], names[6:8]
    changed = numbered_posts(100, version=step + 2)
    site.write({name: changed[name] for name in edited})
    for name in gone:
        (site.posts / name).unlink()
    for name in moved:
        (site.posts / name).rename(site.posts / f"1{step}{name}")
    site.write({f"0{500 + step}.md": post_text(f"插页{step}", f"插页{step}说了别的事。")})
