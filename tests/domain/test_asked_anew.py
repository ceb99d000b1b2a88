"""Counts that begin to be asked for are missing from then on, tasks and countersigns have a bound."""

from dataclasses import replace
from datetime import timedelta

from domain.case.records import Source
from domain.steps.consult import AssignedTask, HoldConsultation
from domain.steps.register import AddSource
from domain.steps.screen import SendOn
from domain.terms.refusals import Reason
from domain.terms.vocabulary import OtherHouse, Platform
from tests.domain.cast import (
    ALICE,
    UNIT,
    assigned,
    concluded,
    h,
    judged,
    published,
    registered,
    signed_for,
    step,
)
from tests.domain.given import given
from tests.domain.lives import withdrawn

START = (registered(), judged(), assigned(), signed_for())
DAY = timedelta(days=1)


def test_nobody_missed_counts_on_days_on_which_none_was_asked_for():
    call = Source(at=h(), platform=Platform.HOTLINE, gist="来电")
    quiet = given(registered(sources=(call,), metrics=()), judged(), assigned()).by(h(720))
    post = Source(at=h(720), platform=Platform.DOUYIN, gist="视频")
    quiet.give(step(h(720), ALICE, AddSource(source=post)))
    assert quiet.happened("counts_missing") == ()
    assert len(quiet.until(h(720) + 2 * DAY).happened("counts_missing")) == 2


def test_a_case_takes_no_more_tasks_than_the_clock_looks_at_quickly():
    tasks = tuple(AssignedTask(unit=UNIT, text="核查", due_at=h(40)) for _ in range(121))
    command = HoldConsultation(held_at=h(1), members=(UNIT,), minutes="纪要", tasks=tasks)
    given(*START).when(step(h(1), ALICE, command)).refused(Reason.TOO_MANY, "tasks")
    given(*START).when(step(h(1), ALICE, replace(command, tasks=tasks[:120]))).then(
        "consultation_held", "paper_drafted"
    )


def test_what_the_public_waits_for_is_not_sent_on():
    sent = SendOn(house=OtherHouse.PETITION, destination="市信访局", addressees="来信人", reason="属信访")
    out = given(*START, concluded(), published(at=h(4)), withdrawn(h(5)))
    out.when(step(h(5, m=30), ALICE, sent)).refused(Reason.CLOSE_OBLIGATION_OPEN)
