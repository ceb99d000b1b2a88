"""甄别: items left out and kept, a registration voided, duplicates joined, what follows a closed case (R324,
DD-16, DD-17).
"""

import pytest

from domain.case.records import Source
from domain.case.screening import Linked
from domain.purposes import Purpose
from domain.rules.coverage import coverage_rate
from domain.steps.close import Archive
from domain.steps.coordinate import ReceiveSuperiorNotice
from domain.steps.register import AddSource
from domain.steps.screen import AbsorbDuplicate, ExcludeSource, MergeInto, VoidRegistration
from domain.steps.verify import AnswerVerification, RequestVerification
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import (
    EmergencyGrade,
    ObligationKind,
    Platform,
    PublicationForm,
    Stage,
    VerificationAnswer,
)
from tests.domain.cast import (
    ALICE,
    BOB,
    CYBERSPACE,
    OFFICE,
    SUPERIOR,
    UNIT,
    assigned,
    concluded,
    draft,
    h,
    judged,
    of,
    on,
    promise,
    published,
    registered,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, OPEN, VOID, given

READY = (registered(), judged(), assigned(), signed_for())
WEIBO = Source(at=h(), platform=Platform.WEIBO, gist="旧闻", url="https://weibo.example/1")


def excluded(item=2, at=None, by=ALICE, reason="外地旧闻"):
    return step(at or h(3), by, ExcludeSource(item=item, reason=reason))


def voided(at=None, by=ALICE, reason="误登记"):
    return step(at or h(3), by, VoidRegistration(reason=reason))


def merged(at=None, by=ALICE, **changes):
    plain = {
        "incident": "inc-2",
        "number": "舆〔2026〕2号",
        "discovered_at": h(-1),
        "response_due_at": h(47),
        "reason": "同一事由",
        **changes,
    }
    return step(at or h(3), by, MergeInto(**plain))


# Items that do not belong.


def test_an_excluded_item_is_kept_with_its_reason_and_counts_no_more():
    more = step(h(1), ALICE, AddSource(source=WEIBO))
    before = given(registered(), judged(), assigned(), more, concluded(), published(at=h(2))).case
    assert before.state.sources[1] == WEIBO
    assert coverage_rate(before.state, h(4)) == 0.0
    text = published(at=h(2), said_at=h(2))
    case = (
        given(registered(), judged(), assigned(), more, concluded(), text)
        .when(excluded())
        .then("source_excluded")
    )
    assert case.state.sources[1] == WEIBO
    assert [(item.item, item.reason) for item in case.state.screening.excluded] == [(2, "外地旧闻")]


def test_coverage_counts_an_item_until_the_instant_of_its_exclusion():
    wechat = Source(at=h(), platform=Platform.WECHAT, gist="群聊")
    more = step(h(1), ALICE, AddSource(source=wechat))
    steps = (registered(), judged(), assigned(), more, concluded(), published(at=h(2)), excluded(1))
    case = given(*steps).case.state
    assert (coverage_rate(case, h(2)), coverage_rate(case, h(3))) == (0.5, 1.0)


def test_without_any_item_left_nothing_is_covered():
    assert coverage_rate(given(*READY, excluded(1)).case.state, h(4)) is None


@pytest.mark.parametrize(
    ("item", "reason", "answer"),
    [(0, "旧闻", "unknown_reference"), (2, "旧闻", "unknown_reference"), (1, " ", "reason_missing")],
)
def test_an_exclusion_names_an_item_and_a_reason(item, reason, answer):
    given(*READY).when(excluded(item, reason=reason)).refused(Reason(answer))


def test_an_item_is_excluded_once_and_by_the_two_offices_alone():
    given(*READY, excluded(1)).when(excluded(1, h(4))).refused(Reason.ALREADY_DONE, "source-1")
    given(*READY).when(excluded(1, by=of(CYBERSPACE))).then("source_excluded")
    given(*READY).when(excluded(1, by=BOB)).refused(Reason.UNIT_NOT_CONCERNED)


# A mistaken registration.


def test_a_voided_registration_ends_the_case_and_its_open_obligations():
    case = given(*READY).when(voided()).then("registration_voided", "obligation_voided")
    assert (case.state.stage, case.state.screening.voided) == (Stage.CLOSED, "误登记")
    assert case.obligation(ObligationKind.RESP48, UNIT).status is VOID
    assert not case.state.owed(*ObligationKind)


def test_a_breach_stands_and_so_does_what_it_cost():
    case = given(*READY).when(voided(h(50))).then("registration_voided")
    assert case.obligation(ObligationKind.RESP48, UNIT).status is BREACHED
    assert case.scores(h(500)) == {UNIT: -3}


def test_it_takes_no_more_steps_but_its_archiving():
    steps = (*READY, step(h(1), ALICE, RequestVerification(questions="是否属实")), voided())
    answer = AnswerVerification(answer=VerificationAnswer.TRUE, result="经查")
    given(*steps).when(step(h(4), of(CYBERSPACE), answer)).refused(Reason.WRONG_STAGE)
    given(*steps).when(step(h(4), ALICE, AddSource(source=WEIBO))).refused(Reason.WRONG_STAGE)
    assert given(*steps).when(step(h(4), ALICE, Archive())).then("archived").state.stage is Stage.ARCHIVED


def test_left_alone_it_archives_itself_like_any_closed_case():
    ends = on("10-08", "23:59:59")  # thirty days on is a holiday, and that the next working day
    assert given(*READY, voided()).by(ends).state.archived_at == ends


def test_only_a_leader_of_the_office_voids_and_says_why():
    given(*READY).when(voided(by=of(OFFICE, Role.HANDLER))).refused(Reason.ROLE_NOT_ALLOWED)
    given(*READY).when(voided(by=of(UNIT, Role.DEPUTY_LEADER))).refused(Reason.UNIT_NOT_CONCERNED)
    given(*READY).when(voided(reason=" ")).refused(Reason.REASON_MISSING)


def test_a_superior_who_waits_keeps_the_case_from_ending():
    notice = step(h(1), ALICE, ReceiveSuperiorNotice(sender=SUPERIOR, received_at=h(1), requirement="回应"))
    owed = f"SUP_FB:{OFFICE}:notice-1"
    given(*READY, notice).when(voided()).refused(Reason.CLOSE_OBLIGATION_OPEN, owed)
    given(*READY, notice).when(merged()).refused(Reason.CLOSE_OBLIGATION_OPEN, owed)


def test_a_promise_to_the_public_keeps_the_case_from_ending():
    text = draft(PublicationForm.INTERIM_RESPONSE, interim=promise(h(30)))
    given(*READY, published(at=h(2), text=text)).when(merged()).refused(Reason.CLOSE_OBLIGATION_OPEN)


# Duplicates.


def test_a_duplicate_ends_in_the_other_and_keeps_its_history():
    case = given(*READY).when(merged()).then("merged_into", "obligation_voided")
    assert case.state.screening.merged_into == Linked(incident="inc-2", number="舆〔2026〕2号")
    assert (case.state.closed_at, case.obligation(ObligationKind.RESP48, UNIT).status) == (h(3), VOID)
    assert case.happened("registered")
    case.tells(*((Purpose.CLOSED, unit) for unit in (OFFICE, UNIT, CYBERSPACE)))


def test_its_breach_stands():
    case = given(*READY).when(merged(h(50))).then("merged_into")
    assert case.obligation(ObligationKind.RESP48, UNIT).breached_at == h(48)


def test_no_merge_puts_off_a_clock():
    given(*READY).when(merged(discovered_at=h(s=1))).refused(Reason.MERGE_WOULD_POSTPONE, "discovered_at")
    given(*READY).when(merged(response_due_at=h(48, s=1))).refused(
        Reason.MERGE_WOULD_POSTPONE, "response_due_at"
    )
    given(*READY).when(merged(discovered_at=h(), response_due_at=h(48))).then(
        "merged_into", "obligation_voided"
    )


def test_an_urgent_case_does_not_end_in_one_that_is_due_later():
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR))
    given(*urgent).when(merged()).refused(Reason.MERGE_WOULD_POSTPONE, "response_due_at")


