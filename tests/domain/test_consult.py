"""会商、方案、研判报告: proposed by rule, minuted, its decisions become tasks;
no publication waits for any of it.
"""

from dataclasses import replace

import pytest

from domain.case.meetings import ConsultationCause
from domain.purposes import Purpose
from domain.steps.consult import AssignedTask, CompleteTask, HoldConsultation, PlanResponse, SubmitAnalysis
from domain.steps.coordinate import ReceiveSuperiorNotice
from domain.terms.refusals import Reason
from domain.terms.vocabulary import (
    EmergencyGrade,
    KeyCategory,
    PaperKind,
    Platform,
    ReplyForm,
    WarningLevel,
)
from tests.domain.cast import (
    ALICE,
    BOB,
    CYBERSPACE,
    LAW,
    MALLORY,
    OFFICE,
    SECOND,
    SUPERIOR,
    THIRD,
    UNIT,
    assigned,
    closed,
    concluded,
    h,
    handled,
    involved,
    judged,
    of,
    published,
    registered,
    rejudged,
    reported,
    step,
)
from tests.domain.given import given
from tests.domain.outcomes import ANSWERED_IN_EMERGENCY, EMERGENCY_JUDGED, TARGET_SET

L3, L4 = WarningLevel.COMPLEX_SENSITIVE, WarningLevel.MAJOR_SITUATION
C = ConsultationCause
MEMBERS = (OFFICE, CYBERSPACE, UNIT)
READY = (registered(), judged(), assigned())
ENDED = (concluded(), *published(), reported(), handled(), closed())


def consulted(at=None, members=MEMBERS, minutes="统一口径", tasks=(), held_at=None):
    when = at or h(2)
    held = HoldConsultation(held_at=held_at or when, members=members, minutes=minutes, tasks=tasks)
    return step(when, ALICE, held)


def proposed(case):
    return [(event.causes, event.mandatory) for event in case.happened("consultation_proposed")]


def test_it_is_suggested_from_level_three():
    case = given(registered()).when(judged(level=L3)).then("judged", "consultation_proposed")
    assert proposed(case) == [((C.COMPLEX_SENSITIVE,), False)]


def test_it_is_mandatory_at_level_four_and_in_the_urgent_class_and_proposed_once_for_both():
    case = given(registered()).when(judged(grade=EmergencyGrade.MAJOR)).then(*EMERGENCY_JUDGED)
    assert proposed(case) == [((C.MAJOR_SITUATION, C.URGENT_CLASS), True)]


def test_level_four_without_an_emergency_makes_it_mandatory():
    assert proposed(given(registered()).when(judged(level=L4)).then(*TARGET_SET)) == [
        ((C.MAJOR_SITUATION,), True)
    ]


def test_below_level_three_nothing_is_proposed():
    assert proposed(given(registered()).when(judged()).then("judged")) == []


def test_three_accountable_units_at_registration_bring_it_about():
    three = involved(UNIT, SECOND, THIRD)
    case = given(registered(involved=three)).case
    assert proposed(case) == [((C.SEVERAL_UNITS,), False)]


def test_a_third_unit_that_joins_brings_it_about():
    case = given(registered(involved=involved(UNIT, SECOND)), judged()).case
    assert proposed(case) == []
    joined = rejudged(h(3), involved=involved(UNIT, SECOND, THIRD))
    case = (
        given(registered(involved=involved(UNIT, SECOND)), judged())
        .when(joined)
        .then("judged", "consultation_proposed")
    )
    assert proposed(case) == [((C.SEVERAL_UNITS,), False)]


def test_each_cause_proposes_it_once():
    down = rejudged(h(2), level=WarningLevel.SOCIAL_HOTSPOT)
    given(registered(), judged(level=L3), down).when(rejudged(h(3), level=L3)).then("judged")
    case = given(registered(), judged(level=L3)).when(rejudged(h(3), level=L4)).then(*TARGET_SET)
    assert proposed(case) == [((C.COMPLEX_SENSITIVE,), False), ((C.MAJOR_SITUATION,), True)]


