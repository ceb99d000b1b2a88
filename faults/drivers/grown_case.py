"""R22: a case grows to the size of a release, over a lost worker, a dead ledger and a rebuild;
its clock stays exact.
"""

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import median
from typing import Final

from temporalio.client import Client

from bench import big_ledger
from bench.cases import OFFICE, RESPONDER, BenchStep
from domain.bounds import CASE
from domain.case.records import Evidence, Source
from domain.law.levels import Metrics
from domain.steps.close import RecordHandling
from domain.steps.register import AddSource, RecordConcern, RecordMetrics
from domain.steps.report import ReportUp
from domain.steps.respond import DraftResponse, RecordInternalReply
from domain.terms.vocabulary import ObligationKind, Platform, PublicationForm
from faults.clerk import Clerk, clerk
from faults.drivers.slow_ledger import audited
from faults.house import FaultyHouse, huiying, keeping
from faults.judging.stored import stored_case
from faults.outcome import Errand, Outcome
from settings import Settings
from workflows.client import connect

CARRIED: Final = 512 * 1024  # bytes by which a case goes on anew
PAGE: Final = 150 * 1024  # bytes as they travel
_POSTS, _COUNTS, _DRAFTS, _OTHERS = 50, 20, 3, 50  # for each per cent of the size of a release
_LETTERS: Final = 1_000  # of a text
_LIMIT: Final = timedelta(hours=48)
_LATE_SECONDS: Final = 5.0
_DEAD_SECONDS: Final = 4.0
_INSISTED_SECONDS: Final = 300.0  # a machine whose disk stands still for a while must not end a run of hours
_TRIES: Final = 5
_PLENTY: Final = {"HUIYING_TEXT_A_MINUTE": str(2**30), "HUIYING_STEPS_A_MINUTE": "100000"}
_HAN: Final = [chr(code) for code in range(0x4E00, 0x9FA5)]


async def drive(errand: Errand) -> Outcome:
    """So many per cent of 5,000 posts, 2,000 counts, 300 drafts and 5,000 other steps, given over HTTP."""
    outcome = Outcome()
    async with keeping(errand.folder, _PLENTY) as house:
        client = await connect(
            house.settings.temporal_address, house.settings.temporal_namespace, house.settings.keys_dir
        )
        sender = await clerk(house)
        fresh = await sender.open_case(f"r22-{errand.seed}-fresh")
        left = timedelta(seconds=20 + 6 * errand.times)  # longer than its steps take where nothing else runs
        grown = await sender.open_case(f"r22-{errand.seed}-grown", _LIMIT - left)
        before = await _pages(house, fresh)
        first = await _run_id(client, grown)
        await _grow(house, sender, grown, errand, outcome)
        if await _run_id(client, grown) == first:
            outcome.findings.append("the case never went on anew")
        await _weighed(house, client, grown, outcome, "carried")
        await _rebuilt(house, client, grown, outcome)
        await _due(house, grown, outcome)
        last = BenchStep(actor=RESPONDER, command=RecordInternalReply(note="仍可办理"))
        await sender.insist_on(grown, last, f"r22-{errand.seed}-last")
        await sender.close()
        outcome.findings += await audited(house)
        _compare(outcome, before, await _pages(house, grown))
        outcome.figures["page over a fresh one"] = round(await _over_a_fresh_one(house, grown, fresh), 2)
    errand.say(f"R22: {outcome.figures}")
    return outcome


async def _grow(
    house: FaultyHouse, sender: Clerk, incident_id: str, errand: Errand, outcome: Outcome
) -> None:
    """All steps, four senders at once; amid them the worker is lost and the ledger is dead for a while."""
    drawn = random.Random(errand.seed)
    streams = (_posts, _counts, _drafts, _others)
    senders = [
        asyncio.create_task(_give(sender, incident_id, stream(drawn, errand.times), stream.__name__, outcome))
        for stream in streams
    ]
    await asyncio.wait(senders, timeout=5)
    await house.kill("worker")
    await asyncio.wait(senders, timeout=5)
    with house.locked():
        await asyncio.sleep(_DEAD_SECONDS)
    await asyncio.gather(*senders)


