from __future__ import annotations

from bot.limits import Limits, Verdict
from bot.limits.limits import _MOST_KEYS

OK, NOTICE, QUIET = Verdict.OK, Verdict.NOTICE, Verdict.QUIET
GROUP = -100


class Clock:
    now = 50_000.0

    def __call__(self) -> float:
        return self.now


def test_one_notice_then_quiet_until_the_oldest_question_is_a_minute_old() -> None:
    clock = Clock()
    limits = Limits(3, 100, 100, clock)
    assert [limits.check(7, 7) for _ in range(6)] == [OK, OK, OK, NOTICE, QUIET, QUIET]
    clock.now += 59.9
    assert limits.check(7, 7) is QUIET
    clock.now += 0.1
    assert limits.check(7, 7) is OK


def test_the_window_slides() -> None:
    clock = Clock()
    limits = Limits(2, 100, 100, clock)
    limits.check(7, 7)
    clock.now += 40
    limits.check(7, 7)
    clock.now += 20  # the first one is out, the second one isn't
    assert [limits.check(7, 7), limits.check(7, 7)] == [OK, NOTICE]


def test_who_never_stops_is_told_once() -> None:
    clock = Clock()
    limits = Limits(20, 100, 1_000, clock)
    verdicts = []
    for _ in range(3_600):
        verdicts.append(limits.check(7, 7))
        clock.now += 1
    assert verdicts.count(NOTICE) == 1
    assert verdicts.count(OK) == 60 * 20  # and still gets what everyone gets


def test_who_was_quiet_for_a_minute_is_told_again() -> None:
    clock = Clock()
    limits = Limits(1, 100, 100, clock)
    assert [limits.check(7, 7) for _ in range(3)] == [OK, NOTICE, QUIET]
    clock.now += 60
    assert [limits.check(7, 7) for _ in range(3)] == [OK, NOTICE, QUIET]


def test_one_user_s_limit_counts_over_all_chats_and_no_other_user_s() -> None:
    limits = Limits(2, 100, 100, Clock())
    assert [limits.check(7, 7), limits.check(7, GROUP)] == [OK, OK]
    # Told in each place once: what was said in private isn't seen in the group.
    assert [limits.check(7, 7), limits.check(7, GROUP), limits.check(7, GROUP)] == [
        NOTICE,
        NOTICE,
        QUIET,
    ]
    assert limits.check(8, GROUP) is OK


def test_a_chat_s_limit_is_told_once_for_all_in_it() -> None:
    limits = Limits(100, 3, 100, Clock())
    assert [limits.check(user, GROUP) for user in (1, 2, 3, 4, 5)] == [OK, OK, OK, NOTICE, QUIET]
    assert limits.check(4, 4) is OK


def test_the_limit_over_all() -> None:
    limits = Limits(100, 100, 3, Clock())
    assert [limits.check(user, user) for user in (1, 2, 3, 4, 5, 4)] == [
        OK,
        OK,
        OK,
        NOTICE,
        NOTICE,
        QUIET,
    ]


def test_what_is_refused_is_not_counted() -> None:
    limits = Limits(1, 2, 100, Clock())
    assert [limits.check(1, GROUP) for _ in range(50)].count(OK) == 1
    assert limits.check(2, GROUP) is OK


def test_memory_is_bounded() -> None:
    clock = Clock()
    limits = Limits(1, 1, 100_000, clock)
    for user in range(3 * _MOST_KEYS):
        limits.check(user, user)
        limits.check(user, user)
    kept = (limits._users._times, limits._chats._times, limits._refused)
    assert all(len(one) <= _MOST_KEYS for one in kept)
    clock.now += 61
    limits.check(1, 1)
    limits.check(1, 1)
    assert [len(one) for one in kept] == [1, 1, 1]
