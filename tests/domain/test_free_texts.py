"""What people write stands beside a case: the case holds salted digests and lengths,
and rules judge the reading alone.
"""

from dataclasses import replace
from typing import Any

import pytest

from domain.case.state import Incident
from domain.catalogue import COMMANDS, Submission
from domain.incident import apply, decision
from domain.reading import read
from domain.rules.exposure import MOST_OF_A_CASE, MOST_OF_A_DRAFT, PersonalDataFound, found_in
from domain.steps.publish import Publish
from domain.steps.reconcile import ApproveTalkingPoints
from domain.steps.respond import DraftResponse, ReviewDraft
from domain.terms.free_texts import filled_from, is_reference, length, reference, references, referred
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Role
from domain.terms.vocabulary import Platform, PublicationForm, ReviewStage
from storage.codec import command_digest, digest_under
from tests.domain.cast import (
    BOB,
    CAROL,
    EVIDENCE,
    OFFICE,
    UNIT,
    assigned,
    concluded,
    draft,
    h,
    judged,
    of,
    registered,
    step,
)
from tests.domain.every import STATES, answer, filled
from tests.domain.given import given

NAMED = "经查，居民张建国（电话13800138000）所反映问题属实。"
START = (registered(), judged(), assigned(UNIT), concluded())


def beside(submission: Submission, incident: Incident | None, salt: str = "s1") -> Submission:
    """The same submission as it is given nowadays: its texts beside it, and read."""
    command, texts = referred(submission.command, salt)
    return replace(
        submission,
        command=command,
        texts=texts,
        reading=read(submission.command, incident, incident.law.edition if incident else 2),
    )


def submitted(command: Any, actor: Any, at: Any) -> Submission:
    return Submission(command=command, actor=actor, received_at=at, command_id="c", digest="d")


def test_a_reference_says_the_length_and_nothing_else():
    name = reference("路灯不亮", "salt")
    assert is_reference(name)
    assert length(name) == 4
    assert name.strip()
    assert "路灯" not in name
    assert name != reference("路灯不亮", "another salt")
    assert not is_reference("text: 1")
    assert length("路灯不亮") == 4


@pytest.mark.parametrize("kind", COMMANDS)
def test_every_free_text_of_a_command_is_found_and_comes_back(kind: str):
    command = filled(COMMANDS[kind])
    referring, texts = referred(command, "salt")
    assert {item.reference for item in texts} == set(references(referring))
    assert filled_from(referring, texts) == command


def test_empty_texts_stay_so_that_a_missing_one_is_missed():
    referring, texts = referred(draft(measures="", result=" "), "salt")
    assert (referring.measures, referring.result) == ("", " ")
    assert "measures" not in {item.text for item in texts}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("kind", sorted(set(COMMANDS) - {"register"}))
def test_the_rules_answer_alike_whether_texts_stand_in_a_command_or_beside_it(kind: str, state: str):
    case = STATES[state]
    assert case.incident is not None
    for actor in (of(OFFICE, Role.PRINCIPAL_LEADER), BOB, CAROL):
        inside = submitted(filled(COMMANDS[kind]), actor, case.now)
        outside = beside(inside, case.incident)
        expected, found = (answer(case.incident, one, case.now) for one in (inside, outside))
        if isinstance(expected, Refused):
            assert str(found) == str(expected)
        else:
            assert not isinstance(found, Refused)
            assert filled_from(found, outside.texts) == expected


def test_a_decision_holds_references_and_the_reading_and_no_text():
    case = given(*START).case
    asked = beside(submitted(draft(facts=NAMED), BOB, h(2)), case.incident)
    decided = decision(case.incident, asked, h(2))
    assert decided is not None
    assert "张建国" not in repr(decided)
    assert isinstance(decided.cause, Submission)
    assert decided.cause.texts == ()
    assert decided.cause.reading == asked.reading
    assert decision(case.incident, decided.cause, h(2)) == decided  # as the audit decides again


