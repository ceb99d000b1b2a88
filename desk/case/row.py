"""A case as a line of a list that leads to it: on the page of a clause, and among what a search finds."""

from dataclasses import dataclass

from desk.case.status_panel import level_code
from domain.terms.vocabulary import Marking
from storage.filters import IncidentLine
from words.labels import word
from words.wording import MomentText, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """What a list says of a case, and where it stands."""

    href: str
    title: str
    marking: Marking
    number: str
    level: str
    stage: str
    is_drill: bool
    registered: MomentText


def case_row(line: IncidentLine) -> CaseRow:
    """A case of the ledger in words."""
    return CaseRow(
        href=f"/incidents/{line.incident_id}",
        title=line.title,
        marking=line.marking,
        number=line.number,
        level=level_code(line.level),
        stage=word(line.stage),
        is_drill=line.drill,
        registered=moment(line.registered_at),
    )
