"""Cards across incidents: which missed responses a unit has within a quarter,
the second and later ones red (R443).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.obligations import RESPONSE_KINDS, Obligation, Status
from domain.rules.cards import CardColour, coloured, quarter
from storage.filters import ObligationLine
from storage.tables import IncidentRow, ObligationRow

_OBLIGATION: TypeAdapter[Obligation] = TypeAdapter(Obligation)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterCard:
    """A card of a unit in a quarter; `is_repeated` says that it is red as a second or later breach."""

    incident_id: str
    number: str
    title: str
    unit: str
    obligation: str
    colour: CardColour
    at: datetime
    is_repeated: bool


async def quarter_cards(
    session: AsyncSession, units: Collection[str], *, office: str, at: datetime, red_after: timedelta
) -> tuple[QuarterCard, ...]:
    """The cards of units for responses missed in the quarter of `at`, by the instants of the breaches.

    What nobody was assigned to by its due instant is the office's.
    Drills bring no cards, nor do units that were named only after the due instant.
    """
    first, end = quarter(at)
    held_by = [col(ObligationRow.unit).in_(units)]
    if office in units:
        held_by.append(col(ObligationRow.unit).is_(None))
    statement: Any = (
        select(ObligationRow, IncidentRow)
        .join(IncidentRow, col(IncidentRow.position) == col(ObligationRow.position))
        .where(
            or_(*held_by),
            col(ObligationRow.kind).in_(sorted(RESPONSE_KINDS)),
            col(ObligationRow.status) == Status.BREACHED,
            col(ObligationRow.scored).is_(True),
            col(ObligationRow.drill).is_(False),
            col(ObligationRow.breached_at) >= first,
            col(ObligationRow.breached_at) < end,
        )
        .order_by(col(ObligationRow.breached_at), col(ObligationRow.position), col(ObligationRow.ordinal))
    )
    rows = (await session.execute(statement)).all()
    return tuple(_cards(rows, office, at, red_after))


def _cards(rows: Iterable[Any], office: str, at: datetime, red_after: timedelta) -> Iterable[QuarterCard]:
    counted: set[str] = set()
    for row in rows:
        obligation = _OBLIGATION.validate_python(
            {name: getattr(row.ObligationRow, name) for name in Obligation.__dataclass_fields__}
        )
        by_card = coloured(obligation, at, red_after)
        if by_card is None or obligation.breached_at is None:
            continue
        unit = obligation.unit or office
        repeated = unit in counted
        counted.add(unit)
        colour, since = (CardColour.RED, obligation.breached_at) if repeated else by_card
        yield QuarterCard(
            incident_id=row.IncidentRow.incident_id,
            number=row.IncidentRow.number,
            title=row.IncidentRow.title,
            unit=unit,
            obligation=obligation.id,
            colour=colour,
            at=since,
            is_repeated=repeated,
        )


async def colours(
    session: AsyncSession,
    lines: Iterable[ObligationLine],
    clocks: Mapping[str, datetime],
    *,
    office: str,
    red_after: timedelta,
) -> dict[tuple[str, str], CardColour]:
    """The cards of obligations in a list, by incident and obligation,
    each as the clock of its incident shows.
    """
    by_card: dict[tuple[str, str], CardColour] = {}
    cards: set[tuple[str, datetime]] = set()
    for line in lines:
        obligation, now = line.obligation, clocks[line.incident_id]
        card = coloured(obligation, now, red_after)
        if card is None or obligation.breached_at is None:
            continue
        by_card[line.incident_id, obligation.id] = card[0]
        if not line.drill:
            cards.add(
                (
                    obligation.unit or office,
                    min(now, quarter(obligation.breached_at)[1] - timedelta(seconds=1)),
                )
            )
    for at in sorted({at for _, at in cards}):  # one for each quarter
        units = tuple(sorted(unit for unit, asked_at in cards if asked_at == at))
        for other in await quarter_cards(session, units, office=office, at=at, red_after=red_after):
            if other.is_repeated and (other.incident_id, other.obligation) in by_card:
                by_card[other.incident_id, other.obligation] = CardColour.RED
    return by_card
