"""Checkpoints leave the house by webhook, by mail and to a time-stamping service:
once, again until they are taken, and an alarm where they are not.
"""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from audit.checkpoints_out import OutsidePlaces, send_one
from audit.sealing import sealed_now
from audit.stamping import kept_stamps, request_for
from channels.outgoing import Outgoing
from channels.webhook.transport import signature
from storage import checkpoint_outcomes
from storage.alarms import AlarmKind
from storage.audit_book import BookDeed, BookEntry, append
from storage.call_channels import keep
from storage.checkpoint_keys import CheckpointKeys
from storage.checkpoint_outcomes import CheckpointOutcome, CheckpointStatus, OutsidePlace
from storage.database import Database, open_database
from storage.migrations import migrate_now
from tests.audit.authority import Authority, authority
from tests.audit.sealed import LI, NOON
from tests.channels.peers import HOST, GatewayPeer, MailPeer, a_gateway, a_mail_server
from watch.calls import Calls

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
KEY = b"0123456789abcdef01234567"
WEBHOOK, MAIL, STAMP = OutsidePlace.WEBHOOK, OutsidePlace.MAIL, OutsidePlace.STAMP
ROOT = Path(__file__).parents[2]
# What a worker does of it, in a process that can be killed.
PROGRAM = """
import asyncio, sys
from datetime import UTC, datetime
from audit.checkpoints_out import OutsidePlaces, send_one
from channels.outgoing import Outgoing
from storage.checkpoint_outcomes import OutsidePlace
from storage.database import open_database

async def work():
    database = open_database(sys.argv[1])
    places = OutsidePlaces(url=sys.argv[2], secret=sys.argv[3])
    now = lambda: datetime.fromisoformat(sys.argv[4])
    await send_one(database, places, OutsidePlace.WEBHOOK, Outgoing(["127.0.0.1"]), now)
    await database.close()

asyncio.run(work())
"""


