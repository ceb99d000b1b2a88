"""What is owed, from the API: every open obligation with the clock of its case."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from domain.case.obligations import Obligation
from domain.case.state import ACCOUNT_KINDS
from terminal.client import Web
from terminal.wordings import obligation_of

_PAGE: Final = 200
_MOST: Final = 2000  # obligations looked through; a county has some dozens


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """An obligation of an incident; `as_of` is what the clock of its case showed when it was asked for."""

    incident_id: str
    number: str
    title: str
    drill: bool
    obligation: Obligation
    as_of: datetime

    def at(self, seconds: float) -> datetime:
        """What the clock of its case shows so many real seconds later;
        a drill's stands until it is asked for again.
        """
        return self.as_of if self.drill else self.as_of + timedelta(seconds=seconds)

    def left(self, seconds: float = 0) -> float:
        """Seconds left to the due instant so many real seconds later."""
        return (self.obligation.due_at - self.at(seconds)).total_seconds()


def owed(web: Web, *, unit: str | None = None, drill: bool | None = None) -> list[Owed]:
    """All open obligations that the caller may see, the least time left first."""
    obligations: list[Owed] = []
    cursor: str | None = None
    while len(obligations) < _MOST:
        answer = web.get("/obligations", settled=False, unit=unit, drill=drill, limit=_PAGE, cursor=cursor)
        obligations += [_owed(item) for item in answer.content["items"]]
        cursor = answer.next_cursor
        if cursor is None:
            break
    return sorted(obligations, key=Owed.left)


def _owed(item: dict[str, Any]) -> Owed:
    return Owed(
        incident_id=item["incident_id"],
        number=item["number"],
        title=item["title"],
        drill=item["drill"],
        obligation=obligation_of(item),
        as_of=datetime.fromisoformat(item["as_of"]),
    )


def unit_names(web: Web) -> dict[str, str]:
    """The names of the units by their codes; under no code that of the office,
    which holds what nobody yet owes.
    """
    units = web.get("/units").content
    names = {unit["code"]: unit["name"] for unit in units["items"]}
    return {**names, "": names[units["offices"]["office"]]}


def holder(item: Owed, names: dict[str, str]) -> str:
    """The name of the unit that owes an obligation; without one the office holds it until assignment."""
    code = item.obligation.unit
    return names.get(code, code) if code else f"{names.get('', '')}（交办前代持）"


def first_of(obligations: list[Owed], incident_id: str) -> Owed | None:
    """The obligation of an incident that runs out first: an answer to the public or a superior, else any."""
    own = [item for item in obligations if item.incident_id == incident_id and not item.obligation.advisory]
    answers = [item for item in own if item.obligation.kind in ACCOUNT_KINDS]
    return next(iter(answers or own), None)
