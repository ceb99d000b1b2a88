"""Whether each case that was described stands where its event log does,
and whether anybody takes its tasks.
"""

from collections.abc import Collection, Mapping
from typing import Final

from storage.alarms import AlarmKind, Matter
from storage.database import Database
from storage.limits import ShownDecision, proven_numbers, recorded, states_over
from watch.cases import LARGE_STATE, CaseStanding
from watch.patience import Unmoved

# What is decided is recorded a moment before or after the workflow shows it.
_DOUBTED_FOR: Final = 8.0
_DOUBTED_WHILE_BUSY: Final = (
    60.0  # a record that failed at first is handed over again, and names its decision at the end
)
_UNTAKEN_FOR: Final = 15.0


class Numbers:
    """Holds what workflows show against what the log holds;
    what is found once is looked at again before it is said.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._apart = Unmoved()
        self._untaken = Unmoved()

    async def proven(self, incident_ids: Collection[str]) -> dict[str, int]:
        """Where the log of each case is known to stand; to be asked before its workflow is described."""
        async with self._database.session() as session:
            return await proven_numbers(session, incident_ids)

    async def compared(
        self,
        standings: Mapping[str, CaseStanding],
        proven: Mapping[str, int],
        now: float,
        *,
        has_worker: bool,
    ) -> tuple[set[str], dict[Matter, str]]:
        """The cases to be looked at again soon, and what is certainly wrong with them."""
        figures = [one.figure for one in standings.values() if one.figure is not None]
        async with self._database.session() as session:
            recorded_figures = await recorded(session, figures)
            large = await states_over(session, standings, LARGE_STATE)
        apart = {
            case: why
            for case, one in standings.items()
            if one.is_running and (why := _apart(one, proven.get(case, 0), recorded_figures))
        }
        self._apart.note({case: standings[case].figure for case in apart}, now)
        untaken = {case: one.waits_since for case, one in standings.items() if one.waits_since and has_worker}
        self._untaken.note(untaken, now)
        wrong: dict[Matter, str] = {
            (AlarmKind.CASE_LARGE, case): f"{size} characters of state" for case, size in large.items()
        }
        for case, why in apart.items():
            doubted = _DOUBTED_WHILE_BUSY if standings[case].is_busy else _DOUBTED_FOR
            if self._apart.age(case, now) >= doubted:
                wrong[AlarmKind.CASE_APART, case] = why
        for case in untaken:
            if (age := self._untaken.age(case, now)) >= _UNTAKEN_FOR:
                wrong[AlarmKind.CASE_FAILING, case] = f"nothing has taken its task for {age:.0f} s"
        return apart.keys() | untaken.keys() | large.keys(), wrong


def _apart(one: CaseStanding, proven: int, recorded_figures: Collection[ShownDecision]) -> str:
    """How a running workflow and the log of its case part; empty where they do not."""
    if one.figure is None:
        return ""  # its history names no decision yet: nothing to compare
    if one.figure.number < proven:
        return f"workflow at {one.figure.number}, log at {proven}"
    if one.figure not in recorded_figures and not one.is_busy:
        return f"workflow at {one.figure.number}, which the log does not hold"
    return ""
