"""会签与保密审查: asked at the first review, never waited for, made up afterwards;
who answers for secrecy (DD-40).
"""

from dataclasses import replace

import pytest

from domain.law.responsibility import Involvement
from domain.rules.countersigning import offices
from domain.rules.permissions import may_see
from domain.rules.scores import score_deltas
from domain.steps.assign import Assign
from domain.steps.countersign import Countersign
from domain.steps.respond import ReviewDraft
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import (
    EmergencyGrade,
    InvolvementRole,
    ObligationKind,
    PublicationForm,
    ReviewStage,
    WarningLevel,
)
from tests.domain.cast import (
    ALICE,
    BOB,
    CYBERSPACE,
    LAW,
    MALLORY,
    UNIT,
    assigned,
    closed,
    concluded,
    draft,
    h,
    handled,
    involved,
    judged,
    of,
    publish,
    registered,
    rejudged,
    reported,
    reviewed,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, VOID, given
from tests.domain.outcomes import ANSWERED

ASKED = ObligationKind.COUNTERSIGN
PUBLICITY = LAW.offices.publicity_department
GRAVE = WarningLevel.COMPLEX_SENSITIVE
DRAFT_AT, ASKED_AT = h(2), h(2, m=10)


def begun(*, level=GRAVE, grade=EmergencyGrade.NONE, units=(UNIT,), **more):
    return (
        registered(involved=involved(*units)),
        judged(level=level, grade=grade, **more),
        assigned(UNIT),
        signed_for(at=h(m=25)),
        concluded(),
        step(DRAFT_AT, BOB, draft()),
    )


def first(at=ASKED_AT, name="draft-1", **more):
    stage = ReviewStage.FIRST_REVIEW
    command = ReviewDraft(**{"draft": name, "stage": stage, "approved": True, **more})
    return step(at, of(UNIT, Role.SPOKESPERSON), command)


def later(at, *stages, **more):
    roles = {ReviewStage.SECOND_REVIEW: Role.DEPUTY_LEADER, ReviewStage.FINAL_REVIEW: Role.PRINCIPAL_LEADER}
    for stage in stages or roles:
        command = ReviewDraft(**{"draft": "draft-1", "stage": stage, "approved": True, **more})
        yield step(at, of(UNIT, roles[stage]), command)


def countersigned(at, by=PUBLICITY, **more):
    actor = by if not isinstance(by, str) else of(by)
    return step(at, actor, Countersign(**{"draft": "draft-1", "agreed": True, **more}))


@pytest.mark.parametrize(
    ("grade", "level", "due"),
    [(EmergencyGrade.NONE, GRAVE, h(4, m=10)), (EmergencyGrade.MAJOR, GRAVE, h(2, m=40))],
)
def test_it_is_asked_for_at_the_first_review_by_the_class(grade, level, due):
    case = given(*begun(grade=grade, level=level)).when(first()).then("reviewed", "obligation_opened")
    obligation = case.obligation(ASKED, PUBLICITY)
    assert (obligation.clock_start, obligation.due_at, obligation.scored, obligation.clause) == (
        ASKED_AT,
        due,
        False,
        "三(六)#2",
    )
    assert may_see(of(PUBLICITY), case.state)


def test_a_text_that_was_out_before_it_was_asked_for_is_not_marked_for_it():
    """It went out before its first review, of which its publication is marked;
    no countersign was asked for then (DD-40).
    """
    case = (
        given(*begun(), first()).when(step(h(3), BOB, publish(h(2, m=5), anyway="值班误发"))).then(*ANSWERED)
    )
    (item,) = case.state.publications
    assert (Reason.REVIEW_INCOMPLETE in item.irregular, item.not_countersigned) == (True, False)
    said = step(h(3), BOB, publish(ASKED_AT, anyway="值班误发"))
    later_on = given(*begun(), first()).when(said).then(*ANSWERED)
    assert later_on.state.publications[0].not_countersigned


@pytest.mark.parametrize("level", [WarningLevel.GENERAL_MATTER, WarningLevel.SOCIAL_HOTSPOT])
def test_below_it_none_is_asked_for(level):
    given(*begun(level=level)).when(first()).then("reviewed")


def test_it_goes_by_the_case_when_the_text_comes_to_its_first_review():
    low = begun(level=WarningLevel.SOCIAL_HOTSPOT)
    risen = given(*low, rejudged(h(2, m=5), level=GRAVE)).when(first()).then("reviewed", "obligation_opened")
    assert risen.obligation(ASKED).status is OPEN
    after = given(*low, first(), rejudged(h(2, m=20), level=GRAVE)).case
    assert after.obligations(ASKED) == ()


def test_comprehensive_and_policy_matters_are_countersigned_at_any_level():
    low = WarningLevel.SOCIAL_HOTSPOT
    case = given(*begun(level=low, comprehensive=True)).when(first()).then("reviewed", "obligation_opened")
    assert case.obligation(ASKED).unit == PUBLICITY
    policy = (
        registered(),
        judged(level=low, involves_city_policy=True),
        step(h(m=20), ALICE, Assign(first=(UNIT,), reason="重大政策")),
        step(DRAFT_AT, BOB, draft()),
    )
    assert (
        given(*policy).when(first()).then("reviewed", "obligation_opened").obligation(ASKED).unit == PUBLICITY
    )


def test_an_accountable_office_is_passed_over():
    case = given(*begun(units=(UNIT, PUBLICITY))).when(first()).then("reviewed", "obligation_opened")
    assert [obligation.unit for obligation in case.obligations(ASKED)] == [CYBERSPACE]
    case.give(countersigned(h(3), CYBERSPACE))
    assert case.obligation(ASKED).status is ON_TIME
    both = replace(case.state, involved=involved(UNIT, PUBLICITY, CYBERSPACE))
    assert offices(both, both.drafts[0]) == ()


@pytest.mark.parametrize(("at", "status"), [(h(4, m=10), ON_TIME), (h(4, m=10, s=1), BREACHED)])
def test_silence_is_recorded_against_that_office_and_scored_against_nobody(at, status):
    case = given(*begun(), first(), countersigned(at)).by(h(5))
    obligation = case.obligation(ASKED, PUBLICITY)
    assert (obligation.status, obligation.fulfilled_at) == (status, at)
    assert set(score_deltas(case.state, h(50)).values()) == {0.0}


def test_it_never_holds_a_text_back_and_is_made_up_afterwards():
    out = (first(), *later(h(3)), step(h(3, m=5), BOB, publish(h(3, m=5))))
    case = given(*begun(), *out).case
    item = case.state.publications[0]
    assert (item.not_countersigned, item.irregular, case.obligation(ObligationKind.RESP48).status) == (
        True,
        (),
        ON_TIME,
    )
    case.give(countersigned(h(6)))
    assert (case.obligation(ASKED).status, case.obligation(ASKED).fulfilled_at) == (BREACHED, h(6))
    assert case.state.publications[0].not_countersigned
    assert case.state.drafts[0].countersign.at == h(6)


@pytest.mark.parametrize(("said_at", "lacks"), [(h(3, m=5), False), (h(2, m=59), True)])
def test_a_publication_registered_later_is_judged_by_its_instant(said_at, lacks):
    steps = (first(), *later(h(2, m=30)), countersigned(h(3)), step(h(4), BOB, publish(said_at)))
    assert given(*begun(), *steps).case.state.publications[0].not_countersigned is lacks


def test_whoever_speaks_against_it_says_why_and_may_agree_later():
    given(*begun(), first()).when(countersigned(h(3), agreed=False)).refused(Reason.REASON_MISSING)
    against = (first(), countersigned(h(3), agreed=False, comment="口径与上级不一致"))
    case = given(*begun(), *against, *later(h(3, m=10)), step(h(3, m=20), BOB, publish(h(3, m=20)))).case
    assert (case.obligation(ASKED).status, case.state.publications[0].not_countersigned) == (ON_TIME, True)
    case.give(countersigned(h(5)))
    assert case.state.drafts[0].countersign.agreed


def test_a_text_that_is_sent_back_asks_for_it_no_more():
    back = step(
        h(3),
        of(UNIT, Role.DEPUTY_LEADER),
        ReviewDraft(draft="draft-1", stage=ReviewStage.SECOND_REVIEW, approved=False, comment="重写"),
    )
    case = given(*begun(), first(), back).by(h(9))
    assert case.obligation(ASKED).status is VOID
    given(*begun(), first(approved=False, comment="重写")).when(countersigned(h(4))).refused(
        Reason.UNKNOWN_REFERENCE
    )


def test_it_stands_in_no_way_of_closing_and_may_be_made_up_after_it():
    level = WarningLevel.COMPLEX_SENSITIVE
    steps = (first(), *later(h(3)), step(h(3, m=5), BOB, publish(h(3, m=5))), reported(), handled(), closed())
    case = given(*begun(level=level), *steps).case
    assert case.state.closed_at is not None
    case.give(countersigned(h(241)))
    assert case.state.drafts[0].countersign.agreed


@pytest.mark.parametrize(
    ("given_", "reason"),
    [
        (countersigned(h(3), MALLORY), Reason.UNIT_NOT_CONCERNED),
        (countersigned(h(3), of(UNIT)), Reason.UNIT_NOT_CONCERNED),
        (countersigned(h(3), of(PUBLICITY, Role.MONITOR)), Reason.ROLE_NOT_ALLOWED),
        (countersigned(h(3), draft="draft-9"), Reason.UNKNOWN_REFERENCE),
    ],
)
def test_who_may_not_countersign(given_, reason):
    given(*begun(), first()).when(given_).refused(reason)


def test_it_is_given_once():
    given(*begun(), first(), countersigned(h(3))).when(countersigned(h(3, m=1))).refused(Reason.ALREADY_DONE)


def test_the_author_countersigns_nothing_of_its_own():
    helps = Involvement(unit=PUBLICITY, role=InvolvementRole.ASSISTING)
    steps = (
        registered(involved=(*involved(UNIT), helps)),
        judged(level=GRAVE),
        step(DRAFT_AT, of(PUBLICITY), draft(PublicationForm.SITUATION_NOTICE)),
        step(
            ASKED_AT,
            of(PUBLICITY, Role.SPOKESPERSON),
            ReviewDraft(draft="draft-1", stage=ReviewStage.FIRST_REVIEW, approved=True),
        ),
    )
    assert [obligation.unit for obligation in given(*steps).case.obligations(ASKED)] == [CYBERSPACE]


def test_the_final_reviewer_answers_for_secrecy_or_names_who_did_it():
    case = given(*begun(), first(), *later(h(3), ReviewStage.SECOND_REVIEW)).case
    case.give(later(h(3, m=1), ReviewStage.FINAL_REVIEW, secrecy_reviewer="lin"))
    assert case.state.drafts[0].reviews[-1].secrecy_reviewer == "lin"
    given(*begun()).when(first(secrecy_reviewer="lin")).refused(Reason.REVIEW_OUT_OF_ORDER)


def test_a_case_of_an_earlier_edition_asks_for_none():
    law = replace(LAW, edition=2, digest="second")
    steps = (*begun(), *reviewed(UNIT, h(3)))
    assert given(*steps, law=law).case.obligations(ASKED) == ()
