"""会签: who is to countersign a text, from when, and whether it had been when it went out;
no text ever waits for it (DD-40).
"""

from collections.abc import Iterator
from datetime import datetime

from domain.bounds import MOST_OF_A_KIND
from domain.case.events import Event
from domain.case.obligations import Obligation, ObligationOpened, ObligationVoided
from domain.case.records import Draft
from domain.case.state import Incident
from domain.law.editions import Switch
from domain.rules import obligation_factory
from domain.terms.roles import Deed
from domain.terms.vocabulary import ObligationKind, Rule, WarningLevel

_KIND = ObligationKind.COUNTERSIGN


def asked_of(incident: Incident, draft: Draft, deed: Deed) -> Iterator[Event]:
    """What a text asks for when it has come through its first review:
    one countersign, of the first office that may give it.
    """
    limit = incident.law.limits.countersign(incident.response_class)
    if not incident.law.has(Switch.COUNTERSIGN) or limit is None:
        return
    if not _calls_for_it(incident) or obligation_of(incident, draft) is not None:
        return
    if sum(obligation.kind is _KIND for obligation in incident.obligations) >= MOST_OF_A_KIND:
        return  # texts sent back and written anew fill no case
    for office in offices(incident, draft)[:1]:
        obligation = obligation_factory.countersign(incident, office, limit, cause=draft.id, at=deed.at)
        yield ObligationOpened(at=deed.at, obligation=obligation)


def _calls_for_it(incident: Incident) -> bool:
    """L3 or above, comprehensive, or a policy of the city government (R1), as the case stands."""
    grave = incident.level is not None and incident.level.rank >= WarningLevel.COMPLEX_SENSITIVE.rank
    comprehensive = incident.judgement is not None and incident.judgement.comprehensive
    policy = incident.assignment is not None and incident.assignment.rule is Rule.R1
    return grave or comprehensive or policy


def offices(incident: Incident, draft: Draft) -> tuple[str, ...]:
    """Who may countersign a text: 市委宣传部 and 市网信办,
    whichever is neither accountable nor the author.
    """
    named = (incident.law.offices.publicity_department, incident.law.offices.cyberspace_office)
    return tuple(
        office
        for office in dict.fromkeys(named)
        if incident.law.knows(office) and office not in {*incident.subjects, draft.unit}
    )


def obligation_of(incident: Incident, draft: Draft) -> Obligation | None:
    """The countersign that was asked for of a text; None where none was."""
    return next(
        (
            obligation
            for obligation in incident.obligations
            if obligation.kind is _KIND and obligation.cause == draft.id
        ),
        None,
    )


def awaits(incident: Incident, draft: Draft) -> bool:
    """Whether a text is still to be countersigned, in time or made up afterwards;
    one that was sent back is not.
    """
    agreed = draft.countersign is not None and draft.countersign.agreed
    return obligation_of(incident, draft) is not None and not agreed and not draft.returned


def lacked(incident: Incident, draft: Draft, published_at: datetime) -> bool:
    """Whether a text went out without the countersign that it was to have;
    one that was out when it was asked for had none to wait for.
    """
    obligation = obligation_of(incident, draft)
    if obligation is None or obligation.clock_start > published_at:
        return False
    countersign = draft.countersign
    return countersign is None or not countersign.agreed or countersign.at > published_at


def dropped(incident: Incident, draft: Draft, deed: Deed) -> Iterator[Event]:
    """A text that is sent back asks for no countersign any more."""
    for obligation in incident.owed(_KIND):
        if obligation.cause == draft.id:
            yield ObligationVoided(at=deed.at, obligation=obligation.id, cause=draft.id)
