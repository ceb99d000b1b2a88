"""The event log compared with what the replayed histories say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from audit.decided import folded
from audit.differences import Difference, DifferenceKind, decisions_part, first_difference
from audit.replay import ReplayResult
from audit.stored import StoredLog
from domain.case.state import Incident
from domain.catalogue import Decision, Submission
from storage.event_log import decision_text
from workflows.incident import KEPT_RECEIPTS
from workflows.payloads import Receipt, receipt_key

_GRACE: Final = timedelta(seconds=60)


def covered_from(results: Sequence[ReplayResult]) -> int | None:
    """The number of the first event that the histories cover; None without any."""
    begins = [_begin(result) for result in results if result.began is not None]
    return min(begins, default=0) + 1 if begins else None


def _begin(result: ReplayResult) -> int:
    carried = result.began.incident if result.began else None
    return carried.event_number if carried else 0


def history_differences(log: StoredLog, results: Sequence[ReplayResult]) -> Iterator[Difference]:
    """Where log and histories part.

    1. A run that breaks off while it is replayed.
    2. A run that was begun with another case, or other commands applied, than the log then held.
    3. A decision of the history that the log holds otherwise, or not at all,
       unless it is kept as one of a fork.
    4. A decision of the log that no history has, from the first that they cover on, as far as readers are
       shown the log: what a lost workflow task left behind that is struck by the next decision, and told in a
       note.
    """
    decisions = {decision.first_number: decision for decision in log.decisions}
    proven: set[int] = set()
    for place, result in enumerate(results):
        if result.is_cut_differently:
            proven |= _of_run(log, results, place)
        if result.failure is not None:
            yield _difference(log, None, DifferenceKind.REPLAY, "a history that replays", result.failure)
        yield from _begun_otherwise(log, result)
        for decided in result.decisions:
            proven.add(decided.first_number)
            if not (log.forks and decision_text(decided) in log.forks):
                yield from _decided_otherwise(log, decided, decisions.get(decided.first_number))
        yield from _not_handed_over(log, result)
    yield from _unproven(log, results, proven)


def repeated(log: StoredLog, results: Sequence[ReplayResult]) -> frozenset[int]:
    """The decisions of the log that a replay took again, each by the number of its first event: whoever
    compares the log with the rules need not ask them a second time.

    The workflow asks the same rules. Those of a run count as far as all before them, from its registration
    on or from a case that is the log's, are the log's; what it began with was taken by the run before.
    """
    decisions = {stored.first_number: stored for stored in log.decisions}
    numbers: set[int] = set()
    for result in results:
        if result.began is None or not _begun_alike(log, result.began.incident):
            continue
        last = _begin(result)
        for decided in result.decisions:
            if decided.first_number <= last:
                continue
            if decided.first_number != last + 1 or decided != decisions.get(decided.first_number):
                break
            numbers.add(decided.first_number)
            last = decided.last_number
    return frozenset(numbers)


def _begun_alike(log: StoredLog, began: Incident | None) -> bool:
    if began is None:
        return True
    return folded(log.decisions, began.event_number).until == began


def _of_run(log: StoredLog, results: Sequence[ReplayResult], place: int) -> set[int]:
    """The decisions of the log from the beginning of one run to that of the next."""
    following = results[place + 1 : place + 2]
    end = _begin(following[0]) if following else log.last_number
    began = _begin(results[place])
    return {stored.first_number for stored in log.decisions if began < stored.first_number <= end}


def _decided_otherwise(log: StoredLog, decided: Decision, stored: Decision | None) -> Iterator[Difference]:
    if stored is not None:
        difference = decisions_part(log.incident_id, DifferenceKind.HISTORY, decided, stored)
        yield from (difference,) if difference else ()
        return
    kinds = ", ".join(event.kind for event in decided.events)
    beginning = f"a log that ends with event {log.last_number}"
    if decided.first_number <= log.last_number:
        beginning = "no decision that begins here"
    yield _difference(log, decided.first_number, DifferenceKind.UNRECORDED, kinds, beginning)


def _not_handed_over(log: StoredLog, result: ReplayResult) -> Iterator[Difference]:
    """What the case had decided when the history ends, and had not yet handed over to be recorded."""
    if result.incident is None:
        return
    last = result.decisions[-1].last_number if result.decisions else _begin(result)
    if result.incident.event_number > max(last, log.last_number):
        until = f"events until {result.incident.event_number}"
        yield _difference(
            log, last + 1, DifferenceKind.UNRECORDED, until, f"a log that ends with event {log.last_number}"
        )


def _unproven(log: StoredLog, results: Sequence[ReplayResult], proven: set[int]) -> Iterator[Difference]:
    first = covered_from(results) or 1
    # A run that began from a case holds what that case was folded from, which is compared where it began.
    carried = max(map(_begin, results), default=0)
    proven |= {stored.first_number for stored in log.decisions if stored.last_number <= carried}
    for stored in log.decisions:
        if first <= stored.first_number <= log.proven and stored.first_number not in proven:
            kinds = ", ".join(event.kind for event in stored.events)
            yield _difference(
                log, stored.first_number, DifferenceKind.UNPROVEN, "a decision of the history", kinds
            )


def _begun_otherwise(log: StoredLog, result: ReplayResult) -> Iterator[Difference]:
    began = result.began
    if began is None or began.incident is None:
        return
    number = began.incident.event_number
    before = tuple(decision for decision in log.decisions if decision.last_number <= number)
    case = folded(before, number).case
    if (difference := first_difference(began.incident, case)) is not None:
        yield _difference(
            log,
            number,
            DifferenceKind.CARRIED,
            f"{difference.place} {difference.expected}",
            difference.actual,
        )
    receipts = began.applied or {}
    for command_id, receipt in applied(before).items():
        receipt_of = receipts.get(command_id)
        if receipt_of is None or replace(receipt_of, lineage="", body="") != receipt:
            yield _difference(
                log, receipt.event_number, DifferenceKind.CARRIED, f"command {command_id} applied", "not so"
            )


def applied(decisions: Sequence[Decision]) -> dict[str, Receipt]:
    """The commands that decisions applied of late, by their ids, each with its answer;
    the first under an id counts.

    Whether a body with texts that is sent again is the same, whoever reads the log tells.
    """
    receipts: dict[str, Receipt] = {}
    for decided in decisions:
        cause = decided.cause
        if isinstance(cause, Submission):
            receipt = Receipt(event_number=decided.last_number, digest=cause.digest)
            receipts.setdefault(receipt_key(cause), receipt)
    return dict(islice(receipts.items(), max(len(receipts) - KEPT_RECEIPTS, 0), None))


def receipt_differences(
    log: StoredLog, results: Sequence[ReplayResult], dated: Mapping[tuple[str, str], datetime]
) -> Iterator[Difference]:
    """Steps handed over by signal whose `received_at` is not within 60 s of the signal's date
    in the history.
    """
    first = covered_from(results)
    for stored in log.decisions:
        cause = stored.cause
        if (
            first is None
            or stored.first_number < first
            or not isinstance(cause, Submission)
            or not cause.deferred
        ):
            continue
        at = dated.get((cause.command_id, cause.digest))
        if at is None:
            yield _difference(
                log, stored.first_number, DifferenceKind.RECEIPT, "a signal in the history", "none"
            )
        elif abs(at - cause.received_at) > _GRACE:
            expected = f"received_at within 60 s of {at.isoformat()}"
            yield _difference(
                log, stored.first_number, DifferenceKind.RECEIPT, expected, cause.received_at.isoformat()
            )


def _difference(
    log: StoredLog, number: int | None, kind: DifferenceKind, expected: str, actual: str
) -> Difference:
    return Difference(incident_id=log.incident_id, number=number, kind=kind, expected=expected, actual=actual)
