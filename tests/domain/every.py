"""Every command, filled in, and cases in every state: what the generated tests walk through."""

from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from typing import Any, get_args, get_origin, get_type_hints

from domain.case.state import Incident
from domain.catalogue import CaseEvent, Submission
from domain.incident import decide
from domain.steps.close import Archive
from domain.steps.escalate import SignIssue
from domain.steps.verify import RequestVerification
from domain.terms.refusals import Refused
from domain.terms.vocabulary import EmergencyGrade, Platform, PlatformCode
from tests.domain.cast import (
    ALICE,
    CYBERSPACE,
    EVIDENCE,
    MEDIA,
    OFFICE,
    POLICE,
    SECOND,
    STRANGER,
    SUPERIOR,
    UNIT,
    assigned,
    closed,
    concluded,
    factors,
    h,
    handled,
    judged,
    published,
    registered,
    registration,
    reported,
    signed_for,
    step,
)
from tests.domain.given import Case, given
from tests.domain.lives import START, withdrawn

ASKED = step(h(m=10), ALICE, RequestVerification(questions="是否属实"))
DONE = (registered(), judged(), assigned(), concluded(), published(), reported(), handled(), closed())
STATES: dict[str, Case] = {
    "registered": given(registered()).case,
    "verifying": given(registered(), ASKED).case,
    "judged": given(registered(), judged()).case,
    "assigned": given(registered(), judged(), assigned(UNIT, SECOND)).case,
    "urgent": given(registered(), judged(grade=EmergencyGrade.MAJOR), assigned()).case,
    "handling": given(registered(), ASKED, judged(), assigned(), concluded(), published(), handled()).case,
    "breached": given(registered(), judged(), assigned(), signed_for()).by(h(80)),
    "supervised": given(
        registered(), judged(), assigned(), step(h(49), ALICE, SignIssue(paper="supervision_order-1"))
    ).by(h(300)),
    "withdrawn": given(
        registered(), judged(), assigned(), concluded(), published(), withdrawn(h(13), error=True)
    ).case,
    "provisional": given(*START, concluded(), published(at=h(50), said_at=h(47))).case,
    "closed": given(*DONE).case,
    "archived": given(*DONE, step(h(241), ALICE, Archive())).case,
}
UNITS = (OFFICE, CYBERSPACE, POLICE, MEDIA, UNIT, SECOND, STRANGER, "nowhere")


def filled(kind: Any) -> Any:
    """A command with its mandatory fields filled in some way that reads well."""
    hints = get_type_hints(kind)
    given_ = {
        field.name: _value(hints[field.name], field.name)
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    }
    return kind(**given_)


NAMES = {
    "draft": "draft-1",
    "conflicts": (),
    "findings": (1,),
    "paper": "supervision_order-1",
    "organ": "discipline",
    "obligation": "RESP48:-:registration",
    "publication": "publication-1",
    "to": OFFICE,
    "unit": SECOND,
    "first": (SECOND,),
    "published_at": h(m=20),
    "relayed_at": h(13),
    "held_at": h(m=20),
    "evidence": EVIDENCE,
    "factors": factors(),
    "source": registration().sources[0],
    "sources": registration().sources,
    "metrics": registration().metrics[0],
    "discovered_at": h(),
    "sender": SUPERIOR,
    "members": (OFFICE, UNIT),
    "notice": "notice-1",
    "clue": "clue-1",
    "receiver": POLICE,
    "incident": "inc-2",
    "report": "说明",
    "task": "consultation-1-task-1",
    "withdrawn_at": h(13),
    "known_at": h(13),
}
PLAIN: dict[Any, Any] = {str: "说明", bool: True, int: 1, datetime: h(m=20)}


def _value(hint: Any, name: str) -> Any:
    if get_origin(hint) is tuple:
        found = NAMES[name] if name in NAMES else _value(get_args(hint)[0], "")
        return found if isinstance(found, tuple) else (found,)
    if name in NAMES:
        return NAMES[name]
    if is_dataclass(hint):
        return filled(hint)
    if hint == PlatformCode:
        return Platform.WEBSITE
    return PLAIN[hint] if hint in PLAIN else next(iter(hint))  # of an enumeration its first member


def answer(case: Incident, submission: Submission, now: datetime) -> Refused | tuple[CaseEvent, ...]:
    """What the rules say; anything but events or a refusal is an error of the rules."""
    try:
        return decide(case, submission, now)
    except Refused as refused:
        return refused