def test_a_level_that_the_rules_raise_is_not_yet_level_three_by_a_notice():
    notice = ReceiveSuperiorNotice(sender=SUPERIOR, received_at=h(1), requirement="回应")
    low = judged(level=WarningLevel.GENERAL_MATTER)
    assert (
        proposed(
            given(registered(), low)
            .when(step(h(1), ALICE, notice))
            .then("superior_notice_received", "obligation_opened", "obligation_opened", "level_raised")
        )
        == []
    )


def test_it_never_bars_publication():
    major = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned(), concluded())
    case = given(*major).when(published(at=h(2))).then(*ANSWERED_IN_EMERGENCY)
    assert case.state.publications
    assert case.state.consultations == ()


def test_cases_of_the_first_edition_know_no_proposal():
    first = replace(LAW, edition=1)
    assert proposed(given(registered(), judged(level=L4), law=first).case) == []


def test_the_office_hears_of_the_proposal():
    case = given(registered()).when(judged(level=L3)).then("judged", "consultation_proposed")
    case.tells((Purpose.CONSULT, OFFICE), (Purpose.WARNING, OFFICE), (Purpose.INSTRUCTION_OWED, OFFICE))


def test_its_minutes_are_filed_and_its_decisions_become_tasks():
    tasks = (AssignedTask(unit=UNIT, text="先发阶段性回应"), AssignedTask(unit=SECOND, text="抽检"))
    case = given(*READY).when(consulted(tasks=tasks)).then("consultation_held", "paper_drafted")
    (held,) = case.state.consultations
    assert [(task.id, task.unit) for task in held.tasks] == [
        ("consultation-1-task-1", UNIT),
        ("consultation-1-task-2", SECOND),
    ]
    assert [paper.cause for paper in case.papers(PaperKind.MINUTES)] == ["consultation-1"]
    present = ((Purpose.CONSULT, unit) for unit in (CYBERSPACE, OFFICE, UNIT))
    case.tells(*present, (Purpose.TO_DO, SECOND), (Purpose.TO_DO, UNIT))


TASK = consulted(tasks=(AssignedTask(unit=SECOND, text="抽检"),))


def test_the_unit_that_has_the_task_reports_it_done_and_once():
    done = CompleteTask(task="consultation-1-task-1", report="已抽检")
    case = given(*READY, TASK).when(step(h(3), of(SECOND), done)).then("task_completed")
    assert case.state.consultations[0].tasks[0].done_at == h(3)
    given(*READY, TASK, step(h(3), of(SECOND), done)).when(step(h(4), ALICE, done)).refused(
        Reason.ALREADY_DONE
    )


def test_another_member_cannot_report_it():
    done = CompleteTask(task="consultation-1-task-1", report="已抽检")
    given(*READY, TASK).when(step(h(3), BOB, done)).refused(Reason.UNIT_NOT_CONCERNED, SECOND)


def test_a_consulted_unit_sees_the_case():
    case = (
        given(*READY).when(consulted(members=(OFFICE, "health"))).then("consultation_held", "paper_drafted")
    )
    assert "health" in case.state.concerned_units


@pytest.mark.parametrize(
    ("given_", "reason"),
    [
        ({"members": ()}, Reason.MISSING_PART),
        ({"minutes": " "}, Reason.MISSING_PART),
        ({"members": ("nowhere",)}, Reason.UNKNOWN_UNIT),
        ({"held_at": h(3)}, Reason.IN_THE_FUTURE),
        ({"held_at": h(-1)}, Reason.BEFORE_OCCURRENCE),
    ],
)
def test_minutes_that_are_none_are_refused(given_, reason):
    given(*READY).when(consulted(**given_)).refused(reason)


