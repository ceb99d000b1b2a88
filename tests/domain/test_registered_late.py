"""Whether a text is registered at once or later makes no difference,
unless something was decided or fell due between (DD-29).
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from domain.steps.assign import Reassign
from domain.terms.refusals import Reason
from domain.terms.vocabulary import (
    EmergencyGrade,
    FactConclusion,
    ObligationKind,
    PublicationForm,
    WarningLevel,
)
from tests.domain.cast import (
    ALICE,
    BOB,
    SECOND,
    UNIT,
    Step,
    assigned,
    concluded,
    draft,
    h,
    judged,
    promise,
    publish,
    published,
    registered,
    rejudged,
    reviewed,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, SUPERSEDED, Case, given

FORMS = PublicationForm
MAJOR, NONE = EmergencyGrade.MAJOR, EmergencyGrade.NONE
RESP48, PUB24, REPORT_UP = ObligationKind.RESP48, ObligationKind.PUB24, ObligationKind.REPORT_UP
GRADES = st.sampled_from([NONE, EmergencyGrade.RELATIVELY_MAJOR, MAJOR])
TEXTS = st.sampled_from(
    [FORMS.SITUATION_NOTICE, FORMS.FIRST_NOTICE, FORMS.UPDATE_NOTICE, FORMS.INTERIM_RESPONSE]
)
AFTER_TWO = st.integers(min_value=0, max_value=7200)  # seconds; the 5-hour limit is the next that falls due
DELAYS = st.integers(min_value=0, max_value=3500)


def text(form: PublicationForm, *, joint: bool, until: datetime) -> Any:
    more: dict[str, Any] = {"co_issuers": (SECOND,)} if joint else {}
    return draft(form, **more, **({"interim": promise(until)} if form is FORMS.INTERIM_RESPONSE else {}))


def outcome(case: Case) -> tuple[object, ...]:
    """What the latest publication met, when, and how it was judged."""
    item = case.state.publications[-1]
    met = [
        (obligation.kind, obligation.unit, obligation.status, obligation.fulfilled_at, obligation.provisional)
        for obligation in case.state.obligations
        if obligation.evidence == item.id
    ]
    judged_as = (item.irregular, item.counts, item.gives_result, item.conclusion, item.fast_lane)
    promised = [
        (obligation.due_at, obligation.status) for obligation in case.obligations(ObligationKind.FOLLOW_UP)
    ]
    running = [
        (obligation.due_at, obligation.status) for obligation in case.obligations(ObligationKind.CONT_UPD)
    ]
    return met, judged_as, promised, running


@settings(max_examples=150, deadline=None)
@drawn(
    grade=GRADES,
    form=TEXTS,
    said=AFTER_TWO,
    delay=DELAYS,
    facts=st.sampled_from([None, FactConclusion.TRUE, FactConclusion.UNTRUE]),
    flags=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    promised=st.sampled_from([1, 30, 90]),
)
def test_what_a_text_meets_is_the_same_whether_it_is_registered_at_once_or_later(
    grade: EmergencyGrade,
    form: PublicationForm,
    said: int,
    delay: int,
    facts: FactConclusion | None,
    flags: tuple[bool, bool, bool],
    promised: int,
):
    joint, passed, spoken = flags
    begun = registered(), judged(grade=grade, **_level(grade)), assigned(UNIT, SECOND)
    first = draft(FORMS.INTERIM_RESPONSE, interim=promise(h(30)))
    before: tuple[Any, ...] = (
        *begun,
        *((concluded(facts, h(1)),) if facts else ()),
        *(published(at=h(1.5), text=first) if spoken else ()),
        step(h(2), BOB, text(form, joint=joint, until=h(promised))),
        *(reviewed(UNIT, h(2)) if passed else ()),
    )
    said_at = h(2) + timedelta(seconds=said)
    register = publish(said_at, anyway="先行公布")
    at_once, later = (
        outcome(given(*before, step(at, BOB, register)).by(h(4, m=59)))
        for at in (said_at, said_at + timedelta(seconds=delay))
    )
    assert at_once == later


def _level(grade: EmergencyGrade) -> dict[str, Any]:
    """The floor of a grade that is not of the 24-hour class."""
    return {"level": WarningLevel.COMPLEX_SENSITIVE} if grade is EmergencyGrade.RELATIVELY_MAJOR else {}


class Row(NamedTuple):
    """What came between a text's instant, three hours after discovery, and its registration,
    and what is made of it.
    """

    grade: EmergencyGrade
    form: PublicationForm
    concluded_before: bool
    between: Step | None
    registered_at: datetime
    of_48: object
    of_24: object
    report: bool
    irregular: tuple[Reason, ...] = ()


CALM, URGENT = (NONE, FORMS.SITUATION_NOTICE, True), (MAJOR, FORMS.FIRST_NOTICE, False)
OTHERS = step(h(4), ALICE, Reassign(first=(SECOND,), reason="调整"))
# Between the word and its registration: what it meets is what stood when it was said,
# and what was decided stands.
TABLE = {
    "nothing": Row(*CALM, None, h(5), ON_TIME, None, True),
    "an upgrade": Row(*CALM, rejudged(h(4), grade=MAJOR), h(5), SUPERSEDED, OPEN, True),
    "a downgrade": Row(*URGENT, rejudged(h(4), grade=NONE), h(5), ON_TIME, SUPERSEDED, True),
    "the conclusion": Row(
        NONE,
        FORMS.SITUATION_NOTICE,
        False,
        concluded(at=h(4)),
        h(5),
        OPEN,
        None,
        False,
        (Reason.CONCLUSION_MISSING,),
    ),
    "another conclusion": Row(*CALM, concluded(FactConclusion.UNTRUE, h(4)), h(5), ON_TIME, None, True),
    "another assignment": Row(*CALM, OTHERS, h(5), SUPERSEDED, None, False),
    "the due instant of the 48 hours": Row(*CALM, None, h(48, s=1), BREACHED, None, True),
    "the due instant of the 24 hours": Row(*URGENT, None, h(24, s=1), None, BREACHED, True),
}


_MET, _OPENED = "obligation_fulfilled", "obligation_opened"
MET = {  # what the text meets and opens when it is registered
    "nothing": (_MET, _OPENED),
    "an upgrade": (_OPENED, _OPENED),
    "a downgrade": (_MET, _MET, _OPENED),
    "the conclusion": (),
    "another conclusion": (_MET, _OPENED),
    "another assignment": (),
    "the due instant of the 48 hours": (_MET, _OPENED),
    "the due instant of the 24 hours": (_MET, _MET, _OPENED, _OPENED),
}


@pytest.mark.parametrize("name", TABLE)
def test_what_was_decided_between_stands_and_the_text_is_judged_by_what_stood(name: str):
    row = TABLE[name]
    before: tuple[Any, ...] = (registered(), judged(grade=row.grade), assigned())
    if row.concluded_before:
        before = (*before, concluded(at=h(1)))
    before = (*before, step(h(2), BOB, text(row.form, joint=False, until=h(30))), *reviewed(UNIT, h(2)))
    if row.between is not None:
        before = (*before, row.between)
    case = (
        given(*before)
        .when(step(row.registered_at, BOB, publish(h(3), anyway="先行公布")))
        .then("published", "paper_drafted", *MET[name])
    )
    found = tuple(
        case.obligations(kind, UNIT)[-1].status if case.obligations(kind, UNIT) else None
        for kind in (RESP48, PUB24)
    )
    assert found == (row.of_48, row.of_24)
    assert bool(case.obligations(REPORT_UP, UNIT)) is row.report
    assert case.state.publications[0].irregular == row.irregular
    assert case.state.publications[0].published_at == h(3)
