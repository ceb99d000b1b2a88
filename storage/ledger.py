"""The ledger: read models derived from the event log, in the same transaction or all anew."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Column, Connection, Table, bindparam, delete, func, insert, select, text, update
from sqlmodel import col

from domain import incident as rules
from domain.case.records import Source
from domain.case.state import Incident
from domain.catalogue import Decision
from storage import addresses
from storage.address_tables import IncidentAddressRow
from storage.codec import DECISION
from storage.database import Database
from storage.latest_states import LATEST
from storage.paper_numbers import numbered_in, numbering_from, paper_values
from storage.paper_tables import PaperRow
from storage.projection import incident_values, obligation_values, text_values, words_of
from storage.snapshots import Snapshot, keep_law, snapshot_to_change, snapshot_values
from storage.tables import (
    EventLogRow,
    IncidentReaderRow,
    IncidentRow,
    IncidentTextRow,
    IncidentUnitRow,
    LawRow,
    ObligationRow,
    ProofRow,
    SnapshotRow,
    table,
)

_INCIDENT = table(IncidentRow)
_SNAPSHOT = table(SnapshotRow)
_OBLIGATION = table(ObligationRow)
_UNIT = table(IncidentUnitRow)
_READER = table(IncidentReaderRow)
_TEXT = table(IncidentTextRow)
_ADDRESS = table(IncidentAddressRow)
_PAPER = table(PaperRow)
_OF_AN_INCIDENT = (
    _OBLIGATION,
    _UNIT,
    _READER,
    _TEXT,
    _ADDRESS,
    _PAPER,
    _SNAPSHOT,
    _INCIDENT,
)  # what refers comes before what it refers to
_INSERT = {derived: insert(derived) for derived in _OF_AN_INCIDENT}
_CHANGE_INCIDENT = update(_INCIDENT).where(_INCIDENT.c.position == bindparam("at"))
_CHANGE_SNAPSHOT = update(_SNAPSHOT).where(_SNAPSHOT.c.position == bindparam("at"))
_CHANGE_OBLIGATION = update(_OBLIGATION).where(
    _OBLIGATION.c.position == bindparam("at"), _OBLIGATION.c.ordinal == bindparam("the")
)
_CHANGE_PAPER = update(_PAPER).where(_PAPER.c.position == bindparam("at"), _PAPER.c.paper == bindparam("the"))
_BY_ITS_SIGNATURE: Final = frozenset({"series", "awaits_number"})  # settled once a paper is signed
_AT_A_TIME = 200

# position, last hash, the incident, all its items, and from when on its papers draw numbers,
# where that was not from the first
Case = tuple[int, str, Incident, tuple[Source, ...], datetime | None]


def follow(connection: Connection, incident_id: str, fresh: Sequence[Decision], seal: str) -> Incident:
    """Bring the ledger up to decisions just proven, the last of them sealed with `seal`;
    gives the case as it now stands.

    A ledger that does not stand where they begin (rows were lost) is derived anew for this incident. Raises
    ValueError when the decisions are another incident's.
    """
    before = snapshot_to_change(connection, incident_id)
    if before is not None and before.event_number == fresh[0].first_number - 1:
        after = _folded(incident_id, fresh, before.state)
        _change(connection, before, after, seal)
        addresses.enter(connection, addresses.address_rows(before.position, addresses.sources_in(fresh)))
        LATEST.keep(seal, after)
        return after
    (case,) = _cases(connection, [incident_id])
    if fresh[0].first_number > 1:
        for derived in _OF_AN_INCIDENT:
            connection.execute(delete(derived).where(derived.c.position == case[0]))
    _enter(connection, [case])
    return case[2]


def derive(connection: Connection, incident_id: str) -> None:
    """Derive an incident anew from the log, whatever the ledger holds of it."""
    forget(connection, incident_id)
    _enter(connection, list(_cases(connection, [incident_id])))


def forget(connection: Connection, incident_id: str) -> None:
    """Take an incident out of the ledger; what is proven next derives it anew."""
    of_it = select(_INCIDENT.c.position).where(_INCIDENT.c.incident_id == incident_id)
    position = connection.execute(of_it).scalar_one_or_none()
    for derived in _OF_AN_INCIDENT:
        connection.execute(delete(derived).where(derived.c.position == position))


def _folded(incident_id: str, decisions: Iterable[Decision], incident: Incident | None = None) -> Incident:
    for decision in decisions:
        incident = rules.apply(incident, decision)
    if incident is None or incident.incident_id != incident_id:
        raise ValueError(f"decisions of another incident under {incident_id}")
    return incident


def _enter(connection: Connection, cases: Collection[Case]) -> None:
    """Write incidents that the ledger does not hold."""
    for law in {(case.law.digest, case.law.edition): case.law for _, _, case, *_ in cases}.values():
        keep_law(connection, law)
    rows: dict[Table, list[dict[str, Any]]] = {derived: [] for derived in reversed(_OF_AN_INCIDENT)}
    numbered = numbered_in(connection, [case.incident_id for _, _, case, *_ in cases])
    for position, seal, case, _, began_at in cases:
        rows[_INCIDENT].append({"position": position, "hash": seal, **incident_values(case)})
        rows[_SNAPSHOT].append({"position": position, **snapshot_values(case)})
        rows[_TEXT].append({"position": position, **text_values(case)})
        rows[_UNIT] += ({"position": position, "unit": unit} for unit in case.concerned_units)
        rows[_READER] += ({"position": position, "person": person} for person in case.readers)
        rows[_OBLIGATION] += ({"position": position, **obligation} for obligation in obligation_values(case))
        papers = paper_values(case, numbered.get(case.incident_id, ()), began_at)
        rows[_PAPER] += ({"position": position, **paper} for paper in papers)
    for derived, entries in rows.items():
        _insert(connection, derived, entries)
    for position, _, _, items, _ in cases:
        addresses.enter(connection, addresses.address_rows(position, items))


def _insert(connection: Connection, into: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(_INSERT[into], rows)


def _change(connection: Connection, before: Snapshot, after: Incident, seal: str) -> None:
    """Write what differs; obligations are added and changed, never taken away."""
    at = before.position
    keep_law(connection, after.law, known=before.state.law)
    connection.execute(_CHANGE_INCIDENT, {"at": at, "hash": seal, **incident_values(after)})
    connection.execute(_CHANGE_SNAPSHOT, {"at": at, **snapshot_values(after)})
    _change_obligations(connection, at, before.state, after)
    _change_papers(connection, at, before.state, after)
    if words_of(before.state) != words_of(after):
        # taken out and put in anew: the index follows what comes and what goes
        connection.execute(delete(_TEXT).where(_TEXT.c.position == at))
        _insert(connection, _TEXT, [{"position": at, **text_values(after)}])
    _change_names(connection, _UNIT.c.unit, at, before.state.concerned_units, after.concerned_units)
    _change_names(connection, _READER.c.person, at, frozenset(before.state.readers), frozenset(after.readers))


def _change_obligations(connection: Connection, at: int, before: Incident, after: Incident) -> None:
    if _owed(before) == _owed(after):
        return
    rows = list(obligation_values(before))
    now = list(obligation_values(after))
    changed = [row for row, old in zip(now, rows, strict=False) if row != old]
    if changed:
        connection.execute(_CHANGE_OBLIGATION, [{"at": at, "the": row["ordinal"], **row} for row in changed])
    _insert(connection, _OBLIGATION, [{"position": at, **row} for row in now[len(rows) :]])


def _owed(incident: Incident) -> tuple[object, ...]:
    """All that the rows of a case's obligations are made of."""
    return incident.drill, incident.closed_at, incident.obligations