def test_a_consultation_may_have_an_agenda():
    told = HoldConsultation(held_at=h(2), members=MEMBERS, minutes="统一口径", agenda="一、情况；二、口径")
    [held] = given(*READY, step(h(2), ALICE, told)).case.happened("consultation_held")
    assert held.consultation.agenda == told.agenda


def test_two_consultations_need_two_minutes_on_file():
    case = given(*READY, consulted()).when(consulted(h(5))).then("consultation_held", "paper_drafted")
    assert [paper.id for paper in case.papers(PaperKind.MINUTES)] == ["minutes-1", "minutes-2"]


def test_a_plan_is_set_down_by_who_answers_and_by_nobody_else():
    plan = PlanResponse(plan="统一发布", spokesperson="分管副局长")
    case = given(*READY).when(step(h(2), BOB, plan)).then("response_planned", "paper_drafted")
    assert case.papers(PaperKind.RESPONSE_PLAN)
    given(*READY).when(step(h(2), MALLORY, plan)).refused(Reason.UNIT_NOT_CONCERNED)
    whole = PlanResponse(
        plan="统一发布",
        form=ReplyForm.PRESS_CONFERENCE,
        channels=(Platform.WECHAT, Platform.TELEVISION),
        timing="每日17时",
    )
    [planned] = given(*READY, step(h(2), BOB, whole)).case.happened("response_planned")
    assert (planned.form, planned.channels, planned.timing) == (whole.form, whole.channels, whole.timing)
    source = PlanResponse(plan="统一发布", channels=(Platform.HOTLINE,))
    given(*READY).when(step(h(2), BOB, source)).refused(Reason.SOURCE_ALONE, "hotline")
    empty = PlanResponse(plan=" ")
    given(*READY).when(step(h(2), BOB, empty)).refused(Reason.MISSING_PART, "plan")


@pytest.mark.parametrize("report", [PaperKind.DEEP_REPORT, PaperKind.SPECIAL_REPORT])
def test_an_analysis_has_its_numbers_and_its_words(report):
    full = SubmitAnalysis(report=report, quantitative="阅读10万", qualitative="关切食材")
    assert (
        given(*READY).when(step(h(2), ALICE, full)).then("analysis_submitted", "paper_drafted").papers(report)
    )
    lacking = replace(full, quantitative=" ")
    given(*READY).when(step(h(2), ALICE, lacking)).refused(Reason.MISSING_PART, "quantitative")
    lacking = replace(full, qualitative=" ")
    given(*READY).when(step(h(2), ALICE, lacking)).refused(Reason.MISSING_PART, "qualitative")


def test_an_analysis_is_one_of_the_two_reports():
    wrong = SubmitAnalysis(report=PaperKind.MINUTES, quantitative="一", qualitative="二")
    given(*READY).when(step(h(2), ALICE, wrong)).refused(Reason.UNKNOWN_REFERENCE, "minutes")


def test_a_moral_matter_stands_at_level_three_and_is_consulted_on():
    case = (
        given(registered())
        .when(judged(level=L3, key_categories=(KeyCategory.MORAL_BOTTOM_LINE,)))
        .then("judged", "consultation_proposed")
    )
    assert proposed(case) == [((C.COMPLEX_SENSITIVE,), False)]


# A task with a due instant is reminded of once, at three quarters (R103).


def due(at, *, recorded=None, unit=SECOND):
    """A consultation an hour after discovery whose task is due at an instant; recorded then, or later."""
    return consulted(recorded or h(1), tasks=(AssignedTask(unit=unit, text="抽检", due_at=at),), held_at=h(1))


def reminded(case):
    return [(event.at, event.task) for event in case.happened("task_reminded")]


