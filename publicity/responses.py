"""What of a case the public may read: its publications, as they went out,
and what became of them (decision 0115).

One function decides it for all: the exported pages, the feed, the data,
and the preview before a unit is switched on.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from domain.case.obligations import Obligation, Status
from domain.case.records import Draft, Publication
from domain.case.state import Incident
from domain.law.editions import Switch
from domain.law.regulation import Law
from domain.rules.exposure import found_in, reader_of
from domain.terms.addresses import name_of
from domain.terms.refusals import Reason
from domain.terms.vocabulary import Marking, ObligationKind, PublicationForm

_ID_LENGTH: Final = 20  # hexadecimal digits: eighty bits
# Where no private person publishes; browsers read a backslash as `/`,
# and other marks in a host may lead elsewhere too.
_OFFICIAL: Final = re.compile(r"(?:[a-z0-9-]+\.)+gov\.cn")
_MARKS_OF_ADDRESSES: Final = re.compile(r"[!-\[\]-~\w]+")  # no space, control or backslash


class ResponsePart(StrEnum):
    """The parts of a text, in the order in which they are read."""

    VERIFYING = "verifying"
    VERIFYING_BY = "verifying_by"
    FACTS = "facts"
    MEASURES = "measures"
    RESULT = "result"
    CLARIFICATION = "clarification"
    ANSWER = "answer"


class Withheld(StrEnum):
    """Why a text that went out is not repeated."""

    PERSONAL_DATA = "personal_data"
    NOT_KEPT = "not_kept"


class PromiseState(StrEnum):
    """What became of a promised next word."""

    AWAITED = "awaited"
    OVERDUE = "overdue"
    IN_TIME = "in_time"
    LATE = "late"
    LAPSED = "lapsed"  # nothing is owed any more: withdrawn, or the matter was closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One part of a text."""

    part: ResponsePart
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """The next word, by when it was promised, and whether it came and when."""

    due_at: datetime
    state: PromiseState
    came_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """When a correction was published, and by which unit;
    `response` is empty where that unit's are not on the page.
    """

    at: datetime
    unit: str
    response: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One publication as the public may read it: whose, when, where, what it said, and what became of it.

    Of one whose text is withheld neither title nor blocks are there;
    one spoken to the press has no title either, since nothing but the case gives it one.
    """

    id: str
    units: tuple[str, ...]
    form: PublicationForm
    title: str
    blocks: tuple[Block, ...]
    withheld: Withheld | None
    published_at: datetime
    channels: tuple[str, ...]
    links: tuple[str, ...]
    promise: Promise | None
    withdrawn_at: datetime | None
    corrections: tuple[Correction, ...]
    corrects: tuple[str, ...]

    @property
    def stands(self) -> bool:
        """Whether it was neither withdrawn nor corrected."""
        return self.withdrawn_at is None and not self.corrections

    @property
    def changed_at(self) -> datetime:
        """The last instant at which what the public reads of it changed."""
        came = self.promise.came_at if self.promise else None
        instants = (self.published_at, self.withdrawn_at, came, *(one.at for one in self.corrections))
        return max(instant for instant in instants if instant is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicCase:
    """One case as the public may read it: its publications in the order in which they went
    out, at least one.
    """

    id: str
    law: Law
    responses: tuple[Response, ...]

    @property
    def title(self) -> str:
        """The title of what was published last and stands, else of what was published last;
        empty where none has one.
        """
        latest = [one for one in reversed(self.responses) if one.title]
        return next((one.title for one in latest if one.stands), latest[0].title if latest else "")

    @property
    def began_at(self) -> datetime:
        """When the first word was published."""
        return self.responses[0].published_at

    @property
    def changed_at(self) -> datetime:
        """The last instant at which what the public reads of it changed."""
        return max(one.changed_at for one in self.responses)


def public_case(incident: Incident, drafts: Mapping[str, Draft], units: Collection[str]) -> PublicCase | None:
    """What the public may read of a case, of those units that are switched on; None for nothing.

    `drafts` are those of its publications by their ids, with texts in place of references. Of a drill, of a
    case that ended as void, as a duplicate or as not ours, of one that is closed to named persons and of a
    work secret it is nothing.
    """
    if not may_be_known(incident):
        return None
    open_to_all = [item for item in incident.publications if item.unit in units]
    responses = [_response(incident, item, drafts.get(item.draft), units) for item in open_to_all]
    if not responses:
        return None
    responses.sort(key=lambda one: one.published_at)
    return PublicCase(id=public_id(incident.incident_id), law=incident.law, responses=tuple(responses))


def public_id(*names: str) -> str:
    """By what the public knows a case, or a publication of it:
    of the names inside nothing can be read off it.
    """
    return sha256("\n".join(("huiying/public", *names)).encode()).hexdigest()[:_ID_LENGTH]


def may_be_known(incident: Incident) -> bool:
    """Whether anything of a case may be: it is no drill, did not end as none,
    is open to all and no work secret.
    """
    return not (
        incident.drill is not None
        or incident.screening.has_ended
        or incident.readers
        or incident.marking is Marking.WORK_SECRET
    )


def _response(incident: Incident, item: Publication, draft: Draft | None, units: Collection[str]) -> Response:
    withheld = _withheld(incident, item, draft)
    text = draft if withheld is None else None
    return Response(
        id=public_id(incident.incident_id, item.id),
        units=tuple(_unit_name(incident, code) for code in item.issuers),
        form=item.form,
        title=text.title if text is not None and not item.is_spoken else "",
        blocks=tuple(_blocks(text)) if text is not None else (),
        withheld=withheld,
        published_at=item.published_at,
        channels=item.channels,
        links=tuple(dict.fromkeys(_links(incident, item))),
        promise=_promise(incident, item, draft),
        withdrawn_at=item.withdrawn_at,
        corrections=tuple(_corrections(incident, item, units)),
        corrects=tuple(_known(incident, draft.corrects if draft else (), units)),
    )


def _withheld(incident: Incident, item: Publication, draft: Draft | None) -> Withheld | None:
    """A text that gives somebody away, and for which no leader has answered, is not repeated,
    though it went out (R322).
    """
    if draft is None:
        return Withheld.NOT_KEPT
    return Withheld.PERSONAL_DATA if _gives_away(incident, item, draft) else None


def _gives_away(incident: Incident, item: Publication, draft: Draft) -> bool:
    exposures = [one for one in incident.exposures if one.draft == item.draft]
    if exposures:
        return any(one.standing or one.more for one in exposures)
    if Reason.PERSONAL_DATA in item.irregular:
        return True
    # What was spoken, and what the first edition drafted, no reader has looked at.
    was_read = reader_of(incident.law.edition) and not item.is_spoken
    return not was_read and bool(found_in(draft, Switch.READ_ANEW.since).findings)


def _blocks(draft: Draft) -> Iterator[Block]:
    """The parts that leave the house with a draft, in the words in which they went out."""
    parts = [
        (ResponsePart.FACTS, draft.facts),
        (ResponsePart.MEASURES, draft.measures),
        (ResponsePart.RESULT, draft.result),
        (ResponsePart.CLARIFICATION, draft.clarification),
        *((ResponsePart.ANSWER, answer.paragraph) for answer in draft.answers),
    ]
    if draft.interim is not None:
        parts[1:1] = [
            (ResponsePart.VERIFYING, draft.interim.verifying),
            (ResponsePart.VERIFYING_BY, draft.interim.verifying_by),
        ]
    return (Block(part=part, text=text.strip()) for part, text in parts if text.strip())


def _links(incident: Incident, item: Publication) -> Iterator[str]:
    """Where it stands on a site of the government; an address at which the public spoke, or any other,
    is nobody's to see.
    """
    sources = {name for source in incident.sources for name in source.names}
    for proof in item.evidence:
        if _is_official(proof.url) and name_of(proof.url) not in sources:
            yield proof.url.strip()


def _is_official(address: str) -> bool:
    try:
        parts = urlsplit(address.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    is_plain = _MARKS_OF_ADDRESSES.fullmatch(address.strip()) is not None
    named = is_plain and parts.scheme in {"http", "https"} and _OFFICIAL.fullmatch(host) is not None
    return named and not (parts.username or parts.password or parts.query or parts.fragment or port)


def _promise(incident: Incident, item: Publication, draft: Draft | None) -> Promise | None:
    """What an interim response promised, by the obligation that came of it (DD-07)."""
    obligations = [
        obligation
        for obligation in incident.obligations
        if obligation.kind is ObligationKind.FOLLOW_UP and obligation.cause == item.id
    ]
    if obligations:
        return max(
            (_promised(obligation) for obligation in obligations), key=lambda one: _GRAVITY.index(one.state)
        )
    if draft is not None and draft.interim is not None and draft.interim.next_update_at > item.published_at:
        return Promise(due_at=draft.interim.next_update_at, state=PromiseState.LAPSED)
    return None


_GRAVITY: Final = (
    PromiseState.LAPSED,
    PromiseState.IN_TIME,
    PromiseState.LATE,
    PromiseState.AWAITED,
    PromiseState.OVERDUE,
)


def _promised(obligation: Obligation) -> Promise:
    """By when the word was before the public, whatever was recorded later than it came."""
    came_at = obligation.fulfilled_at
    if came_at is not None:
        state = PromiseState.IN_TIME if came_at <= obligation.due_at else PromiseState.LATE
    elif obligation.status is Status.OPEN:
        state = PromiseState.AWAITED
    else:
        state = PromiseState.OVERDUE if obligation.is_owed else PromiseState.LAPSED
    return Promise(due_at=obligation.due_at, state=state, came_at=came_at)


def _corrections(incident: Incident, item: Publication, units: Collection[str]) -> Iterator[Correction]:
    for other in incident.publications:
        if other.id in item.superseded_by:
            yield Correction(
                at=other.published_at,
                unit=_unit_name(incident, other.unit),
                response=public_id(incident.incident_id, other.id) if other.unit in units else "",
            )


def _known(incident: Incident, names: Collection[str], units: Collection[str]) -> Iterator[str]:
    for other in incident.publications:
        if other.id in names and other.unit in units:
            yield public_id(incident.incident_id, other.id)


def _unit_name(incident: Incident, code: str) -> str:
    return incident.law.unit(code).name if incident.law.knows(code) else code
