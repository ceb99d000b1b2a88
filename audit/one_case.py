"""The audit of one case: its log, the rules, the ledger and its Temporal histories, compared."""

import asyncio
import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession
from temporalio.client import Client, WorkflowHistory

from audit.calls import call_differences
from audit.decided import decided_again, folded, laws_of
from audit.destroyed import destroyed_case
from audit.differences import CaseReport, Difference, DifferenceKind
from audit.evidence import TOO_SLOW as _TOO_SLOW
from audit.healing import CaseFault
from audit.histories import EngineHistories, find, receipts
from audit.laws import law_differences
from audit.replay import Conductors, ReplayResult
from audit.replay_results import covered_from, history_differences, receipt_differences, repeated
from audit.restarts import uncovered
from audit.stored import StoredLog, ledger_differences, stored_log
from audit.texts import text_differences, text_notes
from storage.alarms import open_alarms
from storage.channels_on import WindowsOnce
from storage.codec import LAW
from storage.database import Database
from storage.healings import ended_for
from workflows.keys import Keyring
from workflows.opening import keys_of

_SETTLE_SECONDS: Final = 0.5
_LOOKS: Final = 3
_MAY_SETTLE: Final = frozenset({DifferenceKind.UNRECORDED, DifferenceKind.UNPROVEN})

_FORKED: Final = "decisions of a fork are kept and not in force"
_LEFT: Final = (
    "decisions from event {} on are not proven: nobody is shown them, and what a lost task left is struck"
)
_BROKE: Final = "a run that does not replay was ended by a healing, and the case begun anew from its log"
_NO_HISTORY: Final = "未能证实：历史未能取得（{0}）。 Unproven: no history could be asked for ({0})"
_REST: Final = (
    "未能证实：自第 {0} 号事件起的历史未能取得（{1}）。 Unproven: no history from event {0} on could be"
    " asked for ({1})"
)
_SLOW: Final = (
    "未能证实：本机太慢，历史没有重放完，请再核验一次。 Unproven: a history took too long to replay on this"
    " machine; verify again"
)
_CUT: Final = "recorded by 0.3, cut differently on replay; proved by its log"
_BROKEN_OFF: Final = "未能证实：核验这一件时中断（{0}）。 Unproven: the audit of this case broke off ({0})"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditContext:
    """Where cases are audited, and by what; when channels were on is read for all of them once."""

    database: Database
    client: Client | None
    keys: Keyring | None
    replayer: Conductors
    out_of_reach: bool
    windows: WindowsOnce = field(default_factory=WindowsOnce)


@dataclass(frozen=True, slots=True, kw_only=True)
class LawMet:
    """A law under which a case ran: in which event it stands, how it is named there,
    and the SHA-256 of all of it.
    """

    number: int
    digest: str
    edition: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """What the audit of one case came to, with the laws in it, which are compared between cases."""

    report: CaseReport
    laws: tuple[LawMet, ...] = ()


async def audited(place: AuditContext, incident_id: str) -> Audited:
    """Audit a case.

    Where the audit itself breaks off the case is unproven, and the others are audited all the same.
    """
    try:
        return await _settled(place, incident_id)
    except Exception as error:  # noqa: BLE001  whatever it is, this case was not looked at to its end
        return broken_off(incident_id, _BROKEN_OFF.format(type(error).__name__))


def broken_off(incident_id: str, why: str) -> Audited:
    """A case that could not be looked at, and why."""
    return Audited(
        report=CaseReport(
            incident_id=incident_id,
            events=0,
            runs=0,
            covered_from=None,
            withdrawn=0,
            differences=(),
            unproven=(why,),
        )
    )


async def _settled(place: AuditContext, incident_id: str) -> Audited:
    for _ in range(_LOOKS - 1 if place.client is not None else 0):  # an archive alone does not settle
        one = await _case(place, incident_id)
        if not any(difference.kind in _MAY_SETTLE for difference in one.report.differences):
            return one
        await asyncio.sleep(_SETTLE_SECONDS)
    return await _case(place, incident_id)


async def _case(place: AuditContext, incident_id: str) -> Audited:
    async with place.database.session() as session:
        if (destroyed := await destroyed_case(session, incident_id)) is not None:
            return Audited(report=destroyed)
        log = await stored_log(session, incident_id)
        differences = [*log.differences]
        differences += await law_differences(session, incident_id, log.decisions)
        differences += await _by_ledger(session, log)
        evidence = await find(session, place.client, incident_id, place.keys)
        differences += await _watched(session, incident_id)
        differences += await call_differences(session, incident_id, place.windows)
        keys = place.keys or (keys_of(place.client) if place.client else None)
        differences += await text_differences(session, log, keys)
        reduced = [note async for note in text_notes(session, incident_id)]
        ended = await ended_for(session, incident_id, CaseFault.DOES_NOT_REPLAY)
    results, broken = await _results(place.replayer, evidence, ended)
    differences += decided_again(incident_id, log.decisions, repeated(log, results))[0]
    by_history, unproven = _by_history(place, log, evidence, results)
    differences += [*evidence.differences, *by_history]
    first = covered_from(results) or 1
    if first > 1:
        async with place.database.session() as session:
            unproven.append(await uncovered(session, log, evidence.runs, first, differences))
    report = CaseReport(
        incident_id=incident_id,
        events=log.last_number,
        runs=len(evidence.runs),
        covered_from=covered_from(results),
        withdrawn=log.withdrawn,
        differences=tuple(differences),
        notes=(*_notes(log, results), *[_BROKE] * broken, *reduced),
        unproven=tuple(unproven),
    )
    return Audited(report=report, laws=tuple(_laws(log)))


