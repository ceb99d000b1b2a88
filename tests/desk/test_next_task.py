"""The next thing to do is the most urgent one whose turn it is, not the first of the list."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from desk.workbench.view import CaseTasks, TaskLine, TaskSection, Turn, first_task, sections
from domain.case.state import Incident
from domain.terms.drill import DrillClock
from domain.terms.roles import Role
from domain.terms.vocabulary import Marking
from tests.domain.cast import OFFICE, h, of, registered
from tests.domain.given import given

NOW = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)


def section(turn: Turn, *tasks: tuple[str, float | None], folded: bool = False) -> TaskSection:
    """A section of one case for each thing: where it is done, and in how many hours it is due."""
    return TaskSection(
        turn=turn,
        name="",
        empty="",
        cases=tuple(case(href, hours) for href, hours in tasks),
        is_folded=folded,
    )


def case(href: str, hours: float | None) -> CaseTasks:
    due = None if hours is None else NOW + timedelta(hours=hours)
    task = TaskLine(
        deed="", href=href, clause="", lamp=None, lamp_word="", due=None, real_due=due, countdown=None
    )
    return CaseTasks(
        incident_id="",
        number="",
        title="",
        marking=Marking.NONE,
        drill="",
        level="",
        part="",
        tasks=(task,),
    )


def test_what_is_overdue_goes_before_an_approval_that_has_no_limit():
    waiting = (
        section(Turn.APPROVE, ("/incidents/a/do/review_draft", None)),
        section(Turn.OWN, ("/incidents/b/do/sign_for", -1.0)),
    )
    assert first_task(waiting) == "/incidents/b/do/sign_for"


def test_the_earlier_limit_goes_first_wherever_it_stands():
    waiting = (
        section(Turn.APPROVE, ("/incidents/a/do/sign_issue", 5.0)),
        section(Turn.OWN, ("/incidents/b/do/publish", 20.0), ("/incidents/c/do/judge", 3.0)),
    )
    assert first_task(waiting) == "/incidents/c/do/judge"


def test_who_signs_is_led_to_what_stands_open_first():
    waiting = (
        section(Turn.APPROVE, ("/incidents/a/do/sign_issue", None)),
        section(Turn.OWN, ("/incidents/b/do/judge", 1.0), folded=True),
    )
    assert first_task(waiting) == "/incidents/a/do/sign_issue"


def test_a_drill_comes_after_all_that_is_real_and_a_place_without_a_form_is_no_turn():
    waiting = (
        section(Turn.UNIT, ("/incidents/a#h-obligations", 1.0), folded=True),
        section(Turn.OWN, ("/incidents/b/do/judge", None)),
        section(Turn.DRILL, ("/incidents/c/do/judge", 0.5)),
    )
    assert first_task(waiting) == "/incidents/b/do/judge"
    assert first_task(waiting[:1]) is None


def test_drills_stand_open_to_who_signs_where_nothing_is_real():
    leader = of(OFFICE, Role.PRINCIPAL_LEADER)
    real = given(registered()).case.state
    drill = replace(real, drill=DrillClock(epoch=h(), origin=h(), scale=1))

    def folded(*incidents: Incident) -> dict[Turn, bool]:
        return {one.turn: one.is_folded for one in sections(incidents, leader, h(m=5))}

    assert folded(drill) == {Turn.APPROVE: False, Turn.OWN: False, Turn.DRILL: False}
    assert folded(real, drill) == {Turn.APPROVE: False, Turn.OWN: True, Turn.DRILL: True}
    assert folded(real)[Turn.OWN]
