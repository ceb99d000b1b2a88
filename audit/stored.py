"""What the database says of one incident, read in one transaction,
and whether it holds together by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from audit.differences import Difference, DifferenceKind, first_difference
from audit.submissions import submission_differences
from domain.case.state import Incident
from domain.catalogue import Decision
from storage import event_log
from storage.codec import DECISION
from storage.healings import forked_texts
from storage.projection import incident_values, obligation_values
from storage.proof import proven
from storage.reduced_rows import reduced_rows_of
from storage.snapshots import snapshot
from storage.tables import (
    EventLogRow,
    IncidentReaderRow,
    IncidentRow,
    IncidentUnitRow,
    ObligationRow,
    WithdrawnDecisionRow,
)

_CALLED_FOR = {
    "hash": "a text that matches its seal",
    "beginning": "the first decision",
    "numbers": "the number after the last",
    "previous_hash": "the seal of the decision before",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLog:
    """The event log of one incident: its decisions as far as they can be read,
    and what is wrong with its rows.

    `forks` are the texts of decisions that a healing kept as those of a fork.
    `proven` is the number of the last event that Temporal is known to hold, sealed by `proven_seal`.
    """

    incident_id: str
    decisions: tuple[Decision, ...]
    seal: str
    proven: int = 0
    proven_seal: str = ""
    withdrawn: int = 0
    forks: frozenset[str] = frozenset()
    differences: tuple[Difference, ...]

    @property
    def last_number(self) -> int:
        """The number of the last event, 0 when there is none."""
        return self.decisions[-1].last_number if self.decisions else 0


async def stored_log(session: AsyncSession, incident_id: str) -> StoredLog:
    """Read an incident's log and check its chain."""
    rows = await event_log.rows(session, incident_id, unproven=True)
    number = await proven(session, incident_id)
    reduced = await reduced_rows_of(session, incident_id)
    decisions, unreadable = _read(incident_id, rows)
    if unreadable:  # the chain's own check would stumble over them
        faults = [
            event_log.ChainError(number=row.first_number, what="hash")
            for row in rows
            if not event_log.is_sealed(row, reduced)
        ]
    else:
        faults = event_log.chain_faults(incident_id, rows, decisions, reduced)
    return StoredLog(
        incident_id=incident_id,
        decisions=decisions,
        seal=rows[-1].hash if rows else "",
        proven=number,
        proven_seal=next((row.hash for row in rows if row.last_number == number), ""),
        withdrawn=await _withdrawn(session, incident_id),
        forks=await forked_texts(session, incident_id),
        differences=(
            *(_named(incident_id, fault) for fault in faults),
            *unreadable,
            *submission_differences(incident_id, rows, reduced),
        ),
    )


async def _withdrawn(session: AsyncSession, incident_id: str) -> int:
    of_incident = col(WithdrawnDecisionRow.incident_id) == incident_id
    return (await session.execute(select(func.count()).where(of_incident))).scalar_one()


def _read(incident_id: str, rows: Sequence[EventLogRow]) -> tuple[tuple[Decision, ...], list[Difference]]:
    decisions, unreadable = [], []
    for row in rows:
        try:
            decisions.append(DECISION.validate_json(row.decision))
        except ValidationError as error:
            unreadable.append(
                Difference(
                    incident_id=incident_id,
                    number=row.first_number,
                    kind=DifferenceKind.UNREADABLE,
                    expected="a decision of this release",
                    actual=_first_problem(error),
                )
            )
    return tuple(decisions), unreadable


def _first_problem(error: ValidationError) -> str:
    """Where a record does not read, without its content."""
    problem = error.errors(include_input=False, include_url=False)[0]
    return f"{problem['type']} at {'.'.join(map(str, problem['loc']))}"


def _named(incident_id: str, fault: event_log.ChainError) -> Difference:
    return Difference(
        incident_id=incident_id,
        number=fault.number,
        kind=DifferenceKind.CHAIN,
        expected=_CALLED_FOR.get(fault.what, "the column as the decision has it"),
        actual=f"another {fault.what}",
    )


async def ledger_differences(session: AsyncSession, folded: Incident, seal: str) -> list[Difference]:
    """Where the ledger's row, snapshot, obligations and units are not what the log,
    ending with `seal`, folds to.
    """
    statement = select(IncidentRow).where(col(IncidentRow.incident_id) == folded.incident_id)
    row = (await session.execute(statement)).scalars().first()
    if row is None:
        return [_of_ledger(folded, "a row", "none")]
    expected = {**incident_values(folded), "hash": seal}
    differences = list(_columns(folded, "incident", expected, row))
    differences += await _snapshot_differences(session, folded)
    obligations = (
        select(ObligationRow)
        .where(col(ObligationRow.position) == row.position)
        .order_by(col(ObligationRow.ordinal))
    )
    rows = (await session.execute(obligations)).scalars().all()
    owed = list(obligation_values(folded))
    if len(owed) != len(rows):
        differences.append(_of_ledger(folded, f"{len(owed)} obligations", str(len(rows))))
    for values, obligation in zip(owed, rows, strict=False):
        differences += _columns(folded, f"obligation {values['id']}", values, obligation)
    units = select(col(IncidentUnitRow.unit)).where(col(IncidentUnitRow.position) == row.position)
    named = sorted((await session.execute(units)).scalars())
    if named != sorted(folded.concerned_units):
        differences.append(_of_ledger(folded, f"units {sorted(folded.concerned_units)}", str(named)))
    readers = select(col(IncidentReaderRow.person)).where(col(IncidentReaderRow.position) == row.position)
    named = sorted((await session.execute(readers)).scalars())
    if named != sorted(folded.readers):
        differences.append(_of_ledger(folded, f"readers {sorted(folded.readers)}", str(named)))
    return differences


async def _snapshot_differences(session: AsyncSession, folded: Incident) -> list[Difference]:
    try:
        state = await snapshot(session, folded.incident_id)
    except ValidationError as error:
        return [_of_ledger(folded, "a snapshot of this release", _first_problem(error))]
    if state is None:
        return [_of_ledger(folded, "a snapshot", "none")]
    difference = first_difference(folded, state.state)
    return (
        []
        if difference is None
        else [_of_ledger(folded, f"{difference.place} {difference.expected}", difference.actual)]
    )


def _columns(folded: Incident, of: str, expected: dict[str, object], row: SQLModel) -> Iterator[Difference]:
    for name, value in expected.items():
        if getattr(row, name) != value:
            yield _of_ledger(folded, f"{of} {name} {value}", str(getattr(row, name)))


def _of_ledger(folded: Incident, expected: str, actual: str) -> Difference:
    return Difference(
        incident_id=folded.incident_id,
        number=folded.event_number,
        kind=DifferenceKind.LEDGER,
        expected=expected,
        actual=actual,
    )