def _laws(log: StoredLog) -> Iterator[LawMet]:
    for number, law in laws_of(log.decisions):
        whole = hashlib.sha256(LAW.dump_json(law)).hexdigest()
        yield LawMet(number=number, digest=law.digest, edition=law.edition, sha256=whole)


async def _results(
    replayer: Conductors, evidence: EngineHistories, ended: Collection[str]
) -> tuple[list[ReplayResult], int]:
    """What each run says, and how many of those that were `ended` for it break off.

    What such a run says before it breaks off counts; the rest stands in the log that the next was begun from.
    """
    results, broken = [], 0
    for run in evidence.runs:
        result = await _patiently(replayer, run)
        if result.failure is not None and run.run_id in ended:
            result, broken = replace(result, failure=None, incident=None), broken + 1
        results.append(result)
    return results, broken


async def _patiently(replayer: Conductors, run: WorkflowHistory) -> ReplayResult:
    """What a run says; a machine that is too slow for a step is asked again before that is told."""
    for _ in range(_LOOKS - 1):
        result = await replayer.replay(run)
        if _TOO_SLOW not in (result.failure or ""):
            return result
    return await replayer.replay(run)


def _notes(log: StoredLog, results: Sequence[ReplayResult]) -> Iterator[str]:
    yield from (_CUT for result in results if result.is_cut_differently)
    if log.last_number > log.proven:
        yield _LEFT.format(log.proven + 1)
    if log.forks:
        yield f"{len(log.forks)} {_FORKED}"


async def _watched(session: AsyncSession, incident_id: str) -> list[Difference]:
    """What the watch has found wrong with the case and not found right since."""
    return [
        Difference(
            incident_id=incident_id,
            number=None,
            kind=DifferenceKind.WATCH,
            expected="no alarm",
            actual=f"{alarm.kind} since {alarm.since.isoformat()}",
        )
        for alarm in await open_alarms(session)
        if alarm.subject == incident_id
    ]


async def _by_ledger(session: AsyncSession, log: StoredLog) -> list[Difference]:
    """The ledger against the case as far as it is proven: readers see no more."""
    fold = folded(log.decisions, log.proven)
    if fold.case is None:
        return [] if log.decisions else [_of_case(log, DifferenceKind.CHAIN, "an event log", "no row")]
    if fold.case.incident_id != log.incident_id:
        return [_of_case(log, DifferenceKind.CHAIN, "the log of this incident", fold.case.incident_id)]
    if log.proven >= log.last_number:
        short = [_cut_off(log)] if log.proven > log.last_number else []
        return [*short, *await ledger_differences(session, fold.case, log.seal)]
    return [] if fold.until is None else await ledger_differences(session, fold.until, log.proven_seal)


def _cut_off(log: StoredLog) -> Difference:
    return Difference(
        incident_id=log.incident_id,
        number=log.last_number + 1,
        kind=DifferenceKind.UNRECORDED,
        expected=f"events until {log.proven}, which were proven",
        actual=f"a log that ends with event {log.last_number}",
    )


def _by_history(
    place: AuditContext, log: StoredLog, evidence: EngineHistories, results: Sequence[ReplayResult]
) -> tuple[list[Difference], list[str]]:
    """Where log and histories part, and what of that could not be looked at."""
    is_silent = place.out_of_reach if place.client is None else bool(evidence.unreachable)
    why = evidence.unreachable or "none, neither archived nor on the server"
    if not evidence.runs:
        if is_silent:
            return [], [_NO_HISTORY.format(why)]
        return [_of_case(log, DifferenceKind.HISTORY_MISSING, "a Temporal history", why)], []
    if any(_TOO_SLOW in (result.failure or "") for result in results):
        return [], [_SLOW]
    dated = receipts(evidence.runs)
    parted = [*history_differences(log, results), *receipt_differences(log, results, dated)]
    unproven = []
    if is_silent and any(one.kind is DifferenceKind.UNPROVEN for one in parted):
        unproven.append(
            _REST.format(min(one.number or 1 for one in parted if one.kind is DifferenceKind.UNPROVEN), why)
        )
        parted = [one for one in parted if one.kind is not DifferenceKind.UNPROVEN]
    return parted, unproven


def _of_case(log: StoredLog, kind: DifferenceKind, expected: str, instead: str) -> Difference:
    return Difference(incident_id=log.incident_id, number=None, kind=kind, expected=expected, actual=instead)
