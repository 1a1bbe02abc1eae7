"""Why a question has no answer and no refusal either."""

from __future__ import annotations

from index.errors import QinwenError


class Overloaded(QinwenError):
    """Too many questions are being asked: say so, and to ask again later.

    `places` is how many questions would have been before this one.
    """

    def __init__(self, places: int) -> None:
        super().__init__(f"{places:,} questions are before this one.", "Ask again later.")
        self.places = places


class TimedOut(QinwenError):
    """The time budget of the question is used up, waiting included."""

    def __init__(self, budget_s: float) -> None:
        super().__init__(f"The question took more than {budget_s:g} s.", "Ask again later.")
        self.budget_s = budget_s


class Stopping(QinwenError):
    """The bot is stopping and the question isn't answered: keep it for the next start."""

    def __init__(self) -> None:
        super().__init__("The bot is stopping.", "The question is kept for its next start.")
