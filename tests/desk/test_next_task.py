"""The next thing to do is the most urgent one whose turn it is, not the first of the list."""

from datetime import UTC, datetime, timedelta

from desk.workbench.view import CaseTasks, Section, Task, Turn, first_task
from domain.terms.vocabulary import Marking

NOW = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)


def section(turn: Turn, *tasks: tuple[str, float | None], folded: bool = False) -> Section:
    """A section of one case for each thing: where it is done, and in how many hours it is due."""
    return Section(
        turn=turn,
        name="",
        empty="",
        cases=tuple(case(href, hours) for href, hours in tasks),
        is_folded=folded,
    )


def case(href: str, hours: float | None) -> CaseTasks:
    due = None if hours is None else NOW + timedelta(hours=hours)
    task = Task(
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
        section(Turn.UNIT, ("/incidents/a#h-duties", 1.0), folded=True),
        section(Turn.OWN, ("/incidents/b/do/judge", None)),
        section(Turn.DRILL, ("/incidents/c/do/judge", 0.5)),
    )
    assert first_task(waiting) == "/incidents/b/do/judge"
    assert first_task(waiting[:1]) is None
