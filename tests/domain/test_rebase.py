"""重定依据: a case put under the law now in force, its open responses timed anew and never into
the past (R007).
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from audit.decided import Laws, decided_again
from domain.case.records import PaperStatus
from domain.incident import fold
from domain.law.regulation import shared
from domain.steps.amend import Rebase
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import EmergencyGrade, ObligationKind, PaperKind, PublicationForm
from storage.codec import DECISION, INCIDENT
from tests.domain.cast import (
    ALICE,
    BOB,
    LAW,
    OFFICE,
    UNIT,
    assigned,
    concluded,
    draft,
    h,
    judged,
    of,
    published,
    registered,
    rejudged,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, When, given

RESP48, PUB24 = ObligationKind.RESP48, ObligationKind.PUB24
START = (registered(), judged(), assigned(), signed_for())


def with_limits(hours_48, hours_24=24, **more):
    limits = replace(LAW.limits, h48=timedelta(hours=hours_48), h24=timedelta(hours=hours_24))
    return replace(LAW, limits=limits, digest=f"limits-{hours_48}-{hours_24}", version="v2", **more)


def rebased(given_, at, law, by=ALICE, reason="新规施行"):
    """The case put under a law by a submission whose envelope carries it."""
    case = given_.case
    case.until(at)
    submission = replace(case.submission(step(at, by, Rebase(reason=reason))), law=law)
    return When(case, lambda: case.take(submission, at))


@pytest.mark.parametrize(
    ("at", "hours", "due", "passed"),
    [
        (h(20), 72, h(72), ()),  # more time is granted at once
        (h(20), 40, h(40), ("reminder_sent",)),  # less time, with more than five hours to go
        (
            h(20),
            24,
            h(25),
            ("reminder_sent", "alarm_raised"),
        ),  # with less: five hours from the change, as for an upgrade (DD-08)
        (h(46), 47, h(48), ()),  # those five hours never go past the old due instant
        (h(30), 24, h(48), ()),  # it would have run out already: the old due instant stays
    ],
)
def test_open_responses_are_due_by_the_new_limits_and_never_in_the_past(at, hours, due, passed):
    case = rebased(given(*START), at, with_limits(hours)).then("rebased", *passed)
    obligation = case.obligation(RESP48, UNIT)
    assert (obligation.due_at, obligation.status) == (due, OPEN)
    assert case.state.response_due_at == due
    assert case.until(due).obligation(RESP48, UNIT).status is OPEN


def test_the_case_goes_on_under_the_new_law_and_the_former_is_named():
    law = with_limits(72)
    case = rebased(given(*START), h(20), law).then("rebased")
    (event,) = case.happened("rebased")
    assert (event.former, event.former_version) == (LAW.digest, LAW.version)
    assert case.state.law == law
    assert case.state.law is shared(law)
    case.give(rejudged(h(21), grade=EmergencyGrade.MAJOR))
    assert case.obligation(PUB24, UNIT).due_at == h(26)


def test_a_breach_stands_and_an_answer_stays_on_time():
    breached = rebased(given(*START), h(50), with_limits(72)).then("rebased")
    assert (breached.obligation(RESP48, UNIT).status, breached.obligation(RESP48, UNIT).due_at) == (
        BREACHED,
        h(48),
    )
    answered = rebased(given(*START, concluded(), published()), h(20), with_limits(30)).then("rebased")
    assert (answered.obligation(RESP48, UNIT).status, answered.obligation(RESP48, UNIT).due_at) == (
        ON_TIME,
        h(48),
    )


def test_an_upgraded_case_is_timed_by_the_limits_of_its_class():
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned())
    case = rebased(given(*urgent), h(2), with_limits(48, 12)).then("rebased")
    assert case.obligation(PUB24, UNIT).due_at == h(12)


def test_other_obligations_keep_their_limits_and_new_ones_take_the_new_law():
    quick = replace(with_limits(48), digest="quick")
    quick = replace(quick, limits=replace(quick.limits, rectify_workdays=1))
    case = rebased(given(registered(), judged(), assigned()), h(m=25), quick).then("rebased")
    assert case.obligation(ObligationKind.SIGN, UNIT).due_at == h(m=50)
    assert case.state.law.limits.rectify_workdays == 1


@pytest.mark.parametrize("law", [LAW, replace(LAW, version="renamed")])
def test_the_same_law_is_no_change(law):
    rebased(given(*START), h(2), law).refused(Reason.LAW_UNCHANGED)


def test_a_re_base_needs_its_reason_its_law_and_the_units_of_the_case():
    rebased(given(*START), h(2), with_limits(72), reason=" ").refused(Reason.REASON_MISSING)
    rebased(given(*START), h(2), None).refused(Reason.MISSING_PART, "law")
    fewer = with_limits(72, units=tuple(unit for unit in LAW.units if unit.code != UNIT))
    rebased(given(*START), h(2), fewer).refused(Reason.UNKNOWN_UNIT, UNIT)


def test_the_principal_leader_of_the_office_alone_re_bases():
    for actor in (BOB, of(OFFICE, Role.DEPUTY_LEADER)):
        rebased(given(*START), h(2), with_limits(72), by=actor).refused(Reason.ROLE_NOT_ALLOWED)
    rebased(given(*START), h(2), with_limits(72), by=of(UNIT, Role.PRINCIPAL_LEADER)).refused(
        Reason.UNIT_NOT_CONCERNED
    )


def test_a_case_of_the_first_edition_is_raised_and_gets_the_alarms():
    first = given(*START, law=replace(LAW, edition=1))
    case = rebased(first, h(40), LAW).then("rebased", "alarm_raised")
    assert (case.state.law.edition, [item.edition for item in case.decisions][-1]) == (3, 1)
    assert case.until(h(43.2)).decisions[-1].edition == 3


def test_a_re_based_case_is_stored_read_and_decided_again_alike():
    case = rebased(given(*START), h(20), with_limits(40)).then("rebased", "reminder_sent")
    case.until(h(60))
    stored = [DECISION.validate_json(DECISION.dump_json(item)) for item in case.decisions]
    assert fold(event for item in stored for event in item.events) == case.state
    assert INCIDENT.validate_json(INCIDENT.dump_json(case.state)) == case.state
    differences, again = decided_again("inc-1", stored)
    assert (differences, again) == ([], case.state)


def test_the_audit_compares_the_law_that_a_re_base_brought():
    laws, law = Laws(), with_limits(40)
    one = rebased(given(*START), h(20), law).then("rebased", "reminder_sent")
    forged = replace(law, title="另一文件")
    other = rebased(given(*START), h(20), forged).then("rebased", "reminder_sent")
    assert list(laws.differences("inc-1", one.decisions)) == []
    (difference,) = laws.differences("inc-2", other.decisions)
    assert difference.number == other.decisions[-1].first_number


def test_a_law_that_was_changed_under_its_digest_takes_nobody_elses_place_in_memory():
    law = shared(LAW)
    forged = replace(law, title="另一文件")
    assert shared(forged) is forged
    assert shared(replace(law)) is law


def test_papers_are_untouched():
    case = rebased(given(*START), h(50), with_limits(72)).then("rebased")
    assert case.papers(PaperKind.SUPERVISION_ORDER)[0].status is PaperStatus.DRAFTED


# --- under the third edition, which asks what stood when (DD-29) --------------------------------------------


def of_edition(edition):
    return replace(LAW, edition=edition, digest=f"edition {edition}")


NONE, MAJOR = EmergencyGrade.NONE, EmergencyGrade.MAJOR


@pytest.mark.parametrize("edition", [1, 2])
@pytest.mark.parametrize(("grade", "kind"), [(NONE, RESP48), (MAJOR, PUB24)])
def test_a_case_of_an_earlier_edition_publishes_once_it_is_under_the_third(edition, grade, kind):
    start = (registered(), judged(grade=grade), assigned(), concluded())
    meets = ("consultation_proposed",) if (edition, grade) == (1, MAJOR) else ()
    case = rebased(given(*start, law=of_edition(edition)), h(3), LAW).then("rebased", *meets)
    case.give(published(at=h(5), said_at=h(2)))
    assert "conclusion_missing" not in case.state.publications[0].irregular
    case.give(published(at=h(6)))
    assert (case.state.publications[-1].irregular, case.obligation(kind, UNIT).status) == ((), ON_TIME)


@pytest.mark.parametrize("edition", [1, 2])
def test_a_notice_of_an_emergency_goes_out_before_the_conclusion_after_a_rebase(edition):
    start = (registered(), judged(grade=MAJOR), assigned())
    meets = ("consultation_proposed",) if edition == 1 else ()
    case = rebased(given(*start, law=of_edition(edition)), h(2), LAW).then("rebased", *meets)
    case.give(published(at=h(3), text=draft(PublicationForm.FIRST_NOTICE)))
    assert (case.state.publications[-1].irregular, case.obligation(PUB24, UNIT).status) == ((), ON_TIME)


def test_no_word_from_before_an_upgrade_meets_its_limit_after_a_rebase():
    start = (*START, concluded(), rejudged(h(3), grade=MAJOR))
    case = rebased(given(*start, law=of_edition(2)), h(4), LAW).then("rebased")
    case.give(published(at=h(5), said_at=h(2)))
    assert case.obligation(PUB24, UNIT).status is OPEN
    case.give(published(at=h(6)))
    assert case.obligation(PUB24, UNIT).status is ON_TIME


def test_a_rebase_to_the_same_edition_leaves_what_stood_when():
    case = given(*START, concluded(), rejudged(h(3), grade=MAJOR))
    before = case.case.state.timelines
    assert rebased(case, h(4), with_limits(72)).then("rebased").state.timelines == before