async def _give(
    sender: Clerk, incident_id: str, steps: Iterator[BenchStep], name: str, outcome: Outcome
) -> None:
    for ordinal, step in enumerate(steps):
        outcome.tried += 1
        await sender.insist_on(incident_id, step, f"r22{name}-{ordinal}", _INSISTED_SECONDS)
        outcome.worked += 1


def _text(drawn: random.Random, letters: int = _LETTERS) -> str:
    return "".join(drawn.choices(_HAN, k=letters))


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _posts(drawn: random.Random, share: int) -> Iterator[BenchStep]:
    platforms = (Platform.DOUYIN, Platform.WEIBO, Platform.WECHAT, Platform.SUPERIOR)
    for number in range(_POSTS * share):
        source = Source(
            at=_now(),
            platform=platforms[number % 4],
            gist=_text(drawn),
            url=f"https://posts.example/{number}",
        )
        yield BenchStep(actor=OFFICE, command=AddSource(source=source))


def _counts(drawn: random.Random, share: int) -> Iterator[BenchStep]:
    posts = 15
    for _ in range(_COUNTS * share):
        posts += drawn.randrange(2)
        metrics = Metrics(at=_now(), posts=posts, reads=34_000 + posts, comments=610 + posts, local=1)
        yield BenchStep(actor=OFFICE, command=RecordMetrics(metrics=metrics))


def _drafts(drawn: random.Random, share: int) -> Iterator[BenchStep]:
    for number in range(_DRAFTS * share):
        draft = DraftResponse(
            form=PublicationForm.SITUATION_NOTICE,
            title=f"关于有关情况的通报（第{number}稿）",
            facts=_text(drawn),
            measures=_text(drawn),
            result=_text(drawn),
            evidence=(Evidence(url=f"https://archive.example/{number}", sha256="a" * 64),),
        )
        yield BenchStep(actor=RESPONDER, command=draft)


def _others(drawn: random.Random, share: int) -> Iterator[BenchStep]:
    for number in range(_OTHERS * share):
        match number % 4:
            case 0:
                yield BenchStep(actor=RESPONDER, command=ReportUp(to=OFFICE.unit, report=_text(drawn)))
            case 1:
                yield BenchStep(actor=RESPONDER, command=RecordHandling(text=_text(drawn)))
            case 2:
                yield BenchStep(actor=OFFICE, command=RecordConcern(text=_text(drawn, 40)))
            case _:
                yield BenchStep(actor=RESPONDER, command=RecordInternalReply(note=_text(drawn)))


async def _run_id(client: Client, incident_id: str) -> str:
    return str((await client.get_workflow_handle(incident_id).describe()).run_id)


async def _weighed(house: FaultyHouse, client: Client, incident_id: str, outcome: Outcome, name: str) -> None:
    """What the present run began with, and the state in the ledger."""
    began = await anext(aiter(_history(client, incident_id)))
    outcome.figures[f"{name} KB"] = round(began / 1024, 1)
    outcome.figures["state KB"] = round((state := _state(house, incident_id)) / 1024, 1)
    if began > CARRIED:
        outcome.findings.append(f"{name}: the case goes on with {began} bytes")
    if state > CASE:
        outcome.findings.append(f"{name}: the state has {state} bytes")


async def _history(client: Client, incident_id: str) -> AsyncIterator[int]:
    """The bytes of the input of the first event."""
    async for event in client.get_workflow_handle(incident_id).fetch_history_events(page_size=1):
        yield event.workflow_execution_started_event_attributes.input.ByteSize()
        return


def _state(house: FaultyHouse, incident_id: str) -> int:
    with closing(sqlite3.connect(f"file:{house.ledger}?mode=ro", uri=True)) as ledger:
        (state,) = ledger.execute(
            "SELECT state FROM snapshot JOIN incident USING (position) WHERE incident_id = ?", (incident_id,)
        ).fetchone()
    return len(state.encode())


