"""个人信息: what a draft gives away of private persons blocks it until it is written anew
or answered for (R322).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from domain.case.events import Event
from domain.case.records import Draft
from domain.case.state import Incident
from domain.case.talking_points import Exposure
from domain.case.texts import Written, texts
from domain.law.editions import Switch, latest
from domain.terms.copies import changed
from domain.terms.facts import facts_of
from domain.terms.findings import Finding, PersonalDataKind, Reading
from domain.terms.personal_data import personal_data_of
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Deed
from domain.terms.second_edition.personal_data import personal_data as second_personal_data

_Detector = Callable[[Iterable[tuple[str, str]]], tuple[Finding, ...]]


def _each_by_itself(fields: Iterable[tuple[str, str]]) -> tuple[Finding, ...]:
    return tuple(finding for field, text in fields for finding in second_personal_data(field, text))


# The detector of an edition stays as it is: its cases are read by it to their end,
# and a later one comes beside it.
_DETECTORS: dict[int, _Detector] = {
    Switch.READER.since: _each_by_itself,
    Switch.READ_ANEW.since: personal_data_of,
}
MOST_OF_A_DRAFT: Final = 200
MOST_OF_A_CASE: Final = (
    600  # findings that a case holds with their places; of a draft beyond, their number alone
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataFound(Event):
    """A draft names or gives away private persons: where, never what.

    `more` counts findings beyond those listed.
    """

    kind: Literal["personal_data_found"] = "personal_data_found"
    draft: str
    findings: tuple[Finding, ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataPointedOut(Event):
    """A report or a letter names or gives away private persons: what kinds, how often, never what (DD-35)."""

    kind: Literal["personal_data_pointed_out"] = "personal_data_pointed_out"
    text: str
    kinds: tuple[PersonalDataKind, ...]
    count: int


def reader_of(edition: int) -> int:
    """The version of the reader for cases of an edition; the first edition had none."""
    return latest(_DETECTORS, edition)


def found_in(written: Written, edition: int) -> Reading:
    """What a text gives away, as the reader of an edition sees it: 200 findings, and how many more."""
    reader = reader_of(edition)
    findings = _DETECTORS[reader](texts(written)) if reader else ()
    facts = facts_of(_stating(written)) if Switch.READ_ANEW.is_on(reader) else ()
    return Reading(
        reader=reader,
        findings=findings[:MOST_OF_A_DRAFT],
        more=max(len(findings) - MOST_OF_A_DRAFT, 0),
        facts=facts,
    )


def found_in_letter(fields: Iterable[tuple[str, str]], edition: int) -> Reading:
    """What a report or a letter gives away; nobody has to answer for it, it is pointed out (DD-35)."""
    reader = reader_of(edition)
    findings = _DETECTORS[reader](fields) if Switch.READ_ANEW.is_on(reader) else ()
    return Reading(
        reader=reader,
        findings=findings[:MOST_OF_A_DRAFT],
        more=max(len(findings) - MOST_OF_A_DRAFT, 0),
    )


def pointed_out(
    incident: Incident, deed: Deed, text: str, fields: Iterable[tuple[str, str]]
) -> Iterator[PersonalDataPointedOut]:
    """What a report or a letter gives away, `text` being its id; it holds nothing back (DD-35)."""
    if not incident.law.has(Switch.READ_ANEW):
        return
    reading = deed.reading or found_in_letter(fields, incident.law.edition)
    if reading.findings:
        counts = Counter(finding.kind for finding in reading.findings)
        kinds = tuple(kind for kind in PersonalDataKind if counts[kind])
        yield PersonalDataPointedOut(at=deed.at, text=text, kinds=kinds, count=counts.total() + reading.more)


def _stating(written: Written) -> Iterator[tuple[str, str]]:
    """The texts by which a draft states something; what was typed as a claim is compared as such."""
    return ((field, text) for field, text in texts(written) if not field.startswith("claims."))


def as_read(incident: Incident, draft: Draft, deed: Deed) -> Deed:
    """The deed with its reading; from the third edition on,
    what came with its texts in it is read here by that edition's reader.
    """
    if deed.reading is not None or not incident.law.has(Switch.READ_ANEW):
        return deed
    return changed(deed, reading=found_in(draft, incident.law.edition))


def exposed(incident: Incident, draft: Draft, deed: Deed) -> Iterator[PersonalDataFound]:
    """What a new draft gives away, by its reading; one that came with its texts in it is read here,
    as it always was.
    """
    if not incident.law.has(Switch.READER):
        return
    if deed.reading is None:
        findings, more = _each_by_itself(texts(draft)), 0
    else:
        room = max(MOST_OF_A_CASE - sum(len(exposure.findings) for exposure in incident.exposures), 0)
        findings = deed.reading.findings[:room]
        more = deed.reading.more + len(deed.reading.findings) - len(findings)
    if findings or more:
        yield PersonalDataFound(at=deed.at, draft=draft.id, findings=findings, more=more)


def check_private(incident: Incident, draft: Draft) -> None:
    """Refuses approval and publication of a draft with personal data that no leader has answered for (R322).

    What is not listed nobody can answer for: such a draft has to be written anew.
    """
    for exposure in incident.exposures:
        if exposure.draft == draft.id and (exposure.standing or exposure.more):
            kinds = ",".join(sorted({finding.kind for finding in exposure.standing or exposure.findings}))
            raise Refused(Reason.PERSONAL_DATA, f"{draft.id}: {kinds}")


def evolve(incident: Incident, event: PersonalDataFound) -> Incident:
    """The case with a draft that is held back."""
    exposure = Exposure(draft=event.draft, findings=event.findings, more=event.more)
    return changed(incident, exposures=(*incident.exposures, exposure))
