"""Room: how often a case takes a step of a kind, so that no list of it grows without end (docs/bounds.md)."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from domain.bounds import MOST_CONFLICTS_OPEN, MOST_OF_A_KIND, MOST_RELAYS
from domain.case.events import Command
from domain.case.state import Incident
from domain.law.editions import Switch
from domain.steps.accountability import HandOverFile
from domain.steps.amend import CorrectClockStart
from domain.steps.appraise import ProposeCommendation, RequestTolerance
from domain.steps.assign import Reassign
from domain.steps.consult import HoldConsultation
from domain.steps.coordinate import IssueHint, ReceiveSuperiorNotice
from domain.steps.correct import RecordError
from domain.steps.instruct import Instruct, IssueSupervision
from domain.steps.publish import HoldPressConference, Publish, RecordRelay
from domain.steps.reconcile import ApproveTalkingPoints
from domain.steps.respond import DraftResponse
from domain.steps.retrospect import RecordRetrospective
from domain.steps.transfer import ProposeClue
from domain.steps.verify import RequestVerification
from domain.terms.kinds import kind_of
from domain.terms.refusals import Reason, Refused
from domain.terms.vocabulary import PaperKind


class Capacity(NamedTuple):
    """What a step of a kind adds to, and how many of it a case takes."""

    taken: Callable[[Incident], int]
    most: int = MOST_OF_A_KIND


def _spoken(incident: Incident) -> int:
    """Of the publications those that were said to the press, which has room of its own."""
    instants = {*incident.press_conferences}
    return sum(item.is_spoken and item.published_at in instants for item in incident.publications)


def _orders(incident: Incident) -> int:
    return sum(paper.kind is PaperKind.SUPERVISION_ORDER for paper in incident.papers)


ROOM: Final[Mapping[type, Capacity]] = {
    Publish: Capacity(lambda case: len(case.publications) - _spoken(case)),
    RecordRelay: Capacity(lambda case: sum(len(item.relays) for item in case.publications), MOST_RELAYS),
    DraftResponse: Capacity(lambda case: len(case.open_conflicts), MOST_CONFLICTS_OPEN),
    HoldPressConference: Capacity(lambda case: len(case.press_conferences)),
    RequestVerification: Capacity(lambda case: len(case.verifications)),
    ApproveTalkingPoints: Capacity(lambda case: len(case.talking_points)),
    HoldConsultation: Capacity(lambda case: len(case.consultations)),
    ReceiveSuperiorNotice: Capacity(lambda case: len(case.superior_notices)),
    IssueHint: Capacity(lambda case: case.hints),
    ProposeClue: Capacity(lambda case: len(case.clues)),
    Reassign: Capacity(lambda case: case.assignment.round if case.assignment else 0),
    RecordError: Capacity(lambda case: len(case.errors)),
    CorrectClockStart: Capacity(lambda case: len(case.clock_corrections)),
    Instruct: Capacity(lambda case: len(case.oversight.instructions)),
    IssueSupervision: Capacity(_orders),
    HandOverFile: Capacity(lambda case: len(case.oversight.files)),
    RequestTolerance: Capacity(lambda case: len(case.oversight.tolerances)),
    ProposeCommendation: Capacity(lambda case: case.oversight.commendations),
    RecordRetrospective: Capacity(lambda case: len(case.oversight.retrospectives)),
}


def check_room(incident: Incident, command: Command) -> None:
    """Refuses a step of which the case has taken as many as it takes."""
    if not incident.law.has(Switch.ROOM):
        return
    room = ROOM.get(type(command))
    if room is not None and room.taken(incident) >= room.most:
        raise Refused(Reason.TOO_MANY, kind_of(type(command)))
