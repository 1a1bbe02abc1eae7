from hypothesis import given
from hypothesis import strategies as st

from index.evaluation.ranking import PostRef, RankedSource, distinct_posts, first_right_rank

from .makers import source


def test_ranks_count_posts_not_passages():
    found = [source("a.md"), source("a.md"), source("a.md"), source("b.md")]
    assert first_right_rank(found, ["b.md"]) == 2


def test_a_source_is_named_by_url_file_name_or_path():
    found = [source("x.md"), source("2021/-a.md", url="http://x/a?b=1")]
    for name in ("http://x/a?b=1", "-a.md", "2021/-a.md"):
        assert first_right_rank(found, [name]) == 2


def test_names_must_be_exact():
    found = [source("2021/a.md", url="http://x/a")]
    for name in ("http://x/a/", "https://x/a", "http://x", "a", "md", "/a.md", ""):
        assert first_right_rank(found, [name]) is None


def test_a_collapsed_copy_counts_as_its_hit():
    found = [source("x.md"), source("a.md", "2021/copy.md")]
    assert first_right_rank(found, ["copy.md"]) == 2
    linked = [RankedSource(PostRef(None, "a.md"), (PostRef("http://x/c", "c.md"),))]
    assert first_right_rank(linked, ["http://x/c"]) == 1


def test_the_first_of_several_right_ones_counts():
    found = [source("x.md"), source("b.md"), source("a.md")]
    assert first_right_rank(found, ["a.md", "b.md"]) == 2


def test_nothing_found_or_wanted_has_no_rank():
    assert first_right_rank([], ["a.md"]) is None
    assert first_right_rank([source("a.md")], []) is None


def test_copies_of_later_passages_join_their_post():
    found = [source("a.md", "c1.md"), source("b.md"), source("a.md", "c2.md", "c1.md")]
    assert distinct_posts(found) == (source("a.md", "c1.md", "c2.md"), source("b.md"))


def test_a_copy_that_was_also_found_keeps_its_place():
    found = [source("a.md", "b.md"), source("b.md")]
    assert distinct_posts(found) == tuple(found)


def test_the_same_path_under_two_roots_is_two_posts():
    found = [source("a.md", url="http://x/1"), source("a.md", url="http://x/2"), source("b.md")]
    assert first_right_rank(found, ["b.md"]) == 3


@given(st.lists(st.sampled_from("abcd")), st.sampled_from("abcd"))
def test_the_rank_is_one_more_than_the_posts_before(posts, wanted):
    rank = first_right_rank([source(post) for post in posts], [wanted])
    before = set(posts[: posts.index(wanted)]) if wanted in posts else None
    assert rank == (None if before is None else len(before) + 1)
