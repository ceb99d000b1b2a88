"""What the workflow does with commands: by update, by signal, twice, refused, unreadable."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from audit.verify import verify
from domain.catalogue import Submission, SubmissionRefused
from domain.steps.assign import AddCoordinator
from domain.terms.refusals import Reason
from domain.terms.vocabulary import ObligationKind, WarningLevel
from tests.domain.cast import (
    ALICE,
    MALLORY,
    POLICE,
    TOWN,
    UNIT,
    assigned,
    concluded,
    h,
    judged,
    publish,
    published,
    registered,
    registration,
    signed_for,
    step,
)
from tests.workflows.stage import Stage, numbers
from workflows.incident import IncidentWorkflow

# A time-out that comes as the activity ends lets the SDK warn, and a warning is an error here.
pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")


async def test_a_command_is_answered_with_its_last_event_and_recorded(stage: Stage):
    async with stage.worker():
        await stage.register(registered())
        receipt = await stage.give([judged(), assigned()])
        log = await stage.log()
        assert receipt.event_number == log[-1].last_number == (await stage.state()).event_number
        assert [decided.cause.kind for decided in log] == ["submission"] * 3
        firsts, lasts = zip(*numbers(log), strict=True)
        assert firsts == (1, *(last + 1 for last in lasts[:-1]))


async def test_another_body_under_the_same_command_id_is_refused_in_the_log_once_it_was_handed_over(
    stage: Stage,
):
    async with stage.worker():
        await stage.register(registered())
        first = await stage.give(judged(), key="k")
        other = replace(stage.submission(assigned(), await stage.state(), key="k"), digest="e" * 64)
        for _ in range(2):
            await stage.handle.signal("submit_later", other)
        again = await stage.give(judged(at=h(m=30)), key="k")
        refusals = [
            event.reason
            for decided in await stage.log()
            for event in decided.events
            if event.kind == "submission_refused"
        ]
        assert again == first
        assert refusals == [Reason.KEY_REUSED]
        assert "assigned" not in await stage.kinds()


async def test_the_same_command_id_takes_effect_once(stage: Stage):
    async with stage.worker():
        await stage.register(registered())
        first = await stage.give(judged(), key="k")
        again = await stage.give(judged(at=h(m=16)), key="k")
        await stage.hand_over(judged(at=h(m=17)), key="k")
        await stage.give(assigned(at=h(m=30)))
        assert again == first
        assert (await stage.kinds()).count("judged") == 1
        assert "submission_refused" not in await stage.kinds()


async def test_other_content_under_a_used_key_is_told_to_its_sender_once_and_changes_nothing(stage: Stage):
    async with stage.worker():
        await stage.register(registered())
        await stage.give(judged(), key="k")
        for _ in range(2):
            await stage.hand_over(judged(at=h(m=17), level=WarningLevel.GENERAL_MATTER), key="k")
        await stage.until(h(m=20))
        refusals = [
            event
            for decided in await stage.log()
            for event in decided.events
            if isinstance(event, SubmissionRefused)
        ]
        assert [(event.reason, event.by) for event in refusals] == [(Reason.KEY_REUSED, ALICE)]
        assert (await stage.kinds()).count("judged") == 1
        assert (await verify(stage.database, stage.client)).differences == ()


async def test_ten_callers_with_one_command_id_have_one_effect(stage: Stage):
    async with stage.worker():
        await stage.register(registered())
        await stage.until(h(m=15))
        submission = stage.submission(judged(), None, key="k")
        receipts = await asyncio.gather(
            *(
                stage.handle.execute_update(IncidentWorkflow.submit, submission, id=f"update-{caller}")
                for caller in range(10)
            )
        )
        assert len(set(receipts)) == 1
        assert (await stage.kinds()).count("judged") == 1


async def test_a_refused_command_leaves_no_trace_in_the_history(stage: Stage):
    async with stage.worker():
        await stage.register(registered())
        await stage.give(judged())
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await stage.give(step(h(m=16), MALLORY, AddCoordinator(unit=POLICE)))
        cause = caught.value.cause
        assert isinstance(cause, ApplicationError)
        assert (cause.type, cause.non_retryable, list(cause.details)) == (
            Reason.UNIT_NOT_CONCERNED,
            True,
            ["agriculture"],
        )
        history = (await stage.handle.fetch_history()).to_json()
        assert history.count("EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED") == 1  # the judgement
        assert MALLORY.person not in history
        assert numbers(await stage.log())[-1][1] == (await stage.state()).event_number


async def test_a_refused_registration_ends_with_its_reason(stage: Stage):
    async with stage.worker():
        handle = await stage.register(step(h(m=5), ALICE, registration(title=" ")))
        with pytest.raises(Exception, match="Workflow execution failed") as caught:
            await handle.result()
        assert getattr(caught.value.__cause__, "type", None) == Reason.MISSING_PART
        assert await stage.log() == []


async def test_a_step_for_a_registration_refused_meanwhile_does_not_hold_up_its_end(stage: Stage):
    handle = await stage.register(step(h(m=5), ALICE, registration(title=" ")))
    await handle.signal("submit_later", stage.submission(judged(), None))
    async with stage.worker():
        with pytest.raises(Exception, match="Workflow execution failed"):
            await asyncio.wait_for(handle.result(), 60)


async def test_a_step_handed_over_is_carried_out(stage: Stage):
    async with stage.worker():
        await stage.register(registered())
        await stage.hand_over(judged())
        await stage.until(h(m=16))
        decided = (await stage.log())[-1]
        assert isinstance(decided.cause, Submission)
        assert decided.cause.deferred
        assert decided.events[0].kind == "judged"


async def test_a_step_handed_over_and_refused_becomes_an_event(stage: Stage):
    async with stage.worker():
        await stage.register(registered())
        await stage.hand_over(assigned(TOWN))  # not judged yet
        await stage.until(h(m=25))
        event = (await stage.log())[-1].events[0]
        assert (event.kind, event.by) == ("submission_refused", ALICE)
        assert getattr(event, "reason", "") == Reason.NOT_JUDGED
        await stage.give([judged(at=h(m=30)), assigned(at=h(m=31))])


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "submission", "neither": "fish nor fowl"},
        {"kind": "submission", "command": {"kind": "register"}},
    ],
    ids=["object", "half"],
)
async def test_what_cannot_be_read_is_kept_once_and_the_clock_goes_on(stage: Stage, given: object):
    async with stage.worker():
        await stage.register(registered())
        await stage.give([judged(), assigned()])
        for _ in range(3):  # whoever sends it again adds nothing
            await stage.handle.signal("submit_later", given)
        await stage.until(h(49))
        kinds = Counter(await stage.kinds())
        assert kinds["submission_unreadable"] == 1
        assert kinds["obligation_breached"] == 2  # signing, answering


async def test_a_step_that_the_rules_stumble_over_is_kept_and_the_clock_goes_on(stage: Stage):
    async with stage.worker():
        await stage.register(registered())
        naive = stage.submission(judged(), None)
        naive = Submission(
            command=naive.command,
            actor=naive.actor,
            received_at=naive.received_at.replace(tzinfo=None),
            command_id=naive.command_id,
            digest=naive.digest,
        )
        await stage.handle.signal("submit_later", naive)
        await stage.give([judged(at=h(m=16)), assigned()])
        assert (await stage.kinds()).count("submission_unreadable") == 1


async def test_more_than_the_history_takes_is_cut_and_kept(stage: Stage):
    async with stage.worker():
        await stage.register(registered())
        await stage.handle.signal("submit_later", {"kind": "submission", "x": "x" * 1_500_000})
        await stage.give(judged())
        event = next(
            event
            for decided in await stage.log()
            for event in decided.events
            if event.kind == "submission_unreadable"
        )
        assert len(getattr(event, "payload", "")) < 300_000


async def test_a_step_received_in_time_and_read_after_the_due_second_is_on_time(stage: Stage):
    due = h(48)
    drafted = published(at=h(47))[:-1]
    async with stage.worker():
        await stage.register(registered())
        await stage.give([judged(), assigned(), signed_for(), concluded(), drafted])
        said = step(due, drafted[0].by, publish(due), lag=timedelta(seconds=20))
        await stage.give(said)
        obligation = _answer(await stage.state())
        assert (obligation.status, obligation.fulfilled_at) == ("on_time", due)
        kinds = await stage.kinds()
        assert kinds.index("obligation_breached", kinds.index("published") - 3) < kinds.index(
            "breach_withdrawn"
        )


async def test_a_receipt_longer_ago_than_a_minute_counts_as_now(stage: Stage):
    drafted = published(at=h(47))[:-1]
    async with stage.worker():
        await stage.register(registered())
        await stage.give([judged(), assigned(), signed_for(), concluded(), drafted])
        await stage.give(step(h(48), drafted[0].by, publish(h(48)), lag=timedelta(seconds=75)))
        decided = (await stage.log())[-1]
        publication = (await stage.state()).publications[-1]
        assert publication.received_at == decided.now >= h(48) + timedelta(seconds=75)


def _answer(case):
    return next(
        obligation
        for obligation in case.obligations
        if obligation.kind is ObligationKind.RESP48 and obligation.unit == UNIT
    )
