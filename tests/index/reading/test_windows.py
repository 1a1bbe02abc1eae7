from hypothesis import given
from hypothesis import strategies as st

from index.reading.windows import window_spans


def test_a_text_that_fits_is_one_window_and_an_empty_one_none():
    assert window_spans("一二三。", 4, 2) == [(0, 4)]
    assert window_spans("", 4, 2) == []


def test_windows_end_at_sentences_and_overlap_by_whole_ones():
    text = "甲甲甲甲。乙乙乙。丙丙丙。丁丁丁丁。"  # sentences end at 5, 9, 13, 18
    assert window_spans(text, 13, 5) == [(0, 13), (9, 18)]


def test_without_overlap_the_next_begins_where_the_last_ended():
    assert window_spans("甲甲甲甲。乙乙乙。丙丙丙。", 9, 0) == [(0, 9), (9, 13)]


def test_a_sentence_longer_than_a_window_is_cut_anywhere():
    assert window_spans("一二三四五六七", 3, 1) == [(0, 3), (3, 6), (6, 7)]


@given(st.text(alphabet="字。！\n ", max_size=200), st.integers(2, 50), st.integers(0, 25))
def test_windows_cover_everything_within_bounds_and_move_on(text, max_chars, overlap):
    spans = window_spans(text, max_chars, overlap)
    assert all(0 < end - start <= max_chars for start, end in spans)
    assert sorted({at for span in spans for at in range(*span)}) == list(range(len(text)))
    starts = [start for start, _ in spans]
    assert starts == sorted(set(starts))
