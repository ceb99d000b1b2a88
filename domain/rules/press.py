"""新闻发布会: what is said at a press conference with facts and measures is an external
publication (DD-31).
"""

from typing import Final

from domain.case.records import Draft, Evidence, Interim, Publication
from domain.case.state import Incident
from domain.rules.content import missing_block
from domain.terms.copies import changed
from domain.terms.ids import Thing, numbered
from domain.terms.instants import whole
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Deed
from domain.terms.vocabulary import Platform, PublicationForm

_CHANNELS: Final = (Platform.PRESS_CONFERENCE,)


def form_of(stood: Incident, interim: Interim | None) -> PublicationForm | None:
    """As what a press conference answers, `stood` being the case of its instant;
    None where it answers nobody.

    In an emergency as a first notice; else after the conclusion as a 情况通报,
    before it as an interim response where it says what, by whom and when next.
    """
    if stood.in_emergency:
        return PublicationForm.FIRST_NOTICE
    if stood.conclusion is not None:
        return PublicationForm.SITUATION_NOTICE
    return None if interim is None else PublicationForm.INTERIM_RESPONSE


def promised(interim: Interim | None) -> Interim | None:
    """What was promised at it, in whole seconds; refuses a promise that says not what or by whom (DD-07)."""
    if interim is None:
        return None
    if not interim.verifying.strip() or not interim.verifying_by.strip():
        raise Refused(Reason.INTERIM_INCOMPLETE, "interim")
    return changed(interim, next_update_at=whole(interim.next_update_at))


def promised_by(incident: Incident, stood: Incident, units: tuple[str, ...]) -> tuple[str, ...]:
    """Of the units spoken for, those bound by what was promised: who answers, now or when it was held;
    where none does, each of them.
    """
    answering = {*incident.responders, *stood.responders}
    return tuple(unit for unit in units if unit in answering) or units


def said_to_the_press(
    stood: Incident, text: Draft, evidence: tuple[Evidence, ...], deed: Deed
) -> Publication:
    """What was said as it was before the public: nobody reviews the spoken word,
    and what it leaves unclarified is marked (R344, DD-30).
    """
    return Publication(
        id=numbered(Thing.PUBLICATION, len(stood.publications) + 1),
        draft=text.id,
        unit=text.unit,
        form=text.form,
        published_at=text.drafted_at,
        received_at=deed.at,
        channels=_CHANNELS,
        evidence=evidence,
        co_issuers=text.co_issuers,
        gives_result=False,
        conclusion=stood.conclusion.value if stood.conclusion else None,
        irregular=(Reason.BLOCK_MISSING,) if missing_block(stood, text) else (),
    )