def _change_papers(connection: Connection, at: int, before: Incident, after: Incident) -> None:
    """Write what differs among the papers; of many reports the case lets some go, and the list with it."""
    if before.papers == after.papers and before.law.edition == after.law.edition:
        return
    numbered = numbered_in(connection, [after.incident_id]).get(after.incident_id, ())
    former = {row["paper"]: row for row in paper_values(before, numbered)}
    rows = {row["paper"]: row for row in paper_values(after, numbered)}
    different = [row for name, row in rows.items() if name in former and row != former[name]]
    for is_signed in (False, True):
        settled = _BY_ITS_SIGNATURE if is_signed else frozenset()
        changes = [
            {
                "at": at,
                "the": row["paper"],
                **{name: value for name, value in row.items() if name not in settled},
            }
            for row in different
            if (former[row["paper"]]["signed_at"] is not None) is is_signed
        ]
        if changes:
            connection.execute(_CHANGE_PAPER, changes)
    if gone := former.keys() - rows.keys():
        connection.execute(delete(_PAPER).where(_PAPER.c.position == at, _PAPER.c.paper.in_(gone)))
    _insert(connection, _PAPER, [{"position": at, **row} for name, row in rows.items() if name not in former])


def _change_names(
    connection: Connection, name: Column[Any], at: int, before: frozenset[str], after: frozenset[str]
) -> None:
    _insert(connection, name.table, [{"position": at, name.name: one} for one in after - before])
    if gone := before - after:
        connection.execute(delete(name.table).where(name.table.c.position == at, name.in_(gone)))


