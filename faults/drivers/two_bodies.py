"""R24: one key with two bodies, over a restart of the web and over two web processes,
with a worker and without.
"""

import asyncio
import os
import signal
from contextlib import suppress
from typing import Final

from bench.cases import RESPONDER, BenchStep
from bench.processes import BenchProgram, free_settings
from deploy import probe
from deploy.supervisor import web_command
from domain.steps.register import RecordConcern
from faults.clerk import Clerk, ClerkReply, clerk
from faults.drivers.slow_ledger import audited
from faults.house import FaultyHouse, keeping
from faults.outcome import Errand, Outcome

AT_ONCE: Final = 5  # keys of each kind; a round has four kinds
_SECONDS: Final = 60.0
_REFUSED: Final = 422


async def drive(errand: Errand) -> Outcome:
    """So many keys; the second body is refused, carried out or told of, never acknowledged and dropped."""
    outcome = Outcome()
    async with keeping(errand.folder) as house:
        other = _another_web(house)
        await _ready(house, other)
        senders = [await clerk(house), await clerk(house, port=other[1])]
        for turn in range(max(1, errand.times // (4 * AT_ONCE))):
            await _round(house, senders, f"r24-{errand.seed}-{turn}", outcome)
            errand.say(f"R24: {outcome.tried} of {errand.times} keys, {len(outcome.findings)} findings")
        for sender in senders:
            await sender.close()
        other[0].stop()
        outcome.findings += await audited(house)
    return outcome


def _another_web(house: FaultyHouse) -> tuple[BenchProgram, int]:
    """A second web process over the same ledger and engine, and its port."""
    port = free_settings(house.settings.var_dir).web_port
    second = house.settings.model_copy(update={"web_port": port})
    return BenchProgram("web-2", web_command(second), second), port


async def _ready(house: FaultyHouse, other: tuple[BenchProgram, int]) -> None:
    async with asyncio.timeout(_SECONDS):
        await probe.until_ok(house.settings.host, other[1], "/readyz")


async def _round(house: FaultyHouse, senders: list[Clerk], name: str, outcome: Outcome) -> None:
    """Both bodies with a worker, then without one; the web is restarted between the bodies
    of half of the keys.
    """
    one, two = senders
    cases = [await one.open_case(f"{name}-{ordinal}") for ordinal in range(AT_ONCE)]
    for has_worker in (True, False):
        worker = await house.another("worker", None)
        if not has_worker:
            os.kill(worker, signal.SIGSTOP)
        kinds = [f"{name}-{'worker' if has_worker else 'alone'}-{kind}" for kind in ("webs", "restart")]
        webs, restart = kinds
        firsts = await _all(one, cases, webs, "first"), await _all(one, cases, restart, "first")
        seconds = [await _all(two, cases, webs, "second")]
        await house.kill("web")
        await house.ready() if has_worker else await _up(house)
        seconds.append(await _all(one, cases, restart, "second"))
        if not has_worker:
            with suppress(ProcessLookupError):  # one that hangs for long is started again
                os.kill(worker, signal.SIGCONT)
        for kind, first, second in zip(kinds, firsts, seconds, strict=True):
            outcome.findings += await _judged(one, cases, kind, first, second)
            outcome.tried += len(cases)
            outcome.worked += sum(answer.is_done for answer in first)


async def _up(house: FaultyHouse) -> None:
    async with asyncio.timeout(_SECONDS):
        await probe.until_ok(house.settings.host, house.settings.web_port, "/healthz")


async def _all(sender: Clerk, cases: list[str], key: str, body: str) -> list[ClerkReply]:
    """One body under one key on each case."""
    steps = [BenchStep(actor=RESPONDER, command=RecordConcern(text=f"{key} {body}")) for _ in cases]
    pairs = zip(cases, steps, strict=True)
    return await asyncio.gather(*(sender.give(case, step, key) for case, step in pairs))


async def _judged(
    sender: Clerk, cases: list[str], key: str, first: list[ClerkReply], second: list[ClerkReply]
) -> list[str]:
    """What was acknowledged and is neither in the case nor told of, once the record has caught up."""
    answers = [*zip(first, second, strict=True)]
    wanted = [
        [f"{key} {body}" for body, answer in zip(("first", "second"), both, strict=True) if answer.is_done]
        for both in answers
    ]
    are_shown = await asyncio.gather(
        *(_shown(sender, case, texts) for case, texts in zip(cases, wanted, strict=True))
    )
    return [
        f"{case}: {key} was answered {one.status} and {two.status}, and not all of it is there or told of"
        for case, (one, two), is_shown in zip(cases, answers, are_shown, strict=True)
        if not is_shown
    ]


async def _shown(sender: Clerk, incident_id: str, wanted: list[str]) -> bool:
    """Whether each text is in the events, or a refusal of its step is."""
    for _ in range(40):
        answer = await sender.ask("GET", f"/api/v1/incidents/{incident_id}/events?limit=200")
        content = str(answer.content)
        missing = [text for text in wanted if text not in content]
        if len(missing) <= content.count("submission_refused"):
            return True
        await asyncio.sleep(0.5)
    return False
