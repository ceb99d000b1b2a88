"""The incident as the ledger holds it: its whole state beside the laws, which are kept once."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.state import Incident
from domain.law.regulation import Law, shared
from storage.codec import LAW, incident_from, incident_text
from storage.latest_states import LATEST
from storage.tables import IncidentRow, LawRow, SnapshotRow, table

_MOST_LAWS = 16  # a regulation has one law a year and edition
_laws: dict[str, Law] = {}  # by their whole text: what stands under a digest may be changed
_KEPT_LAW = select(col(LawRow.digest)).where(
    col(LawRow.digest) == bindparam("digest"), col(LawRow.edition) == bindparam("edition")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """An incident as the ledger stands: `position` orders the ledger,
    `hash` seals the decision that led here.
    """

    position: int
    event_number: int
    hash: str
    state: Incident


_STATES = (
    select(
        col(IncidentRow.incident_id),
        col(IncidentRow.position),
        col(IncidentRow.event_number),
        col(IncidentRow.hash),
        col(SnapshotRow.law_digest),
        col(SnapshotRow.law_edition),
        col(SnapshotRow.state),
        col(LawRow.content),
    )
    .join(SnapshotRow, col(SnapshotRow.position) == col(IncidentRow.position))
    .join(
        LawRow,
        and_(
            col(LawRow.digest) == col(SnapshotRow.law_digest),
            col(LawRow.edition) == col(SnapshotRow.law_edition),
        ),
    )
)
_SNAPSHOT = _STATES.where(col(IncidentRow.incident_id) == bindparam("wanted"))
_SNAPSHOTS = _STATES.where(col(IncidentRow.incident_id).in_(bindparam("wanted", expanding=True)))
_AT_ONE_TIME = 500


class StatesRead:
    """The states read last, by the whole text that they were read from:
    most are asked for again before they change.

    Reading one takes milliseconds, and a board shows fifty. No more than `most` characters of text are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._states: OrderedDict[tuple[str, str, int], Incident] = OrderedDict()
        self._size = 0
        self._lock = Lock()  # the loop reads, and so does the thread that writes

    def of(self, text: str, law: Law) -> Incident:
        """The state that a text tells, under its law."""
        if (known := self.kept(text, law)) is not None:
            return known
        state = incident_from(text, law)
        self.keep(text, state)
        return state

    def kept(self, text: str, law: Law) -> Incident | None:
        """The state of a text that is kept."""
        name = text, law.digest, law.edition
        with self._lock:
            known = self._states.get(name)
            if known is None or known.law != law:
                return None
            self._states.move_to_end(name)
            return known

    def forget(self, text: str, law: Law) -> None:
        """Let go of a text that another takes the place of."""
        with self._lock:
            if self._states.pop((text, law.digest, law.edition), None) is not None:
                self._size -= len(text)

    def bound(self, most: int) -> None:
        """Keep no more than so many characters from now on."""
        self._most = most

    def keep(self, text: str, state: Incident) -> None:
        """Remember what a text tells."""
        name = text, state.law.digest, state.law.edition
        with self._lock:
            if name not in self._states:
                self._states[name] = state
                self._size += len(text)
            while self._size > self._most:
                (dropped, _, _), _ = self._states.popitem(last=False)
                self._size -= len(dropped)


_STATES_READ: Final = StatesRead(most=6_000_000)
_FEW: Final = 500_000


async def snapshot(session: AsyncSession, incident_id: str) -> Snapshot | None:
    """The incident as the ledger stands; None when the ledger does not hold it."""
    return _restored((await session.execute(_SNAPSHOT, {"wanted": incident_id})).first())


async def snapshots(session: AsyncSession, incident_ids: Sequence[str]) -> dict[str, Snapshot]:
    """The incidents that the ledger holds of those, by id, in the order given."""
    cases: dict[str, Snapshot] = {}
    for first in range(0, len(incident_ids), _AT_ONE_TIME):
        wanted = list(incident_ids[first : first + _AT_ONE_TIME])
        for row in await session.execute(_SNAPSHOTS, {"wanted": wanted}):
            if (restored := _restored(row)) is not None:
                cases[row.incident_id] = restored
    return {incident_id: cases[incident_id] for incident_id in incident_ids if incident_id in cases}


def snapshot_to_change(connection: Connection, incident_id: str) -> Snapshot | None:
    """As `snapshot`, inside the transaction that records; another state soon takes the place of this one."""
    row = connection.execute(_SNAPSHOT, {"wanted": incident_id}).first()
    before = _restored(row)
    if row is not None and before is not None:
        _STATES_READ.forget(row.state, before.state.law)
    return before


def remember_few() -> None:
    """Keep few states: for a process that shows none."""
    _STATES_READ.bound(_FEW)


def _restored(row: Any) -> Snapshot | None:
    if row is None:
        return None
    state = _STATES_READ.of(row.state, _law(row.content))
    LATEST.keep(row.hash, state)
    return Snapshot(position=row.position, event_number=row.event_number, hash=row.hash, state=state)


def _law(content: str) -> Law:
    """Reading a law takes as long as reading the incident, and incidents share it."""
    law = _laws.get(content)
    if law is None:
        if len(_laws) >= _MOST_LAWS:
            _laws.clear()
        law = _laws[content] = shared(LAW.validate_json(content))
    return law


def keep_law(connection: Connection, law: Law, *, known: Law | None = None) -> None:
    """Keep a law that snapshots will name, unless it is the one `known` to be kept."""
    if law is known:
        return
    stored = connection.execute(_KEPT_LAW, {"digest": law.digest, "edition": law.edition}).first()
    if stored is None:
        row = {"digest": law.digest, "edition": law.edition, "content": LAW.dump_json(law).decode()}
        connection.execute(insert(table(LawRow)), row)


def snapshot_values(incident: Incident) -> dict[str, Any]:
    """The columns of an incident's snapshot, without its position."""
    text = incident_text(incident)
    _STATES_READ.keep(text, incident)  # whoever writes a state is soon asked for it
    return {"law_digest": incident.law.digest, "law_edition": incident.law.edition, "state": text}
