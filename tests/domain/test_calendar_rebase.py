"""工作日历到位: open limits in working days are counted again by it,
and a breach that it disproves is turned on time (DD-39).
"""

from dataclasses import replace
from datetime import date

import pytest

from domain.case.obligations import Status
from domain.steps.amend import Rebase
from domain.steps.escalate import SignIssue, SubmitRectification
from domain.terms.refusals import Reason
from domain.terms.vocabulary import ObligationKind, PaperKind
from domain.terms.workdays import WorkCalendar
from tests.domain.cast import ALICE, BOB, LAW, UNIT, assigned, judged, on, registered, step
from tests.domain.given import BREACHED, ON_TIME, OPEN, When, given
from words.computation import computation

RECTIFY = ObligationKind.RECTIFY
FOUND = on("12-27")
SIGNED = step(on("12-30", "09:00"), ALICE, SignIssue(paper="supervision_order-1"))
START = (registered(FOUND, discovered_at=FOUND, metrics=()), judged(FOUND, reason="理由"), assigned(at=FOUND))
ORDERED = (*START, SIGNED)  # by the fall-back due on 5 January: 31 December, 4 and 5 January


def law_with(holidays=(), makeup=()):
    """The law in force in the new year: its calendar has 2027, and no year before."""
    days = tuple(date.fromisoformat(day) for day in holidays)
    worked = tuple(date.fromisoformat(day) for day in makeup)
    calendar = WorkCalendar(
        years=(2027,), holidays=days, makeup_workdays=worked, fixed_days=LAW.calendar.fixed_days
    )
    return replace(LAW, calendar=calendar, digest=f"{holidays}{makeup}".ljust(64, "k")[:64], version="v1+1")


LONGER = law_with(("2027-01-01", "2027-01-04", "2027-01-05"))  # 31 December, 6 and 7 January
SHORTER = law_with(("2027-01-01",), ("2027-01-02", "2027-01-03"))  # 31 December, 2 and 3 January
SAME = law_with(("2027-01-01",))


def applied(given_, at, law, *, calendar_only=True, by=ALICE, reason="国务院办公厅通知"):
    case = given_.case
    case.until(at)
    command = Rebase(reason=reason, calendar_only=calendar_only)
    submission = replace(case.submission(step(at, by, command)), law=law)
    return When(case, lambda: case.take(submission, at))


def year(day, time="10:00"):
    return on(day, time, 2027)


def rectified(at):
    return step(at, BOB, SubmitRectification(report="已整改"))


@pytest.mark.parametrize("calendar_only", [True, False])
def test_a_limit_that_is_open_is_counted_again_from_the_day_of_the_order(calendar_only):
    case = applied(given(*ORDERED), year("01-02"), LONGER, calendar_only=calendar_only).then("rebased")
    obligation = case.obligation(RECTIFY, UNIT)
    assert (obligation.due_at, obligation.status) == (year("01-07", "23:59:59"), OPEN)
    assert obligation.computed.years_without_calendar == ()
    (event,) = case.happened("rebased")
    assert [
        (item.former_due_at, item.due_at) for item in event.retimed if item.obligation == obligation.id
    ] == [(year("01-05", "23:59:59"), year("01-07", "23:59:59"))]


def test_it_never_falls_due_before_the_end_of_the_next_working_day():
    early = applied(given(*ORDERED), on("12-31"), SHORTER).then("rebased")
    assert early.obligation(RECTIFY, UNIT).due_at == year("01-03", "23:59:59")
    late = applied(given(*ORDERED), year("01-03"), SHORTER).then("rebased")
    assert late.obligation(RECTIFY, UNIT).due_at == year("01-04", "23:59:59")


def test_what_was_put_off_to_the_next_working_day_is_told_as_no_sum():
    late = applied(given(*ORDERED), year("01-03"), SHORTER).then("rebased")
    obligation = late.obligation(RECTIFY, UNIT)
    assert (obligation.computed.limit, obligation.computed.rule) == ("3 workdays", "recounted_limit")
    assert computation(obligation, late.state) == (
        "签发时间 2026-12-30 09:00（当日不计） + 3个工作日，按录入的日历早于重算后的下一个工作日，"
        "故延至 2027-01-04 23:59:59"
    )
    longer = applied(given(*ORDERED), year("01-02"), LONGER).then("rebased")
    assert computation(longer.obligation(RECTIFY, UNIT), longer.state).endswith(
        "3个工作日 = 2027-01-07 23:59:59"
    )


def test_where_the_day_stays_the_warning_goes():
    case = applied(given(*ORDERED), year("01-02"), SAME).then("rebased")
    obligation = case.obligation(RECTIFY, UNIT)
    assert (obligation.due_at, obligation.computed.years_without_calendar) == (year("01-05", "23:59:59"), ())


def test_a_breach_of_what_is_still_to_be_done_is_withdrawn_and_the_limit_runs_on():
    breached = given(*ORDERED).by(year("01-06"))
    assert breached.obligation(RECTIFY, UNIT).status is BREACHED
    points = breached.scores(year("01-06"))
    case = applied(given(*ORDERED), year("01-06"), LONGER).then("rebased", "breach_withdrawn", "paper_voided")
    obligation = case.obligation(RECTIFY, UNIT)
    assert (obligation.status, obligation.due_at) == (OPEN, year("01-07", "23:59:59"))
    assert case.happened("breach_withdrawn")
    assert case.happened("obligation_breached")
    assert case.scores(year("01-06"))[UNIT] == points[UNIT] + 2
    assert case.until(year("01-08")).obligation(RECTIFY, UNIT).status is BREACHED


