"""R23: one person floods one case with the largest permitted bodies; others are served, and the clock fires."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median
from time import monotonic
from typing import Final

from bench.cases import RESPONDER, Step, opening, registration, submission
from domain.steps.register import RecordConcern
from domain.terms.drill import DrillClock
from faults.clerk import Clerk, clerk
from faults.fuzz.plan import DRILL_SCALE
from faults.fuzz.run import MONDAY
from faults.house import House, keeping
from faults.judging.stored import stored_case
from faults.outcome import Errand, Outcome
from workflows.client import connect, start
from workflows.converter import prepare

_SENDERS: Final = 8
_LONGEST: Final = 20_000  # characters of a text
_QUIET_SECONDS: Final = 10.0
_SLOWER: Final = 2.0
_LATE_SECONDS: Final = 5.0
_TOO_MANY: Final = "429"
_DRILL: Final = "inc-0000000000000000000000d1"


async def drive(errand: Errand) -> Outcome:
    """So many seconds of flood. It is refused in words, other cases take twice their time at most, limits are kept."""
    outcome = Outcome()
    prepare()
    async with keeping(errand.folder) as house:
        sender = await clerk(house)
        flooded, other = [
            await sender.open_case(f"r23-{errand.seed}-{each}") for each in ("flooded", "other")
        ]
        await _open_drill(house)
        quiet = await _pace(sender, other, "quiet", _QUIET_SECONDS)
        statuses: Counter[str] = Counter()
        until = monotonic() + errand.times
        floods = [
            asyncio.create_task(_flood(sender, flooded, f"flood-{each}", until, statuses))
            for each in range(_SENDERS)
        ]
        pressed = await _pace(sender, other, "pressed", errand.times)
        await asyncio.gather(*floods)
        await sender.close()
        late = _lateness(house)
    outcome.tried, outcome.worked = len(pressed), sum(seconds < _LATE_SECONDS for seconds in pressed)
    outcome.seen = {
        "statuses": dict(statuses),
        "quiet p50 ms": round(median(quiet) * 1e3, 1),
        "pressed p50 ms": round(median(pressed) * 1e3, 1),
        "clock late s": None if late is None else round(late, 2),
    }
    errand.say(f"R23: {outcome.seen}")
    if not statuses[_TOO_MANY]:
        outcome.findings.append("nobody was told that it is too much")
    if median(pressed) > _SLOWER * median(quiet):
        outcome.findings.append(f"others took {median(pressed) / median(quiet):.1f} times as long")
    if late is None or late > _LATE_SECONDS:
        outcome.findings.append(f"the clock of another case was late by {late} s")
    return outcome


async def _open_drill(house: House) -> None:
    """A case whose limits fall due within seconds."""
    settings = house.settings
    client = await connect(settings.temporal_address, settings.temporal_namespace)
    drill = DrillClock(epoch=datetime.now(UTC), origin=MONDAY, scale=DRILL_SCALE)
    opened = replace(opening(_DRILL, MONDAY), drill=drill)
    first = submission(registration(MONDAY, "R23"), datetime.now(UTC), "d" * 64, opened)
    await start(client, settings.task_queue, first)


async def _pace(sender: Clerk, incident_id: str, name: str, seconds: float) -> list[float]:
    """How long each step of somebody else took, one after the other."""
    taken: list[float] = []
    until = monotonic() + seconds
    while monotonic() < until or not taken:
        began = monotonic()
        step = Step(actor=RESPONDER, command=RecordConcern(text=f"{name} {len(taken)}"))
        await sender.give(incident_id, step, f"r23-{name}-{len(taken)}")
        taken.append(monotonic() - began)
        await asyncio.sleep(0.5)
    return taken


async def _flood(sender: Clerk, incident_id: str, name: str, until: float, statuses: Counter[str]) -> None:
    """The largest permitted body again and again, whatever is answered."""
    given = 0
    while monotonic() < until:
        given += 1
        text = f"{name} {given} ".ljust(_LONGEST, "占")
        step = Step(actor=RESPONDER, command=RecordConcern(text=text))
        answer = await sender.give(incident_id, step, f"r23-{name}-{given}")
        statuses[str(answer.status)] += 1


def _lateness(house: House) -> float | None:
    """By how many real seconds the clock's decisions on the drill came late, at most; None where there is none."""
    late = [
        (decision.now - min(event.at for event in decision.events)).total_seconds() / DRILL_SCALE
        for decision in stored_case(house.ledger, _DRILL).decisions.values()
        if decision.cause.kind == "tick"
    ]
    return max(late, default=None)
