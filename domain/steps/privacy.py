"""个人信息的公开: a leader answers for what a draft names,
since it is known by office or otherwise may be said (R322).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from domain.case.events import Command, Event
from domain.case.state import Incident, replaced
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.ids import Thing, numbered
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import LEADERS, Deed, Role, Standing

CLAUSE: str = Article.JUDGEMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearPersonalData(Command):
    """Answer for personal data in one's unit's draft, with the reason; `findings` are numbered from 1."""

    kind: Literal["clear_personal_data"] = "clear_personal_data"
    allowed_for_corrections: ClassVar[bool] = True
    corrections_switch: ClassVar[Switch | None] = Switch.PRIVACY_MENDS
    roles: ClassVar[frozenset[Role]] = LEADERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.RESPONDER, Standing.INVOLVED})
    clause: ClassVar[str] = CLAUSE

    draft: str
    findings: tuple[int, ...]
    reason: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataCleared(Event):
    """A leader answers for what was found."""

    kind: Literal["personal_data_cleared"] = "personal_data_cleared"
    draft: str
    findings: tuple[int, ...]
    reason: FreeText


PrivacyCommand = ClearPersonalData
PrivacyEvent = PersonalDataCleared


def decide(incident: Incident, command: PrivacyCommand, deed: Deed) -> Iterator[Event]:
    """Without such an answer the draft has to be written anew."""
    draft = incident.draft(command.draft)
    if draft.unit != deed.actor.unit:
        raise Refused(Reason.UNIT_NOT_CONCERNED, draft.unit)
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")
    if not command.findings:
        raise Refused(Reason.MISSING_PART, "findings")
    exposure = next((item for item in incident.exposures if item.draft == draft.id), None)
    for number in command.findings:
        if exposure is None or not 1 <= number <= len(exposure.findings):
            raise Refused(Reason.UNKNOWN_REFERENCE, numbered(Thing.FINDING, number))
        if number in exposure.cleared:
            raise Refused(Reason.ALREADY_DONE, numbered(Thing.FINDING, number))
    findings = tuple(sorted(set(command.findings)))
    yield PersonalDataCleared(
        at=deed.at, by=deed.actor, draft=draft.id, findings=findings, reason=command.reason
    )


def evolve(incident: Incident, event: PrivacyEvent) -> Incident:
    """The case with what somebody answers for."""
    exposures = replaced(
        incident.exposures,
        lambda exposure: exposure.draft == event.draft,
        lambda exposure: changed(exposure, cleared=(*exposure.cleared, *event.findings)),
    )
    return changed(incident, exposures=exposures)
