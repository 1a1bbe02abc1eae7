"""What became of the questions, and how long they took."""

from __future__ import annotations

from collections import deque

_REMEMBERED = 1_000


class Tally:
    """Counts since the start; times of the last thousand answers and refusals."""

    def __init__(self) -> None:
        self.answered = 0
        self.refused = 0
        self.failed = 0  # by an error that nobody expects
        self.put_off = 0  # overloaded
        self.timed_out = 0
        self._took_ms: deque[float] = deque(maxlen=_REMEMBERED)

    def add(self, answered: bool, took_ms: float) -> None:
        """An answer or a refusal, `took_ms` after the question came, its wait included."""
        if answered:
            self.answered += 1
        else:
            self.refused += 1
        self._took_ms.append(took_ms)

    def took_ms(self, share: float) -> float | None:
        """Within how long `share` of them were done: of 1 … 20, 0.95 is 19. None: none yet."""
        ordered = sorted(self._took_ms)
        if not ordered:
            return None
        # Subtle: whole thousandths, as 0.95 * 20 is a little more than 19.
        rank = -(-round(share * 1_000) * len(ordered) // 1_000)
        return ordered[max(rank, 1) - 1]