class House:
    """A house with a log, and a clock that a test moves."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite+aiosqlite:///{folder / 'huiying.db'}"
        migrate_now(self.url)
        self.keys = CheckpointKeys(folder / "keys")
        self.database: Database = open_database(self.url)
        self.now: datetime = NOON
        self.places = OutsidePlaces()
        self.out = Outgoing([HOST], seconds=1.0)

    async def checkpoint(self) -> int:
        entry = BookEntry(at=self.now, deed=BookDeed.EXPORT, origin=LI)
        await self.database.write(partial(append, entries=[entry]))
        made = await sealed_now(self.database, self.keys, self.now)
        assert made is not None
        return made.size

    async def send(self, place: OutsidePlace, after: timedelta = timedelta(0)) -> bool:
        self.now += after
        return await send_one(self.database, self.places, place, self.out, lambda: self.now)

    async def outcomes(self, place: OutsidePlace) -> list[tuple[str, str]]:
        async with self.database.session() as session:
            rows = await (await session.connection()).run_sync(checkpoint_outcomes.latest, place=place)
        return [(one.status.value, one.detail) for one in reversed(rows)]

    async def alarms(self) -> set[tuple[AlarmKind, str]]:
        async with self.database.session() as session:
            return set(await Calls().wrong(session, self.now, 1000.0))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path)
    await made.checkpoint()
    yield made
    await made.database.close()


@pytest.fixture
def receiver(house: House) -> Iterator[GatewayPeer]:
    with a_gateway() as peer:
        house.places = OutsidePlaces(url=peer.url, secret=SECRET, authority=peer.url)
        yield peer


async def test_each_checkpoint_is_posted_once_and_signed(house: House, receiver: GatewayPeer):
    assert await house.send(WEBHOOK)
    assert not await house.send(WEBHOOK)
    (post,) = receiver.posts
    sent = post.told
    assert (sent["type"], sent["data"]["size"], sent["data"]["again"]) == ("checkpoint", 1, False)
    assert sent["data"]["note"].startswith("huiying")
    assert len(sent["data"]["keys"]) == 1
    name, stamp = post.headers["webhook-id"], post.headers["webhook-timestamp"]
    assert post.headers["webhook-signature"] == f"v1,{signature(KEY, name, stamp, post.content)}"
    size = await house.checkpoint()
    assert await house.send(WEBHOOK)
    assert receiver.posts[1].told["data"]["size"] == size
    assert receiver.posts[1].headers["webhook-id"] != name


async def test_of_an_outage_the_last_is_made_up_for_and_the_pauses_grow(house: House, receiver: GatewayPeer):
    receiver.status = 503
    pauses = []
    for _ in range(4):
        seconds = 0
        before = len(receiver.posts)
        while len(receiver.posts) == before:
            await house.send(WEBHOOK, timedelta(seconds=5))
            seconds += 5
        pauses.append(seconds)
        await house.checkpoint()
    assert pauses == [5, 30, 60, 120]
    assert await house.alarms() == {(AlarmKind.CHECKPOINT_STUCK, "webhook")}
    receiver.status = 200
    assert await house.send(WEBHOOK, timedelta(hours=1))
    assert receiver.posts[-1].told["data"]["size"] == 5
    assert await house.alarms() == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": 429}, "http_429"),
        ({"status": 302, "headers": {"Location": "http://127.0.0.1:1/"}}, "http_302"),
        ({"status": 401}, "http_401"),
        ({"pause": 2.0}, "timeout"),
        ({"drips": True}, "timeout"),
    ],
)
async def test_what_a_receiver_does_not_take_is_written_down(
    house: House, receiver: GatewayPeer, change: dict[str, object], code: str
):
    for name, value in change.items():
        setattr(receiver, name, value)
    assert not await house.send(WEBHOOK)
    assert await house.outcomes(WEBHOOK) == [("begun", ""), ("failed", code)]


async def test_whoever_may_have_it_is_told_that_it_comes_again(house: House, receiver: GatewayPeer):
    receiver.pause = 2.0
    assert not await house.send(WEBHOOK)
    receiver.pause = 0.0
    assert await house.send(WEBHOOK, timedelta(minutes=1))
    first, second = receiver.posts
    assert (first.told["data"]["again"], second.told["data"]["again"]) == (False, True)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


@pytest.mark.parametrize("where", ["http://10.0.0.1/", "http://169.254.169.254/", "ftp://example.org/", "x"])
async def test_no_place_inside_is_reached(house: House, receiver: GatewayPeer, where: str):
    house.places = replace(house.places, url=where, authority=where)
    assert not await house.send(WEBHOOK)
    assert not await house.send(STAMP)
    assert receiver.posts == []
    assert (await house.outcomes(WEBHOOK))[-1][0] == "failed"
    assert (await house.outcomes(STAMP))[-1][0] == "failed"


async def test_a_process_killed_with_a_checkpoint_under_way_loses_none(house: House, receiver: GatewayPeer):
    receiver.pause = 30.0
    arguments = (house.url, receiver.url, SECRET, NOON.isoformat())
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, *arguments, cwd=ROOT)
    async with asyncio.timeout(60):
        while not receiver.posts:
            await asyncio.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    receiver.pause = 0.0
    assert await house.outcomes(WEBHOOK) == [("begun", "")]
    assert await house.send(WEBHOOK)
    assert [one.told["data"]["again"] for one in receiver.posts] == [False, True]
    assert not await house.send(WEBHOOK)


async def test_before_and_after_the_message_a_kill_sends_none_twice_unsaid(
    house: House, receiver: GatewayPeer
):
    """Killed after it began to be written and before it was sent; and after its outcome was written."""
    begun = CheckpointOutcome(at=NOON, place=WEBHOOK, checkpoint=1, status=CheckpointStatus.BEGUN)
    await house.database.write(partial(checkpoint_outcomes.write, outcome=begun))
    assert await house.send(WEBHOOK)
    assert receiver.posts[0].told["data"]["again"]
    again = open_database(house.url)
    assert not await send_one(again, house.places, WEBHOOK, house.out, lambda: NOON)
    await again.close()


@pytest.fixture
def mail() -> Iterator[MailPeer]:
    with a_mail_server() as peer:
        yield peer


async def test_it_goes_by_mail_whole(house: House, mail: MailPeer):
    house.places = OutsidePlaces(mail="archive@city.example")
    assert not await house.send(MAIL)
    assert await house.outcomes(MAIL) == [("begun", ""), ("failed", "mail_is_off")]
    settings = {"host": HOST, "port": str(mail.port), "security": "none", "sender": "desk@city.example"}
    async with house.database.writing() as session:
        await keep(session, "mail", settings, enabled=True, at=NOON)
    mail.answers = ["451 busy"]
    assert not await house.send(MAIL, timedelta(minutes=1))
    assert await house.send(MAIL, timedelta(hours=1))
    (letter,) = mail.mails
    assert letter["To"] == "archive@city.example"
    assert "存证点 checkpoint 1" in letter["Subject"]
    assert "\n— huiying" in letter.get_content()


@pytest.fixture
def stamper(tmp_path: Path) -> Authority:
    return authority(tmp_path / "authority")


async def test_a_stamp_is_asked_for_verified_and_kept(
    house: House, receiver: GatewayPeer, stamper: Authority, tmp_path: Path
):
    house.places = replace(house.places, certificates=stamper.root.read_text())
    receiver.reply = partial(answer, stamper, tmp_path)
    assert await house.send(STAMP)
    assert receiver.posts[0].headers["content-type"] == "application/timestamp-query"
    (kept,) = await kept_stamps(house.database)
    assert (kept.size, kept.wrong, kept.stamp.authority) == (1, "", "CN=时间戳服务")
    assert not await house.send(STAMP)


@pytest.mark.parametrize("wrong", ["another_request", "certificates", "bytes", "long"])
async def test_a_stamp_that_does_not_hold_is_not_kept(
    house: House, receiver: GatewayPeer, stamper: Authority, tmp_path: Path, wrong: str
):
    other = stamper if wrong != "certificates" else authority(tmp_path / "other")
    house.places = replace(house.places, certificates=other.root.read_text())
    answers: dict[str, Callable[[bytes], bytes]] = {
        "another_request": lambda _: answer(stamper, tmp_path, request_for("another")),
        "certificates": partial(answer, stamper, tmp_path),
        "bytes": lambda _: json.dumps({"ok": True}).encode(),
        "long": lambda _: b"0" * 500_000,
    }
    receiver.reply = answers[wrong]
    assert not await house.send(STAMP)
    assert await kept_stamps(house.database) == ()
    assert (await house.outcomes(STAMP))[-1] == ("failed", "no_stamp")


def answer(stamper: Authority, folder: Path, question: bytes) -> bytes:
    file = folder / "question.tsq"
    file.write_bytes(question)
    return stamper.answer(file).read_bytes()
