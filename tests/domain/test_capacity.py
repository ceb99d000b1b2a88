"""A case takes a step of a kind so often; one too many is refused in words,
and earlier editions go on as they did.
"""

from dataclasses import replace

import pytest

from domain.bounds import MOST_CONCERNS, MOST_DRAFTS, MOST_OF_A_KIND, MOST_STATEMENTS, MOST_TOLD
from domain.capacity import ROOM, check_room
from domain.case.records import Claim, Concern, LevelDecision, Review
from domain.case.state import Incident
from domain.law.editions import SECOND_EDITION
from domain.steps.close import unanswered_concerns
from domain.steps.instruct import Instruct
from domain.steps.publish import HoldPressConference, Publish
from domain.terms.copies import changed
from domain.terms.refusals import Reason, Refused
from domain.terms.vocabulary import ReviewStage, WarningLevel
from tests.domain.cast import (
    ALICE,
    BOB,
    EVIDENCE,
    LAW,
    OFFICE,
    assigned,
    concluded,
    draft,
    h,
    judged,
    published,
    registered,
    step,
)
from tests.domain.given import given


def case() -> Incident:
    return given(registered(), judged(), assigned()).case.state


def earlier(incident: Incident) -> Incident:
    return changed(incident, law=replace(LAW, edition=SECOND_EDITION))


def test_one_instruction_too_many_is_refused_in_words():
    steps = [
        step(h(1, s=number), ALICE, Instruct(text="请抓紧", to=(OFFICE,))) for number in range(MOST_OF_A_KIND)
    ]
    full = given(registered(), judged(), assigned(), *steps)
    full.when(step(h(2), ALICE, Instruct(text="请抓紧", to=(OFFICE,)))).refused(Reason.TOO_MANY)


def test_a_case_of_an_earlier_edition_has_no_such_bound():
    command = Instruct(text="请抓紧", to=(OFFICE,))
    incident = case()
    held = incident.oversight
    one = given(registered(), judged(), assigned(), step(h(1), ALICE, command)).case.state
    many = changed(
        incident,
        oversight=changed(held, instructions=one.oversight.instructions * MOST_OF_A_KIND),
    )
    with pytest.raises(Refused):
        check_room(many, command)
    check_room(earlier(many), command)


def test_what_the_press_was_told_takes_no_room_from_written_texts():
    """Each has room of its own: whoever speaks to the press often keeps no unit from publishing (R347)."""
    told = HoldPressConference(held_at=h(1), evidence=EVIDENCE, facts="已查明", measures="已处置")
    spoken = given(registered(), judged(), assigned(), concluded(), step(h(1), BOB, told)).case.state
    many = changed(spoken, publications=spoken.publications * MOST_OF_A_KIND)
    written = given(registered(), judged(), assigned(), concluded(), *published(at=h(4))).case.state
    full = changed(written, publications=written.publications * MOST_OF_A_KIND)
    command = Publish(draft="draft-1", published_at=h(2), channels=(), evidence=())
    check_room(many, command)
    for case_, refused in (
        (full, command),
        (changed(many, press_conferences=(h(1),) * MOST_OF_A_KIND), told),
    ):
        with pytest.raises(Refused):
            check_room(case_, refused)


def test_every_bound_is_asked_of_a_fresh_case_and_leaves_room():
    for room in ROOM.values():
        assert room.taken(case()) < room.most


def test_concerns_before_the_latest_keep_their_numbers():
    incident = case()
    for number in range(1, MOST_CONCERNS + 31):
        incident = incident.with_concern(Concern(number=number, text="何时恢复"))
    assert [len(incident.concerns), incident.left("concern")] == [MOST_CONCERNS, 30]
    assert len(incident.concern_numbers) == MOST_CONCERNS + 30
    assert unanswered_concerns(incident) == tuple(incident.concern_numbers)
    assert len(_with(earlier(case()), MOST_CONCERNS + 30).concerns) == MOST_CONCERNS + 30


def _with(incident: Incident, count: int) -> Incident:
    for number in range(1, count + 1):
        incident = incident.with_concern(Concern(number=number, text="何时恢复"))
    return incident


def test_drafts_sent_back_go_first_and_those_published_stay():
    one = given(registered(), judged(), assigned(), step(h(1), BOB, draft())).case.state.drafts[0]
    incident = case()
    for number in range(1, MOST_DRAFTS + 1):
        incident = incident.with_draft(replace(one, id=f"draft-{number}"))
    back = Review(at=h(2), stage=ReviewStage.FIRST_REVIEW, approved=False, by=ALICE)
    drafts = tuple(
        replace(item, reviews=(back,)) if item.id == "draft-7" else item for item in incident.drafts
    )
    incident = changed(incident, drafts=drafts).with_draft(replace(one, id="draft-61"))
    assert "draft-7" not in {item.id for item in incident.drafts}
    incident = incident.with_draft(replace(one, id="draft-62"))
    assert "draft-1" not in {item.id for item in incident.drafts}
    assert (len(incident.drafts), incident.draft_count, incident.left("draft")) == (MOST_DRAFTS, 62, 2)
    assert incident.held_draft("draft-1") is None


def test_many_statements_take_the_place_of_many_drafts():
    one = given(registered(), judged(), assigned(), step(h(1), BOB, draft())).case.state.drafts[0]
    claims = tuple(Claim(subject=f"第{number}项", type="number", value="3") for number in range(400))
    incident = case()
    for number in range(1, 4):
        incident = incident.with_draft(replace(one, id=f"draft-{number}", claims=claims))
    assert [item.id for item in incident.drafts] == ["draft-3"]
    assert sum(len(item.claims) for item in incident.drafts) < MOST_STATEMENTS


def test_the_course_of_the_level_keeps_its_first_its_highest_and_the_latest():
    incident = case()
    highest = LevelDecision(at=h(3), level=WarningLevel.MAJOR_SITUATION, reason="升级")
    incident = incident.with_level(highest)
    first = incident.level_path[0]
    for number in range(100):
        level = WarningLevel.GENERAL_MATTER if number % 2 else WarningLevel.SOCIAL_HOTSPOT
        incident = incident.with_level(LevelDecision(at=h(4, s=number), level=level, reason="调整"))
    assert len(incident.level_path) == MOST_TOLD
    assert incident.level_path[:2] == (first, highest)
    assert incident.level_path[-1].at == h(4, s=99)
