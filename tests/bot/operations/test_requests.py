"""PTB's real polling against a server that fails: what the heartbeat, the log, the figures say."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from telegram import Bot
from telegram.error import Conflict, InvalidToken, NetworkError, TimedOut
from telegram.ext import Updater

from bot.operations.heartbeat import HOPELESS_S, SILENT_S, Heartbeat, PollingDiedError
from bot.operations.metrics import Metrics
from bot.operations.polling import REPEAT_S, PollingErrors
from bot.operations.requests import CountedRequest, PollingRequest
from tests.bot.operations.clock import Clock
from tests.bot.operations.faulty_server import OTHER_POLLER, WEBHOOK, FaultyServer, faulty_server

TOKEN = "123456789:AAFqT8vX-2Lk0ZyWm_QbN4cRj7HsUe1DgOi"
SOON_S = 60.0


class Polling:
    """An updater that polls `server`; `clock` stands still unless a test moves it."""

    def __init__(self, server: FaultyServer, state_dir: Path) -> None:
        self.server = server
        self.clock = Clock()
        self.heartbeat = Heartbeat(state_dir, self.clock)
        self.metrics = Metrics()
        self.errors = PollingErrors(self.clock)
        self.bot = Bot(
            TOKEN,
            base_url=f"{server.url}/bot",
            request=CountedRequest(self.metrics),
            get_updates_request=PollingRequest(self.metrics, self.heartbeat, read_timeout=0.5),
        )

    def run(self, then: Callable[[], bool], fault: str) -> None:
        """Polls, then with `fault` until `then` holds."""

        async def run() -> None:
            async with Updater(self.bot, asyncio.Queue()) as updater:
                await updater.start_polling(timeout=0, error_callback=self.errors)
                await _until(lambda: "getUpdates" in self.server.calls)
                await _until(lambda: self.counted("200") > 0)
                self.clock.now += SILENT_S - 1
                self.server.fault = fault
                await _until(then)
                self.server.fault = ""
                # Subtle: `stop` raises again what the polling task has died of.
                with suppress(InvalidToken):
                    await updater.stop()

        asyncio.run(run())

    def counted(self, status: str, method: str = "getUpdates") -> float:
        labels = {"method": method, "status": status}
        return self.metrics.registry.get_sample_value("qinwen_bot_api_calls_total", labels) or 0


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON_S):
        while not holds():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("other poller", "409"),
        ("webhook", "409"),
        ("bad gateway", "502"),
        ("drop", "network"),
        ("hang", "timeout"),
    ],
)
def test_failing_calls_are_a_sign_of_life_but_no_beat(
    fault: str, status: str, tmp_path: Path
) -> None:
    with faulty_server() as server:
        polling = Polling(server, tmp_path)
        polling.run(lambda: polling.counted(status) > 0, fault)
    assert polling.counted("200", "deleteWebhook") == 1
    polling.clock.now += SILENT_S - 1
    polling.heartbeat.tick()


def test_what_is_fetched_is_a_beat(tmp_path: Path) -> None:
    with faulty_server() as server:
        polling = Polling(server, tmp_path)
        polling.run(lambda: polling.heartbeat.age_s == 0, "")
    assert polling.heartbeat.fresh


@pytest.mark.parametrize(("fault", "code"), [("unauthorized", "401"), ("not found", "404")])
def test_a_revoked_token_ends_ptbs_polling_and_then_us(
    fault: str, code: str, tmp_path: Path
) -> None:
    with faulty_server() as server:
        polling = Polling(server, tmp_path)
        polling.run(lambda: polling.counted(code) > 0, fault)
    with pytest.raises(PollingDiedError, match=f"refuses the token \\({code}\\)"):
        polling.heartbeat.tick()


def test_a_long_wait_that_telegram_names_is_waited_for(tmp_path: Path) -> None:
    with faulty_server() as server:
        polling = Polling(server, tmp_path)
        clock, heartbeat = polling.clock, polling.heartbeat

        async def one_call() -> None:
            server.fault = "too many"
            async with polling.bot._request[0]:
                code, _ = await polling.bot._request[0].do_request(
                    f"{server.url}/bot{TOKEN}/getUpdates", "POST"
                )
            assert code == 429

        asyncio.run(one_call())
    clock.now += 600 + SILENT_S - 1
    heartbeat.tick()
    clock.now += 1
    with pytest.raises(PollingDiedError):
        heartbeat.tick()


def test_polling_whose_task_has_died_is_found(tmp_path: Path) -> None:
    """An update that can't be stored ends PTB's polling task without a word; `running` stays."""

    class Full(asyncio.Queue[object]):
        async def put(self, item: object) -> None:
            raise OSError(28, "No space left on device")

    async def run(polling: Polling) -> None:
        updater = Updater(polling.bot, Full())
        await updater.initialize()
        await updater.start_polling(timeout=0, error_callback=polling.errors)
        task = next(one for one in asyncio.all_tasks() if "polling_task" in one.get_name())
        await asyncio.wait([task], timeout=SOON_S)
        assert isinstance(task.exception(), OSError)
        assert updater.running
        calls = len(polling.server.calls)
        await asyncio.sleep(0.1)
        assert len(polling.server.calls) == calls
        polling.clock.now += SILENT_S
        with pytest.raises(PollingDiedError, match="polling has died"):
            polling.heartbeat.tick()

    with faulty_server() as server:
        server.updates = [{"update_id": 1}]
        asyncio.run(run(Polling(server, tmp_path)))


def test_many_messages_go_out_at_once(tmp_path: Path) -> None:
    with faulty_server() as server:
        polling = Polling(server, tmp_path)

        async def run() -> None:
            async with polling.bot:
                await asyncio.gather(*(polling.bot.get_me() for _ in range(20)))

        asyncio.run(run())
        assert polling.counted("200", "getMe") == 21
        assert server.most_at_once > 1


def test_409_is_explained_and_said_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    errors = PollingErrors(clock)
    for _ in range(20):
        errors(Conflict(OTHER_POLLER))
        clock.now += 30
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 600 / REPEAT_S
    assert "409: another program fetches updates with the same token" in said[0]
    assert errors.conflicts == 20
    clock.now += REPEAT_S
    errors(Conflict(WEBHOOK))
    assert "409: a webhook is set for this bot" in caplog.records[-1].getMessage()
    assert {record.levelno for record in caplog.records} == {logging.ERROR}
    assert not any(record.exc_info for record in caplog.records)


def test_kinds_of_failure_are_said_each(caplog: pytest.LogCaptureFixture) -> None:
    errors = PollingErrors(Clock())
    for error in (NetworkError("Bad Gateway"), TimedOut(), NetworkError("Bad Gateway")):
        errors(error)
    assert [record.getMessage() for record in caplog.records] == [
        "Updates can't be fetched, trying on: NetworkError: Bad Gateway",
        "Updates can't be fetched, trying on: TimedOut: Timed out",
    ]
    assert HOPELESS_S > REPEAT_S  # said at least twice before the end