def test_no_case_ends_in_itself():
    given(*READY).when(merged(incident="inc-1")).refused(Reason.UNKNOWN_REFERENCE, "incident")


def absorbed(at=None, sources=(WEIBO,)):
    command = AbsorbDuplicate(incident="inc-3", number="舆〔2026〕3号", sources=sources)
    return step(at or h(3), ALICE, command)


def test_the_survivor_takes_over_the_items_it_lacks_and_its_clock_stays():
    own = given(*READY).case.state.sources[0]
    case = given(*READY).when(absorbed(sources=(own, WEIBO, WEIBO))).then("duplicate_absorbed")
    assert case.state.sources == (own, WEIBO)
    assert case.state.screening.absorbed == (Linked(incident="inc-3", number="舆〔2026〕3号"),)
    assert (case.state.response_due_at, case.obligation(ObligationKind.RESP48, UNIT).status) == (h(48), OPEN)
    given(*READY, absorbed()).when(absorbed(h(4))).refused(Reason.ALREADY_DONE, "inc-3")


# What follows a closed case.


def test_a_secondary_incident_names_what_it_follows_and_has_its_own_clock():
    case = given(registered(secondary_to="inc-9")).case.state
    assert (case.secondary_to, case.response_due_at) == ("inc-9", h(48))
