"""Numbers of papers: 舆提〔2026〕5号, drawn after the signature, in the order of signing,
without a gap (decision 0111).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from yaml import YAMLError

from domain.case.records import Paper, PaperStatus
from domain.case.state import Incident
from domain.catalogue import Decision
from domain.law.editions import Switch
from domain.steps.amend import Rebased
from domain.steps.register import Registered
from domain.terms.vocabulary import PaperKind
from domain.terms.workdays import SHANGHAI
from storage.database import Database
from storage.paper_tables import PaperNumberRow, PaperRow
from storage.regulations import REGULATIONS
from storage.tables import IncidentRow, table
from words.yaml_files import read_mapping

DRILL: Final = "演练"  # before the number of a paper of a drill, whose series is its own
SETTLES: Final = timedelta(seconds=2)  # a signature that was given earlier may come on record a moment later
_AT_A_TIME: Final = 200
_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:series, 0))")
_PLACES: Final = re.compile(r"\{[^{}]*\}")
_ONE_WRITER: Final = "paper numbers"
_NUMBER: Final = table(PaperNumberRow)
_PAPER: Final = table(PaperRow)
_LAST: Final = select(func.max(_NUMBER.c.ordinal)).where(
    _NUMBER.c.series == bindparam("of_series"),
    _NUMBER.c.drill == bindparam("in_drill"),
    _NUMBER.c.year == bindparam("of_year"),
)
_DRAWN: Final = update(_PAPER).where(_PAPER.c.position == bindparam("at"), _PAPER.c.paper == bindparam("the"))


class PatternsFault(Exception):  # noqa: N818  named for what was found
    """What is wrong with how a regulation numbers its papers, in Chinese and English: each fault a line."""


@cache
def patterns(regulation: str) -> Mapping[str, str]:
    """How the papers of a regulation are numbered, by their kinds:
    the year stands for {year}, the number for {number}.

    Raises PatternsFault, which a start asks for all regulations: what records must not meet it.
    """
    file = REGULATIONS / regulation / "papers.yaml"
    return read_patterns(file) if file.exists() else {}


def read_patterns(file: Path) -> Mapping[str, str]:
    """The patterns that a file states; raises PatternsFault with all that is wrong with it."""
    try:
        numbers = read_mapping(file).get("numbers")
    except (OSError, UnicodeDecodeError, TypeError, YAMLError) as why:
        raise PatternsFault(f"{file} 读不出来：{why} · cannot be read: {why}") from why
    if not isinstance(numbers, dict):
        raise PatternsFault(f"{file}：缺少 numbers · numbers is missing")
    if faults := [
        f"{file}：{fault}" for kind, pattern in numbers.items() for fault in _faults(kind, pattern)
    ]:
        raise PatternsFault("\n".join(faults))
    return numbers


def _faults(kind: object, pattern: object) -> Iterator[str]:
    if kind not in {known.value for known in PaperKind}:
        yield f"没有 {kind} 这类文书 · there is no paper of the kind {kind}"
    if not isinstance(pattern, str) or sorted(_PLACES.findall(pattern)) != ["{number}", "{year}"]:
        yield (
            f"{kind} 的编号须各有一个 {{year}} 和 {{number}} · has to have {{year}} and {{number}} once each"
        )


def series_of(incident: Incident, paper: Paper) -> str:
    """The series whose numbers a paper draws, by its pattern;
    empty for a kind without, and in a case from before there were any.
    """
    if not incident.law.has(Switch.PAPER_NUMBERS):
        return ""
    return patterns(incident.law.regulation).get(paper.kind, "")


def numbering_from(decisions: Iterable[Decision]) -> datetime | None:
    """When a case came under an edition that numbers papers;
    None for one that was registered under such, or runs under none.
    """
    edition, began_at = Switch.PAPER_NUMBERS.since, None
    for decision in decisions:
        for event in decision.events:
            if isinstance(event, Registered | Rebased):
                if Switch.PAPER_NUMBERS.begins(edition, event.law.edition):
                    began_at = event.at
                edition = event.law.edition
    return began_at


def paper_values(
    incident: Incident, numbered: Iterable[str], began_at: datetime | None = None
) -> Iterator[dict[str, Any]]:
    """The columns of each paper of a case; `numbered` are the ids of those that drew a number before.

    What was signed before `began_at` was numbered by hand, and draws nothing.
    """
    has_number = frozenset(numbered)
    for ordinal, paper in enumerate(incident.papers):
        is_by_hand = began_at is not None and paper.signed_at is not None and paper.signed_at < began_at
        series = "" if is_by_hand else series_of(incident, paper)
        is_signed = paper.signed_at is not None and paper.status in {PaperStatus.ISSUED, PaperStatus.VOID}
        yield {
            "paper": paper.id,
            "ordinal": ordinal,
            "kind": paper.kind,
            "unit": paper.unit,
            "status": paper.status,
            "drafted_at": paper.drafted_at,
            "signed_at": paper.signed_at,
            "drill": incident.drill is not None,
            "series": series,
            "awaits_number": bool(series) and is_signed and paper.id not in has_number,
        }


def numbered_in(connection: Connection, incident_ids: Sequence[str]) -> dict[str, set[str]]:
    """The papers of some cases that drew a number, by the cases."""
    drawn: dict[str, set[str]] = {}
    statement = select(_NUMBER.c.incident_id, _NUMBER.c.paper).where(_NUMBER.c.incident_id.in_(incident_ids))
    for row in connection.execute(statement):
        drawn.setdefault(row.incident_id, set()).add(row.paper)
    return drawn


async def draw_waiting(database: Database, now: datetime) -> int:
    """Let each signed paper that awaits a number draw it, in the order of signing; gives how many did.

    `now` is the real instant. A paper signed within SETTLES waits for the next time, so that one whose
    signature came on record a moment later goes before it. Whoever draws meanwhile waits for this; a paper
    draws once, however often it is waited for, and what breaks off draws nothing.
    """
    return await database.write(partial(_draw_waiting, now=now))


def _draw_waiting(connection: Connection, now: datetime) -> int:
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"series": _ONE_WRITER})
    waiting = (
        select(
            _PAPER.c.position,
            _PAPER.c.paper,
            _PAPER.c.series,
            _PAPER.c.drill,
            _PAPER.c.signed_at,
            col(IncidentRow.incident_id),
        )
        .join(IncidentRow, col(IncidentRow.position) == _PAPER.c.position)
        .where(
            _PAPER.c.awaits_number.is_(True),
            or_(_PAPER.c.signed_at <= now - SETTLES, _PAPER.c.drill.is_(True)),
        )
        .order_by(_PAPER.c.signed_at, _PAPER.c.position, _PAPER.c.ordinal)
        .limit(_AT_A_TIME)
    )
    rows = connection.execute(waiting).all()
    if not rows:
        return 0
    before = numbered_in(connection, [row.incident_id for row in rows])
    for row in rows:
        if row.paper not in before.get(row.incident_id, ()):
            _draw(connection, row, now)
        connection.execute(_DRAWN, {"at": row.position, "the": row.paper, "awaits_number": False})
    return len(rows)


def _draw(connection: Connection, row: Any, now: datetime) -> None:
    year = row.signed_at.astimezone(SHANGHAI).year
    series = {"of_series": row.series, "in_drill": row.drill, "of_year": year}
    ordinal = (connection.execute(_LAST, series).scalar_one() or 0) + 1
    number = row.series.replace("{year}", str(year)).replace("{number}", str(ordinal))
    values = {
        "incident_id": row.incident_id,
        "paper": row.paper,
        "series": row.series,
        "drill": row.drill,
        "year": year,
        "ordinal": ordinal,
        "number": f"{DRILL}{number}" if row.drill else number,
        "drawn_at": now,
    }
    connection.execute(insert(_NUMBER), values)


async def number_of(
    session: AsyncSession, incident_id: str, paper: str, *, until: datetime | None = None
) -> str | None:
    """The number that a paper drew, or had drawn by an instant; None while it has none."""
    statement = select(_NUMBER.c.number).where(_NUMBER.c.incident_id == incident_id, _NUMBER.c.paper == paper)
    if until is not None:
        statement = statement.where(_NUMBER.c.drawn_at <= until)
    drawn: str | None = (await session.execute(statement)).scalar_one_or_none()
    return drawn
