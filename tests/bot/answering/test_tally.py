from __future__ import annotations

from bot.answering.tally import Tally


def test_shares_are_nearest_ranks() -> None:
    tally = Tally()
    assert tally.took_ms(0.5) is None
    tally.add(True, 7.0)
    assert (tally.took_ms(0.5), tally.took_ms(0.95)) == (7.0, 7.0)
    tally = Tally()
    for took_ms in range(20, 0, -1):
        tally.add(took_ms % 2 == 0, float(took_ms))
    assert (tally.took_ms(0.5), tally.took_ms(0.95), tally.took_ms(1.0)) == (10.0, 19.0, 20.0)
    assert (tally.answered, tally.refused) == (10, 10)


def test_only_the_last_thousand_count() -> None:
    tally = Tally()
    for took_ms in [9_999.0] * 500 + [1.0] * 1_000:
        tally.add(True, took_ms)
    assert (tally.answered, tally.took_ms(1.0)) == (1_500, 1.0)
