"""What was asked and answered, how it was liked, and who wants which language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    Select,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from bot.storage.engine import place_of, reading, scrub, writing
from bot.storage.errors import DatabaseError
from bot.storage.records import Counts, FeedbackRow, StoredTurn, Turn, UnansweredGroup
from bot.storage.rows import feedback_of, row_of, turn_of
from bot.storage.salt import Names, read_salt
from bot.storage.schema import languages, marks, turns, votes
from bot.storage.unanswered import Refusal, as_csv, grouped

__all__ = ["Counts", "FeedbackRow", "Store", "StoredTurn", "Turn", "UnansweredGroup", "read_salt"]

_SALT = "salt"
# Reasons of refusals that no post could mend.
_NO_QUESTIONS = ("off_topic", "no_words")
_UP = func.coalesce(func.sum(case((votes.c.vote > 0, 1), else_=0)), 0)
_DOWN = func.coalesce(func.sum(case((votes.c.vote < 0, 1), else_=0)), 0)


class Store:
    """Users and chats are Telegram's ids, and stand in the database under names that `salt` makes.

    Safe to use from several threads. Every method raises QinwenError where the disk refuses.
    """

    def __init__(self, engine: Engine, salt: bytes, clock: Callable[[], datetime]) -> None:
        """`clock` returns aware times. Raises DatabaseError where another salt was used before."""
        self._engine = engine
        self._names = Names(salt)
        self._clock = clock
        self._check_salt()

    def record(self, turn: Turn) -> None:
        """Remembers a turn; it takes the place of an earlier one of the same question message."""
        row = row_of(turn, self._names, self._clock())
        same = (turns.c.chat == row["chat"]) & (turns.c.question_message == turn.question_message)
        with writing(self._engine) as connection:
            connection.execute(delete(turns).where(or_(same, turns.c.token == turn.token)))
            connection.execute(insert(turns).values(row))

    def sent(self, token: str, chat: int, answer_message: int) -> None:
        """The turn's answer stands in that message; until then nobody knew whether it was sent."""
        of_it = update(turns).where(self._token_in(token, chat))
        with writing(self._engine) as connection:
            connection.execute(of_it.values(answer_message=answer_message))

    def answer(self, token: str, chat: int) -> StoredTurn | None:
        """The turn with that token; None: there is none (any more) in this chat."""
        return self._one(select(turns).where(self._token_in(token, chat)))

    def at_message(self, chat: int, message: int) -> StoredTurn | None:
        """The turn whose question or answer stands in that message."""
        return self._one(self._at(chat, message))

    def last(self, chat: int, user: int, thread: int | None = None) -> StoredTurn | None:
        """What that user asked last in that topic; None is outside all topics."""
        of_them = select(turns).where(self._of(chat, user, thread))
        return self._one(of_them.order_by(turns.c.id.desc()).limit(1))

    def recent_questions(
        self, chat: int, user: int, thread: int | None, since: datetime, most: int
    ) -> tuple[str, ...]:
        """What that user asked there since then and since the last `reset`, oldest first.

        Of more than `most` the last ones.
        """
        wanted = select(turns.c.question).where(
            self._of(chat, user, thread), turns.c.followed, turns.c.asked_at >= since
        )
        with reading(self._engine) as connection:
            found = connection.scalars(wanted.order_by(turns.c.id.desc()).limit(most)).all()
        return tuple(reversed(found))

    def chain(self, chat: int, message: int, most: int) -> tuple[str, ...]:
        """The question at `message`, the one that it replied to, and so on; oldest first."""
        found: list[str] = []
        next_message: int | None = message
        with reading(self._engine) as connection:
            while next_message is not None and len(found) < most:
                row = connection.execute(self._at(chat, next_message)).first()
                if row is None:
                    break
                found.append(row.question)
                next_message = row.replied_to
        return tuple(reversed(found))

    def reset(self, chat: int, user: int, thread: int | None) -> None:
        """The next question of that user there follows on nothing."""
        with writing(self._engine) as connection:
            of_them = update(turns).where(self._of(chat, user, thread))
            connection.execute(of_them.values(followed=False))

    def vote(self, token: str, chat: int, user: int, vote: int) -> bool:
        """Votes 1 or -1; another vote takes its place, the same again takes it back.

        False: there is no such answer (any more) in this chat.
        """
        voter = self._names.user(user)
        # Others who vote on the same answer wait, on databases with several writers.
        wanted = select(turns.c.id).where(self._token_in(token, chat)).with_for_update()
        with writing(self._engine) as connection:
            turn = connection.scalar(wanted)
            if turn is None:
                return False
            theirs = (votes.c.turn == turn) & (votes.c.user == voter)
            before = connection.scalar(select(votes.c.vote).where(theirs))
            connection.execute(delete(votes).where(theirs))
            if before != vote:
                row = {"turn": turn, "user": voter, "vote": vote, "voted_at": self._clock()}
                connection.execute(insert(votes).values(row))
        return True

    def votes(self, token: str) -> tuple[int, int]:
        """How many voted the answer up, and how many down."""
        of_it = select(_UP, _DOWN).select_from(votes.join(turns)).where(turns.c.token == token)
        with reading(self._engine) as connection:
            up, down = connection.execute(of_it).one()
        return up, down

    def language(self, user: int) -> str | None:
        """The one that they have chosen."""
        theirs = select(languages.c.language).where(languages.c.user == self._names.user(user))
        with reading(self._engine) as connection:
            return connection.scalar(theirs)

    def set_language(self, user: int, language: str | None) -> None:
        """None: as their Telegram says."""
        name = self._names.user(user)
        with writing(self._engine) as connection:
            connection.execute(delete(languages).where(languages.c.user == name))
            if language is not None:
                connection.execute(insert(languages).values(user=name, language=language))

    def forget(self, user: int) -> int:
        """Deletes all there is of a user: turns, votes, language. Returns how many questions."""
        name = self._names.user(user)
        with writing(self._engine) as connection:
            count = connection.execute(delete(turns).where(turns.c.user == name)).rowcount
            connection.execute(delete(votes).where(votes.c.user == name))
            connection.execute(delete(languages).where(languages.c.user == name))
        scrub(self._engine)
        return count

    def purge(self, days: int) -> int:
        """Deletes turns older than that, with their votes. Returns how many."""
        old = turns.c.asked_at < self._clock() - timedelta(days=days)
        with writing(self._engine) as connection:
            count = connection.execute(delete(turns).where(old)).rowcount
        scrub(self._engine)
        return count

    def unanswered(self, most: int) -> list[UnansweredGroup]:
        """What was refused or voted down, similar wordings together; the most asked first."""
        return grouped(self._refusals())[:most]

    def unanswered_csv(self) -> str:
        """The same, one line a wording, as a set of questions that `qinwen eval` reads."""
        return as_csv(self._refusals())

    def feedback(self, most: int) -> list[FeedbackRow]:
        """What was voted on, the last vote first."""
        last = func.max(votes.c.voted_at)
        wanted = (
            select(turns.c.answer, _UP.label("up"), _DOWN.label("down"), last.label("last"))
            .select_from(votes.join(turns))
            .group_by(turns.c.id, turns.c.answer)
            .order_by(last.desc(), turns.c.id.desc())
            .limit(most)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return [one for one in (feedback_of(row) for row in rows) if one]

    def counts(self, since: datetime) -> Counts:
        """Of questions asked and votes given since then."""
        refused = func.coalesce(func.sum(case((turns.c.refused, 1), else_=0)), 0)
        asked = select(func.count(), refused).where(turns.c.asked_at >= since)
        liked = select(_UP, _DOWN).where(votes.c.voted_at >= since)
        with reading(self._engine) as connection:
            questions, refusals = connection.execute(asked).one()
            up, down = connection.execute(liked).one()
        return Counts(questions, questions - refusals, refusals, up, down)

    def close(self) -> None:
        """After the last use: lets go of the file."""
        self._engine.dispose()

    def _check_salt(self) -> None:
        """With another salt nobody would be found any more, and /forgetme would delete nothing."""
        now = self._names.mark()
        with writing(self._engine) as connection:
            before = connection.scalar(select(marks.c.value).where(marks.c.name == _SALT))
            if before is None:
                connection.execute(insert(marks).values(name=_SALT, value=now))
        if before not in (None, now):
            raise DatabaseError(
                f"{place_of(self._engine)} was made with another salt.",
                "Restore both from the same backup, or move the database away.",
            )

    def _token_in(self, token: str, chat: int) -> ColumnElement[bool]:
        return (turns.c.token == token) & (turns.c.chat == self._names.chat(chat))

    def _of(self, chat: int, user: int, thread: int | None) -> ColumnElement[bool]:
        there = (turns.c.chat == self._names.chat(chat)) & (turns.c.user == self._names.user(user))
        return there & turns.c.thread.is_not_distinct_from(thread)

    def _at(self, chat: int, message: int) -> Select[Any]:
        said = or_(turns.c.question_message == message, turns.c.answer_message == message)
        there = select(turns).where(turns.c.chat == self._names.chat(chat), said)
        return there.order_by(turns.c.id.desc()).limit(1)

    def _one(self, wanted: Select[Any]) -> StoredTurn | None:
        with reading(self._engine) as connection:
            row = connection.execute(wanted).first()
        return turn_of(row) if row else None

    def _refusals(self) -> list[Refusal]:
        disliked = select(votes.c.turn).group_by(votes.c.turn).having(func.sum(votes.c.vote) < 0)
        no_answer = turns.c.refused & turns.c.reason.not_in(_NO_QUESTIONS)
        wanted = select(turns.c.searched, turns.c.asked_at, turns.c.refused).where(
            or_(no_answer, turns.c.id.in_(disliked))
        )
        with reading(self._engine) as connection:
            return [Refusal(*row) for row in connection.execute(wanted.order_by(turns.c.id))]