async def rebuild(database: Database, progress: Callable[[int, int], None] | None = None) -> int:
    """Drop the read models and derive them anew from the event log; gives the number of incidents.

    One transaction: readers see the old ledger until the new one is complete, and records wait or are sent
    again. `progress` is called with the incidents done and all there are, from the thread that writes.
    """
    return await database.write(partial(_rebuild, progress=progress))


def _rebuild(connection: Connection, progress: Callable[[int, int], None] | None) -> int:
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE incident IN SHARE ROW EXCLUSIVE MODE"))
    for derived in (*_OF_AN_INCIDENT, table(LawRow)):
        connection.execute(delete(derived))
    total = connection.execute(select(func.count()).select_from(ProofRow)).scalar_one()
    done = 0
    for cases in _all_cases(connection):
        _enter(connection, cases)
        done += len(cases)
        if progress is not None:
            progress(done, total)
    return done


def _all_cases(connection: Connection) -> Iterator[list[Case]]:
    """All incidents of the log in the order of their positions, some at a time,
    save those of which nothing is proven.
    """
    position = col(EventLogRow.position)
    statement = (
        select(position, col(EventLogRow.incident_id))
        .join(ProofRow, col(ProofRow.incident_id) == col(EventLogRow.incident_id))
        .where(col(EventLogRow.first_number) == 1)
    )
    last = 0
    while rows := connection.execute(
        statement.where(position > last).order_by(position).limit(_AT_A_TIME)
    ).all():
        cases = _cases(connection, [row.incident_id for row in rows])
        yield sorted(cases, key=lambda case: case[0])
        last = rows[-1].position


def _cases(connection: Connection, incident_ids: list[str]) -> Iterator[Case]:
    """Incidents folded from the log, as far as it is proven."""
    statement = (
        select(
            col(EventLogRow.incident_id),
            col(EventLogRow.position),
            col(EventLogRow.decision),
            col(EventLogRow.hash),
        )
        .join(ProofRow, col(ProofRow.incident_id) == col(EventLogRow.incident_id))
        .where(
            col(EventLogRow.incident_id).in_(incident_ids),
            col(EventLogRow.last_number) <= col(ProofRow.number),
        )
        .order_by(col(EventLogRow.incident_id), col(EventLogRow.first_number))
    )
    for incident_id, group in groupby(connection.execute(statement), key=lambda row: row.incident_id):
        stored = list(group)
        decisions = [DECISION.validate_json(row.decision) for row in stored]
        items = tuple(addresses.sources_in(decisions))
        began_at = numbering_from(decisions)
        yield stored[0].position, stored[-1].hash, _folded(incident_id, decisions), items, began_at