def test_the_same_body_has_the_same_digest_under_the_first_ones_salt():
    first = beside(submitted(draft(facts=NAMED), BOB, h(2)), None, "s1")
    again = beside(submitted(draft(facts=NAMED), BOB, h(2)), None, "s2")
    other = beside(submitted(draft(facts="另一说法"), BOB, h(2)), None, "s2")
    known = command_digest(first.command)
    assert command_digest(again.command) != known
    assert digest_under(again, "s1") == known
    assert digest_under(other, "s1") != known
    assert digest_under(first, "") == command_digest(draft(facts=NAMED))


def test_findings_are_bounded_and_the_rest_is_counted():
    many = found_in(draft(facts="电话13812345678。" * 300), 2)
    assert len(many.findings) == MOST_OF_A_DRAFT
    assert many.more == 100


def test_a_case_holds_so_many_findings_and_then_their_number_alone():
    case = given(*START).case
    incident = case.incident
    assert incident is not None
    for _ in range(4):
        asked = beside(submitted(draft(facts="电话13812345678。" * 300), BOB, h(2)), incident)
        decided = decision(incident, asked, h(2))
        assert decided is not None
        incident = apply(incident, decided)
    assert sum(len(item.findings) for item in incident.exposures) == MOST_OF_A_CASE
    last = [event for event in decided.events if isinstance(event, PersonalDataFound)]
    assert (last[0].findings, last[0].more) == ((), 300)
    review = ReviewDraft(draft="draft-4", stage=ReviewStage.FIRST_REVIEW, approved=True)
    with pytest.raises(Refused, match="personal_data"):  # nobody can answer for what is not listed
        decision(incident, beside(submitted(review, of(UNIT, Role.SPOKESPERSON), h(3)), incident), h(3))


def gone_out(points: ApproveTalkingPoints | None = None) -> Incident:
    """A case with a draft through its reviews, and talking points where there are some."""
    reviews = (
        step(h(2), of(UNIT, Role.SPOKESPERSON), review(ReviewStage.FIRST_REVIEW)),
        step(h(2), of(UNIT, Role.DEPUTY_LEADER), review(ReviewStage.SECOND_REVIEW)),
        step(h(2), of(UNIT, Role.PRINCIPAL_LEADER), review(ReviewStage.FINAL_REVIEW)),
    )
    text = step(h(2), BOB, draft(facts="系谣言，已辟谣。", evidence=EVIDENCE))
    agreed = () if points is None else (step(h(3), of("publicity_dept", Role.PRINCIPAL_LEADER), points),)
    incident = given(*START, text, *reviews, *agreed).case.incident
    assert incident is not None
    return incident


def review(stage: ReviewStage) -> ReviewDraft:
    return ReviewDraft(draft="draft-1", stage=stage, approved=True)


def test_a_reading_that_came_before_the_talking_points_is_out_of_date():
    before = gone_out()
    points = ApproveTalkingPoints(forbidden=("系谣言",))
    after = gone_out(points)
    wanted = Publish(draft="draft-1", published_at=h(4), channels=(Platform.DOUYIN,), evidence=EVIDENCE)
    asked = submitted(wanted, BOB, h(4))
    assert decision(before, beside(asked, before), h(4)) is not None
    with pytest.raises(Refused) as stale:
        decision(after, beside(asked, before), h(4))
    assert stale.value.reason is Reason.STALE
    with pytest.raises(Refused) as against:
        decision(after, beside(asked, after), h(4))
    assert against.value.reason is Reason.AGAINST_TALKING_POINTS
    with pytest.raises(Refused) as unread:
        decision(after, replace(beside(asked, after), reading=read(wanted, None, 2)), h(4))
    assert unread.value.reason is Reason.STALE


def test_a_draft_reads_alike_before_and_after_it_is_drafted():
    command = draft(facts=NAMED)
    assert isinstance(command, DraftResponse)
    assert command.form is PublicationForm.SITUATION_NOTICE
    assert read(command, None, 2) == found_in(command, 2)
    assert read(command, None, 1).findings == ()  # the first edition had no reader