def test_what_was_done_late_by_the_fall_back_and_in_time_by_the_calendar_counts_as_on_time_both_kept():
    case = applied(given(*ORDERED, rectified(year("01-06"))), year("01-09"), LONGER).then(
        "rebased", "late_evidence_reviewed", "paper_voided"
    )
    obligation = case.obligation(RECTIFY, UNIT)
    assert obligation.status is Status.ON_TIME_LATE_EVIDENCE
    assert (obligation.breached_at, obligation.fulfilled_at) == (year("01-05", "23:59:59"), year("01-06"))
    assert not any(points == -2 for points in case.scores(year("01-09")).values())


def test_what_the_breach_called_for_falls_with_it():
    breached = given(*ORDERED).by(year("01-06"))
    (talk,) = breached.papers(PaperKind.ADMONITORY_TALK)
    case = applied(given(*ORDERED), year("01-06"), LONGER).then("rebased", "breach_withdrawn", "paper_voided")
    assert case.state.paper(talk.id).status.value == "void"


@pytest.mark.parametrize("law", [SAME, SHORTER])
def test_a_breach_that_the_calendar_bears_out_stands(law):
    case = applied(given(*ORDERED), year("01-07"), law).then("rebased")
    assert case.obligation(RECTIFY, UNIT).status is BREACHED


def test_a_breach_by_a_calendar_that_was_whole_is_nobodys_to_disprove():
    early = on("09-07")
    start = (registered(early), judged(early), assigned(at=early))
    order = step(on("09-10"), ALICE, SignIssue(paper="supervision_order-1"))
    case = applied(given(*start, order), on("09-20"), LONGER).then("rebased")
    assert case.obligation(RECTIFY, UNIT).status is BREACHED


def test_what_was_done_in_time_stays_so():
    case = applied(given(*ORDERED, rectified(year("01-04"))), year("01-09"), SHORTER).then("rebased")
    assert case.obligation(RECTIFY, UNIT).status is ON_TIME


def test_with_the_calendar_alone_nothing_else_of_the_law_moves():
    quick = replace(LONGER, limits=replace(LONGER.limits, h48=LONGER.limits.h48 / 2), digest="q" * 64)
    case = applied(given(*START), on("12-28"), quick).then("rebased")
    assert (case.state.law.limits, case.state.law.version) == (LAW.limits, LAW.version)
    assert case.state.law.calendar.years == (*LAW.calendar.years, 2027)
    assert case.state.response_due_at == on("12-29")


def test_the_same_calendar_again_is_refused():
    case = applied(given(*ORDERED), year("01-02"), LONGER).then("rebased")
    with_it = applied(type("Givens", (), {"case": case})(), year("01-03"), LONGER)
    with_it.refused(Reason.LAW_UNCHANGED)


def again(case, at, law, *, calendar_only=True):
    return applied(type("Givens", (), {"case": case})(), at, law, calendar_only=calendar_only)


OTHER_LAW = replace(SHORTER, version="v2", digest="o" * 64)
NEXT_YEAR = replace(
    LAW,
    calendar=WorkCalendar(
        years=(2027, 2028),
        holidays=SHORTER.calendar.holidays,
        makeup_workdays=SHORTER.calendar.makeup_workdays,
        fixed_days=LAW.calendar.fixed_days,
    ),
    digest="n" * 64,
)


@pytest.mark.parametrize(("law", "calendar_only"), [(OTHER_LAW, False), (NEXT_YEAR, True)])
def test_a_limit_that_was_kept_open_till_the_next_working_day_is_not_moved_by_another_rebase(
    law, calendar_only
):
    """By the calendar due on the 3rd, by DD-39 on the 4th;
    a law with the same days of that year leaves it there.
    """
    case = applied(given(*ORDERED), year("01-03"), SHORTER).then("rebased")
    again(case, year("01-04", "09:00"), law, calendar_only=calendar_only).then("rebased")
    assert case.obligation(RECTIFY, UNIT).due_at == year("01-04", "23:59:59")
    retimed = [item for event in case.happened("rebased") for item in event.retimed]
    assert [item.obligation for item in retimed].count(case.obligation(RECTIFY, UNIT).id) == 1


def test_its_days_are_those_that_it_was_ordered_with():
    """A law of five days came between: the order of three is counted by three when the calendar comes."""
    five = replace(LAW, limits=replace(LAW.limits, rectify_workdays=5), version="v2", digest="f" * 64)
    case = applied(given(*ORDERED), on("12-31"), five, calendar_only=False).then("rebased")
    again(case, year("01-02"), LONGER).then("rebased")
    obligation = case.obligation(RECTIFY, UNIT)
    assert (obligation.due_at, obligation.computed.limit) == (year("01-07", "23:59:59"), "3 workdays")


def test_a_calendar_with_fewer_years_than_the_case_has_changes_nothing():
    case = applied(given(*ORDERED), year("01-02"), LONGER).then("rebased")
    again(case, year("01-03"), LAW).refused(Reason.LAW_UNCHANGED)


def test_a_law_from_before_the_fixed_days_takes_the_years_and_no_fixed_days():
    law = replace(LAW, edition=2, calendar=replace(LAW.calendar, fixed_days=()), digest="second")
    case = applied(given(*ORDERED, law=law), year("01-02"), LONGER).then("rebased")
    assert case.obligation(RECTIFY, UNIT).due_at == year("01-07", "23:59:59")
    assert case.state.law.calendar.fixed_days == ()


def test_it_needs_its_reason_and_the_offices_principal_leader():
    applied(given(*ORDERED), year("01-02"), LONGER, reason=" ").refused(Reason.REASON_MISSING)
    applied(given(*ORDERED), year("01-02"), LONGER, by=BOB).refused(Reason.ROLE_NOT_ALLOWED)
