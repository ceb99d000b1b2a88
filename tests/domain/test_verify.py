"""核实: the peers asked in parallel, their silence, and the conclusion on the facts."""

import pytest

from domain.case.records import Evidence
from domain.steps.verify import AnswerVerification, Conclude, RequestVerification
from domain.terms.refusals import Reason
from domain.terms.vocabulary import (
    EmergencyGrade,
    FactConclusion,
    ObligationKind,
    PaperKind,
    Stage,
    VerificationAnswer,
)
from tests.domain.cast import (
    ALICE,
    BOB,
    CYBERSPACE,
    EVIDENCE,
    OFFICE,
    POLICE,
    assigned,
    h,
    judged,
    of,
    registered,
    rejudged,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, ON_TIME, OPEN, given
from tests.domain.outcomes import ONE_ASKED
from words.event_text.description import approval_words

VERIFY = ObligationKind.VERIFY
PEERS = (OFFICE, CYBERSPACE, POLICE)


def asked(at, *others):
    return step(at, ALICE, RequestVerification(questions="是否属实", others=others))


def answered(at, unit, answer=VerificationAnswer.TRUE):
    return step(at, of(unit), AnswerVerification(answer=answer, result="经查"))


def test_the_three_peers_are_asked_at_once_each_with_a_slip_and_a_clock():
    case = (
        given(registered())
        .when(asked(h(1)))
        .then(
            "verification_requested",
            "obligation_opened",
            "paper_drafted",
            "verification_requested",
            "obligation_opened",
            "paper_drafted",
            "verification_requested",
            "obligation_opened",
            "paper_drafted",
        )
    )
    assert [(obligation.unit, obligation.due_at) for obligation in case.obligations(VERIFY)] == [
        (peer, h(3)) for peer in PEERS
    ]
    assert [paper.id for paper in case.papers(PaperKind.VERIFICATION_SLIP)] == [
        f"verification_slip-{number}" for number in (1, 2, 3)
    ]
    assert case.state.stage is Stage.VERIFYING


def test_others_may_be_asked_beside_them():
    case = (
        given(registered())
        .when(asked(h(1), "health"))
        .then(
            "verification_requested",
            "obligation_opened",
            "paper_drafted",
            "verification_requested",
            "obligation_opened",
            "paper_drafted",
            "verification_requested",
            "obligation_opened",
            "paper_drafted",
            "verification_requested",
            "obligation_opened",
            "paper_drafted",
        )
    )
    assert [obligation.unit for obligation in case.obligations(VERIFY)] == [*PEERS, "health"]


def test_an_unknown_unit_cannot_be_asked():
    given(registered()).when(asked(h(1), "nowhere")).refused(Reason.UNKNOWN_UNIT, "nowhere")


def test_nothing_is_asked_without_a_question():
    question = step(h(1), ALICE, RequestVerification(questions=" "))
    given(registered()).when(question).refused(Reason.MISSING_PART, "questions")


def test_the_limit_takes_the_class_at_the_instant_of_asking():
    major = judged(grade=EmergencyGrade.MAJOR)
    assert given(registered(), major).when(asked(h(1))).then(
        "verification_requested",
        "obligation_opened",
        "paper_drafted",
        "verification_requested",
        "obligation_opened",
        "paper_drafted",
        "verification_requested",
        "obligation_opened",
        "paper_drafted",
    ).obligation(VERIFY, POLICE).due_at == h(1.5)


def test_a_later_upgrade_does_not_shorten_it():
    case = given(registered(), judged(), asked(h(1)), rejudged(h(1, m=10), grade=EmergencyGrade.MAJOR)).case
    assert case.obligation(VERIFY, POLICE).due_at == h(3)


def test_an_answer_at_the_due_second_is_on_time():
    case = (
        given(registered(), asked(h(1)))
        .when(answered(h(3), POLICE))
        .then("verification_answered", "obligation_fulfilled")
    )
    assert case.obligation(VERIFY, POLICE).status is ON_TIME


def test_silence_is_recorded_and_blocks_nothing():
    case = given(registered(), asked(h(1)), judged(h(2)), assigned(at=h(4)), signed_for(at=h(4))).by(h(5))
    assert {obligation.status for obligation in case.obligations(VERIFY)} == {BREACHED}
    assert [request.answer for request in case.state.verifications] == [None, None, None]
    assert case.scores(h(5)) == {POLICE: -0.5}


def test_an_answer_after_silence_is_taken_and_stays_late():
    case = (
        given(registered(), asked(h(1)))
        .when(answered(h(9), POLICE))
        .then("verification_answered", "obligation_fulfilled")
    )
    assert (case.obligation(VERIFY, POLICE).status, case.obligation(VERIFY, POLICE).fulfilled_at) == (
        BREACHED,
        h(9),
    )
    assert case.scores(h(10)) == {POLICE: -0.5}


def test_the_two_coordinators_lose_no_points_by_silence():
    assert (
        given(registered(), asked(h(1)))
        .when(answered(h(2), POLICE))
        .then("verification_answered", "obligation_fulfilled")
        .scores(h(9))
        == {}
    )


def test_a_peer_answers_once():
    given(registered(), asked(h(1)), answered(h(2), POLICE)).when(answered(h(2), POLICE)).refused(
        Reason.ALREADY_ANSWERED, POLICE
    )


def test_who_was_not_asked_has_no_answer_to_give():
    given(registered()).when(answered(h(2), POLICE)).refused(Reason.UNIT_NOT_CONCERNED, POLICE)


def test_peers_still_silent_are_not_asked_again():
    given(registered(), asked(h(1))).when(asked(h(2))).refused(Reason.ALREADY_DONE)


def test_a_second_round_asks_those_who_answered():
    case = given(registered(), asked(h(1)), answered(h(2), POLICE)).when(asked(h(5))).then(*ONE_ASKED)
    assert [
        (obligation.unit, obligation.cause, obligation.status) for obligation in case.obligations(VERIFY)
    ][3:] == [(POLICE, "request-2", OPEN)]


@pytest.mark.parametrize("value", FactConclusion)
def test_every_conclusion_is_open(value):
    conclusion = Conclude(value=value, finding="经查", evidence=EVIDENCE)
    case = given(registered()).when(step(h(2), ALICE, conclusion)).then("concluded")
    assert case.state.conclusion is not None
    assert (case.state.conclusion.value, case.state.conclusion.at) == (value, h(2))


@pytest.mark.parametrize(
    ("finding", "evidence", "reason"),
    [
        (" ", EVIDENCE, Reason.MISSING_PART),
        ("经查", (), Reason.EVIDENCE_MISSING),
        ("经查", (Evidence(url="https://example.invalid", sha256="short"),), Reason.EVIDENCE_MISSING),
        ("经查", (Evidence(url=" ", sha256="a" * 64),), Reason.EVIDENCE_MISSING),
        ("经查", (Evidence(url="https://example.invalid", sha256="G" * 64),), Reason.EVIDENCE_MISSING),
    ],
)
def test_a_conclusion_rests_on_a_finding_and_its_proof(finding, evidence, reason):
    conclusion = Conclude(value=FactConclusion.TRUE, finding=finding, evidence=evidence)
    given(registered()).when(step(h(2), ALICE, conclusion)).refused(reason)


def test_a_unit_merely_involved_does_not_conclude():
    conclusion = Conclude(value=FactConclusion.TRUE, finding="经查", evidence=EVIDENCE)
    given(registered(), judged()).when(step(h(2), BOB, conclusion)).refused(Reason.UNIT_NOT_CONCERNED)


@pytest.mark.parametrize(
    ("by", "approver", "words"),
    [
        (of(OFFICE), "", "未记审定人"),
        (of(OFFICE), "分管负责同志", "分管负责同志 审定"),
        (ALICE, "主要负责同志", "主要负责同志 审定"),
    ],
)
def test_a_conclusion_says_who_approved_it_and_its_lack_blocks_nothing(by, approver, words):
    command = Conclude(value=FactConclusion.TRUE, finding="查明", evidence=EVIDENCE, approver=approver)
    case = given(registered()).when(step(h(1), by, command)).then("concluded")
    assert case.state.conclusion is not None
    assert approval_words(case.state.conclusion) == words