def test_a_task_is_reminded_of_once_at_three_quarters():
    steps = (*READY, due(h(5)))
    assert reminded(given(*steps).by(h(3, m=59, s=59))) == []
    case = given(*steps).by(h(4))
    assert reminded(case) == [(h(4), "consultation-1-task-1")]
    case.tells((Purpose.REMINDER, SECOND))
    assert case.subjects(Purpose.REMINDER) == [(SECOND, "consultation-1-task-1")]
    assert len(reminded(given(*steps).by(h(200)))) == 1


def test_one_that_is_done_a_second_before_is_not():
    done = step(h(3, m=59, s=59), of(SECOND), CompleteTask(task="consultation-1-task-1", report="已抽检"))
    assert reminded(given(*READY, due(h(5)), done).by(h(9))) == []


def test_one_without_a_due_instant_is_not_and_none_has_a_obligation_or_costs_points():
    case = given(*READY, TASK).by(h(40))
    assert reminded(case) == []
    late = given(*READY, due(h(5))).by(h(40))
    assert [obligation.id for obligation in late.state.obligations] == [
        obligation.id for obligation in case.state.obligations
    ]
    assert late.scores(h(40)) == case.scores(h(40))


def test_a_meeting_recorded_after_three_quarters_reminds_when_it_is_recorded():
    case = given(*READY, due(h(5), recorded=h(4, m=30))).by(h(4, m=30))
    assert reminded(case) == [(h(4), "consultation-1-task-1")]


def test_each_task_has_its_own_and_a_shared_instant_brings_both():
    tasks = (
        AssignedTask(unit=SECOND, text="抽检", due_at=h(5)),
        AssignedTask(unit=UNIT, text="通报", due_at=h(5)),
        AssignedTask(unit=UNIT, text="回访", due_at=h(9)),
    )
    case = given(*READY, consulted(h(1), tasks=tasks, held_at=h(1))).by(h(8))
    assert reminded(case) == [
        (h(4), "consultation-1-task-1"),
        (h(4), "consultation-1-task-2"),
        (h(7), "consultation-1-task-3"),
    ]


def test_a_closed_case_reminds_of_no_task():
    case = given(*READY, due(h(400)))
    assert reminded(given(*READY, due(h(400)), *ENDED).by(h(380))) == []
    assert reminded(case.by(h(380))) != []


def test_a_task_due_before_the_meeting_is_refused():
    given(*READY).when(due(h(1))).refused(Reason.BEFORE_OCCURRENCE, "due_at")


def test_earlier_editions_remind_of_none():
    assert reminded(given(*READY, due(h(5)), law=replace(LAW, edition=2)).by(h(9))) == []


def test_one_spokesperson_speaks_for_the_case_whom_another_unit_does_not_replace():
    both = (registered(), judged(), assigned(UNIT, SECOND))
    named = step(h(2), BOB, PlanResponse(plan="统一发布", spokesperson="分管副局长"))
    other = PlanResponse(plan="另行发布", spokesperson="副镇长")
    given(*both, named).when(step(h(3), of(SECOND), other)).refused(Reason.SPOKESPERSON_NAMED, UNIT)
    given(*both, named).when(step(h(3), of(SECOND), PlanResponse(plan="配合"))).then(
        "response_planned", "paper_drafted"
    )
    again = given(*both, named, step(h(3), BOB, other)).case.state  # by the same unit
    assert again.spoken_for_by == UNIT
    moved = given(*both, named, step(h(3), ALICE, other)).case  # by who decides
    assert moved.state.spoken_for_by == OFFICE
    given(*both, named, step(h(3), ALICE, other)).when(step(h(4), BOB, other)).refused(
        Reason.SPOKESPERSON_NAMED, OFFICE
    )


def test_under_an_earlier_edition_each_unit_names_its_own():
    law = replace(LAW, edition=2, digest="edition 2")
    both = (registered(), judged(), assigned(UNIT, SECOND))
    plan = PlanResponse(plan="发布", spokesperson="负责人")
    case = given(*both, step(h(2), BOB, plan), step(h(3), of(SECOND), plan), law=law).case.state
    assert case.spoken_for_by == ""
