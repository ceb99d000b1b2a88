"""三同步: the final review may say who confirmed the handling;
its lack is shown and blocks nothing (R383).
"""

from dataclasses import replace

from domain.law.editions import SECOND_EDITION
from domain.rules.tracks import Track, lacks_confirmation, tracks
from domain.steps.respond import ReviewDraft
from domain.terms.roles import Role
from domain.terms.vocabulary import ReviewStage
from tests.domain.cast import (
    BOB,
    LAW,
    UNIT,
    assigned,
    concluded,
    draft,
    h,
    handled,
    judged,
    of,
    publish,
    published,
    registered,
    reviewed,
    step,
)
from tests.domain.given import given
from tests.domain.outcomes import ANSWERED

START = (registered(), judged(), assigned(), concluded(), step(h(2), BOB, draft()))
FIRST, SECOND, _ = reviewed(UNIT, h(3))


def final(by=""):
    command = ReviewDraft(
        draft="draft-1", stage=ReviewStage.FINAL_REVIEW, approved=True, handling_confirmed_by=by
    )
    return step(h(4), of(UNIT, Role.PRINCIPAL_LEADER), command)


def test_who_confirmed_the_handling_is_kept_with_the_final_review():
    case = given(*START, FIRST, SECOND).when(final("现场负责人 甲某")).then("reviewed")
    assert case.state.drafts[0].reviews[-1].handling_confirmed_by == "现场负责人 甲某"
    assert not lacks_confirmation(case.state, case.state.drafts[0])


def test_its_lack_is_shown_and_bars_no_publication():
    case = given(*START, FIRST, SECOND, final()).case
    assert lacks_confirmation(case.state, case.state.drafts[0])
    given(*START, FIRST, SECOND, final()).when(step(h(5), BOB, publish(h(5)))).then(*ANSWERED)


def test_before_the_final_review_and_in_earlier_editions_nothing_lacks():
    early = given(*START, FIRST, SECOND).case.state
    assert not lacks_confirmation(early, early.drafts[0])
    before = replace(LAW, edition=SECOND_EDITION, digest="b" * 64)
    case = given(*START, FIRST, SECOND, final(), law=before).case.state
    assert not lacks_confirmation(case, case.drafts[0])


def test_event_handling_and_publication_are_told_side_by_side():
    assert set(tracks(given(registered()).case.state).values()) == {False}
    case = given(registered(), judged(), assigned(), concluded(), *published(at=h(5)))
    assert tracks(case.case.state) == {Track.EVENT: True, Track.HANDLING: False, Track.PUBLICATION: True}
    done = given(registered(), judged(), assigned(), concluded(), *published(at=h(5)), handled())
    assert set(tracks(done.case.state).values()) == {True}
