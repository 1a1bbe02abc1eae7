"""Date and category limits."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.filters import NO_DAY, Columns, Filters
from tests.factories import UNHURRIED

MARCH = [date(2022, 3, day).toordinal() for day in (1, 2, 3)]
SETS = (frozenset(), frozenset({"交通"}), frozenset({"交通", "财经"}))
COLUMNS = Columns(
    ids=np.array([10, 20, 30, 40]),
    days=np.array([*MARCH, NO_DAY], dtype=np.int32),
    category_codes=np.array([0, 1, 2, 1], dtype=np.int32),
    category_sets=SETS,
)


def allowed(**limits):
    found = COLUMNS.allowed(Filters(**limits))
    return None if found is None else found.tolist()


@pytest.mark.parametrize(
    ("limits", "ids"),
    [
        ({}, None),
        ({"since": date(2022, 3, 2)}, [20, 30]),  # that day counts; no day fails
        ({"until": date(2022, 3, 2)}, [10, 20]),
        ({"since": date(2022, 3, 2), "until": date(2022, 3, 2)}, [20]),
        ({"since": date(2022, 3, 3), "until": date(2022, 3, 1)}, []),
        ({"since": date.min}, [10, 20, 30]),
        ({"until": date.max}, [10, 20, 30]),
        ({"categories": frozenset({"交通"})}, [20, 30, 40]),
        ({"categories": frozenset({"财经", "生态"})}, [30]),
        ({"categories": frozenset({"生态"})}, []),
        ({"categories": frozenset()}, []),  # none, which isn't any
        ({"categories": frozenset({"交通"}), "since": date(2022, 3, 3)}, [30]),
    ],
)
def test_what_passes(limits, ids):
    assert allowed(**limits) == ids


def test_open_and_closed():
    assert Filters().is_open
    assert not Filters(categories=frozenset()).is_open
    assert not Filters(since=date.min).is_open
    assert not Filters(until=date.max).is_open


def test_no_day_is_before_every_day():
    assert date.min.toordinal() > NO_DAY
    assert np.array([NO_DAY], dtype=np.int32)[0] == NO_DAY


def test_an_empty_index():
    empty = Columns(np.array([], int), np.array([], np.int32), np.array([], np.int32), ())
    assert empty.allowed(Filters()) is None
    found = empty.allowed(Filters(since=date(2022, 1, 1), categories=frozenset({"交通"})))
    assert found is not None and found.tolist() == []


days = st.none() | st.dates(date(2022, 2, 25), date(2022, 3, 10))
rows = st.lists(st.tuples(days, st.integers(0, 2)), max_size=12)


@given(rows, days, days, st.none() | st.sets(st.sampled_from(["交通", "财经", "生态"])))
@UNHURRIED
def test_agrees_with_a_loop(rows, since, until, names):
    columns = Columns(
        np.arange(len(rows)),
        np.array([day.toordinal() if day else NO_DAY for day, _ in rows], dtype=np.int32),
        np.array([code for _, code in rows], dtype=np.int32),
        SETS,
    )
    categories = None if names is None else frozenset(names)
    found = columns.allowed(Filters(since, until, categories))
    expected = [
        number
        for number, (day, code) in enumerate(rows)
        if (since is None or (day is not None and day >= since))
        and (until is None or (day is not None and day <= until))
        and (categories is None or SETS[code] & categories)
    ]
    if since is None and until is None and categories is None:
        assert found is None
    else:
        assert found is not None and found.tolist() == expected
