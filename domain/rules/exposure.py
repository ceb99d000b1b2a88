"""个人信息: what a draft gives away of private persons blocks it until it is written anew or answered for (R322)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from domain.case.events import Event
from domain.case.records import Draft
from domain.case.state import Incident
from domain.case.talking_points import Exposure
from domain.case.texts import texts
from domain.law.regulation import SECOND_EDITION
from domain.terms.copies import changed
from domain.terms.personal_data import Finding, personal_data
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Deed


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataFound(Event):
    """A draft names or gives away private persons: where, never what."""

    kind: Literal["personal_data_found"] = "personal_data_found"
    draft: str
    findings: tuple[Finding, ...]


def exposed(incident: Incident, draft: Draft, deed: Deed) -> Iterator[PersonalDataFound]:
    """What a new draft gives away."""
    if incident.law.edition < SECOND_EDITION:
        return
    findings = tuple(finding for field, text in texts(draft) for finding in personal_data(field, text))
    if findings:
        yield PersonalDataFound(at=deed.at, draft=draft.id, findings=findings)


def check_private(incident: Incident, draft: Draft) -> None:
    """Refuses approval and publication of a draft with personal data that no leader has answered for (R322)."""
    for exposure in incident.exposures:
        if exposure.draft == draft.id and exposure.standing:
            kinds = ",".join(sorted({finding.kind for finding in exposure.standing}))
            raise Refused(Reason.PERSONAL_DATA, f"{draft.id}: {kinds}")


def evolve(incident: Incident, event: PersonalDataFound) -> Incident:
    """The case with a draft that is held back."""
    exposure = Exposure(draft=event.draft, findings=event.findings)
    return changed(incident, exposures=(*incident.exposures, exposure))