async def _rebuilt(house: FaultyHouse, client: Client, incident_id: str, outcome: Outcome) -> None:
    """Its workflow is taken away; the administrator's command, or the watch before it,
    starts it from the log.
    """
    before = await _run_id(client, incident_id)
    await client.get_workflow_handle(incident_id).terminate("R22")
    status, said = await huiying(house.settings, "rebuild", "workflows")
    if status != 0:
        outcome.findings.append(f"rebuild: {said[-500:]}")
    if await _run_id(client, incident_id) == before:
        outcome.findings.append("the case was not started anew")
    await _weighed(house, client, incident_id, outcome, "rebuilt")


async def _due(house: FaultyHouse, incident_id: str, outcome: Outcome) -> None:
    """Its answer falls due while the ledger is dead, or fell due amid the steps:
    the breach is stamped with that second.
    """
    due_at = _due_at(house, incident_id)
    if (wait := (due_at - datetime.now(UTC)).total_seconds() - _DEAD_SECONDS / 2) > 0:
        await asyncio.sleep(wait)
        with house.locked():
            await asyncio.sleep(_DEAD_SECONDS)
    outcome.figures["due before the end"] = wait > 0
    for _ in count():
        breaches = [
            (event.at, decision.now)
            for decision in stored_case(house.ledger, incident_id).decisions.values()
            for event in decision.events
            if event.kind == "obligation_breached" and event.obligation.startswith(ObligationKind.RESP48)
        ]
        if breaches or datetime.now(UTC) > due_at + timedelta(seconds=60):
            break
        await asyncio.sleep(0.5)
    if [at for at, _ in breaches] != [due_at]:
        outcome.findings.append(f"due at {due_at}, breached at {[str(at) for at, _ in breaches]}")
        return
    late = (breaches[0][1] - due_at).total_seconds()
    outcome.figures["clock late s"] = late
    if wait > 0 and late > _LATE_SECONDS:
        outcome.findings.append(f"the clock was late by {late} s")


def _due_at(house: FaultyHouse, incident_id: str) -> datetime:
    first = stored_case(house.ledger, incident_id).decisions[1]
    return next(event.obligation.due_at for event in first.events if event.kind == "obligation_opened")


async def _pages(house: FaultyHouse, incident_id: str) -> dict[str, big_ledger.TimedPage]:
    """The page of a case, the board and the wall, over the ledger of the house."""
    named = {"case": f"/incidents/{incident_id}", "board": "/", "wall": "/wall"}
    timings = await big_ledger.pages(_open(house), tuple(named.values()), 2)
    return {name: timings[path] for name, path in named.items()}


async def _over_a_fresh_one(house: FaultyHouse, grown: str, fresh: str) -> float:
    """How many times as long the page of a grown case takes: asked in turn, the medians."""
    paths = [f"/incidents/{incident_id}" for incident_id in (grown, fresh)]
    taken: dict[str, list[float]] = {path: [] for path in paths}
    async with big_ledger.looking(_open(house)) as look:
        for _ in range(_TRIES):
            timings = await look(paths, 3)
            for path in paths:
                taken[path].append(timings[path].p95_milliseconds)
    first, second = (median(taken[path]) for path in paths)
    return first / second


def _open(house: FaultyHouse) -> Settings:
    return house.settings.model_copy(update={"pages_open": True, "log_level": "error"})


def _compare(
    outcome: Outcome, before: dict[str, big_ledger.TimedPage], after: dict[str, big_ledger.TimedPage]
) -> None:
    case = after["case"]
    outcome.figures["page KB"] = round(case.size / 1024, 1)
    if case.size > PAGE:
        outcome.findings.append(f"the page has {case.size} bytes")
    for name in ("board", "wall"):
        old, new = before[name], after[name]
        outcome.figures[f"{name}, bytes and statements"] = (
            old.size,
            new.size,
            old.statements,
            new.statements,
        )
        if new.statements != old.statements or new.size > 1.2 * old.size:
            outcome.findings.append(f"{name}: {old} became {new}")
