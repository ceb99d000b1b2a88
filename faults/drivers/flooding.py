"""R23: one person floods one case with the largest permitted bodies;
others are served, and the clock fires.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median
from time import monotonic
from typing import Final

from bench.cases import OFFICE, RESPONDER, BenchStep, opening, registration, submission
from domain.steps.register import RecordConcern
from domain.terms.drill import DrillClock
from faults.clerk import Clerk, ClerkReply, clerk
from faults.fuzz.plan import DRILL_SCALE
from faults.fuzz.run import MONDAY
from faults.house import FaultyHouse, keeping
from faults.judging.stored import stored_case
from faults.outcome import Errand, Outcome
from workflows.client import connect, start
from workflows.converter import prepare

_SENDERS: Final = 8
_LONGEST: Final = 20_000  # characters of a text
_QUIET_SECONDS: Final = 10.0
SLOWER: Final = 2.0
_LATE_SECONDS: Final = 5.0
_TOO_MANY: Final = 429
_AGAIN_SECONDS: Final = 0.1  # who floods hears no "later"
_DRILL: Final = "inc-0000000000000000000000d1"


async def drive(errand: Errand, slower: float = SLOWER) -> Outcome:
    """So many seconds of flood.

    It is refused in words, other cases take `slower` times their time at most, limits are kept.
    """
    outcome = Outcome()
    prepare()
    async with keeping(errand.folder) as house:
        sender = await clerk(house)
        flooded, other = [
            await sender.open_case(f"r23-{errand.seed}-{each}") for each in ("flooded", "other")
        ]
        await _open_drill(house)
        quiet = await _pace(sender, other, "quiet", _QUIET_SECONDS)
        until = monotonic() + errand.times
        floods = [
            asyncio.create_task(_flood(sender, flooded, f"flood-{each}", until)) for each in range(_SENDERS)
        ]
        pressed = await _pace(sender, other, "pressed", errand.times)
        answers = [answer for flood in await asyncio.gather(*floods) for answer in flood]
        await sender.close()
        late = _lateness(house)
    outcome.tried, outcome.worked = len(pressed), sum(answer.is_done for _, answer in pressed)
    usual, then = (median(seconds for seconds, _ in paced) for paced in (quiet, pressed))
    outcome.figures = {
        "statuses": dict(Counter(answer.status for answer in answers)),
        "quiet p50 ms": round(usual * 1e3, 1),
        "pressed p50 ms": round(then * 1e3, 1),
        "clock late s": None if late is None else round(late, 2),
    }
    errand.say(f"R23: {outcome.figures}")
    outcome.findings += _refused_in_words(answers)
    if outcome.worked < outcome.tried:
        outcome.findings.append(f"{outcome.tried - outcome.worked} steps of somebody else were not taken")
    if then > slower * usual:
        outcome.findings.append(f"others took {then / usual:.1f} times as long")
    if late is None or late > _LATE_SECONDS:
        outcome.findings.append(f"the clock of another case was late by {late} s")
    return outcome


def _refused_in_words(answers: Sequence[ClerkReply]) -> list[str]:
    """Whether there was a refusal, each with words in both languages and the seconds to wait,
    and nothing but that.
    """
    refused = [answer for answer in answers if not answer.is_done]
    if not refused:
        return ["nobody was told that it is too much"]
    strange = Counter(answer.status for answer in refused if answer.status != _TOO_MANY)
    findings = [f"{count} answers of status {status}" for status, count in strange.items()]
    mute = [
        answer
        for answer in refused
        if answer.status == _TOO_MANY
        and not (answer.retry_after and answer.content.get("detail") and answer.content.get("detail_en"))
    ]
    return [*findings, f"{len(mute)} refusals without words"] if mute else findings


async def _open_drill(house: FaultyHouse) -> None:
    """A case whose limits fall due within seconds."""
    settings = house.settings
    client = await connect(settings.temporal_address, settings.temporal_namespace, settings.keys_dir)
    drill = DrillClock(epoch=datetime.now(UTC), origin=MONDAY, scale=DRILL_SCALE)
    opened = replace(opening(_DRILL, MONDAY), drill=drill)
    first = submission(registration(MONDAY, "R23"), datetime.now(UTC), "d" * 64, opened)
    await start(client, settings.task_queue, first)


async def _pace(sender: Clerk, incident_id: str, name: str, seconds: float) -> list[tuple[float, ClerkReply]]:
    """How long each step of somebody else took, one after the other, and how it was answered."""
    paced: list[tuple[float, ClerkReply]] = []
    until = monotonic() + seconds
    while monotonic() < until or not paced:
        began = monotonic()
        step = BenchStep(actor=OFFICE, command=RecordConcern(text=f"{name} {len(paced)}"))
        answer = await sender.give(incident_id, step, f"r23-{name}-{len(paced)}")
        paced.append((monotonic() - began, answer))
        await asyncio.sleep(0.5)
    return paced


async def _flood(sender: Clerk, incident_id: str, name: str, until: float) -> list[ClerkReply]:
    """The largest permitted body again and again, whatever is answered."""
    answers: list[ClerkReply] = []
    while monotonic() < until:
        text = f"{name} {len(answers)} ".ljust(_LONGEST, "占")
        step = BenchStep(actor=RESPONDER, command=RecordConcern(text=text))
        answers.append(await sender.give(incident_id, step, f"r23-{name}-{len(answers)}"))
        if not answers[-1].is_done:
            await asyncio.sleep(_AGAIN_SECONDS)
    return answers


def _lateness(house: FaultyHouse) -> float | None:
    """By how many real seconds the clock's decisions on the drill came late, at most;
    None where there is none.
    """
    late = [
        (decision.now - min(event.at for event in decision.events)).total_seconds() / DRILL_SCALE
        for decision in stored_case(house.ledger, _DRILL).decisions.values()
        if decision.cause.kind == "tick"
    ]
    return max(late, default=None)
