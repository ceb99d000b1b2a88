"""不属受理范围: what belongs to another city, to petition, litigation or 12345 ends as that,
neither void nor closed (DD-44).
"""

from dataclasses import replace

import pytest

from domain.purposes import Purpose
from domain.steps.close import Archive
from domain.steps.coordinate import GiveSuperiorFeedback, ReceiveSuperiorNotice
from domain.steps.register import AddSource
from domain.steps.screen import SendOn
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import ObligationKind, OtherHouse, PublicationForm, Stage
from tests.domain.cast import (
    ALICE,
    BOB,
    CAROL,
    CYBERSPACE,
    LAW,
    OFFICE,
    SUPERIOR,
    UNIT,
    assigned,
    draft,
    h,
    judged,
    of,
    on,
    promise,
    published,
    registered,
    registration,
    signed_for,
    step,
)
from tests.domain.given import BREACHED, VOID, given

READY = (registered(), judged(), assigned(), signed_for())


def sent_on(at=None, by=ALICE, **more):
    plain = {
        "house": OtherHouse.PETITION,
        "destination": "市信访局",
        "addressees": "发帖人",
        "reason": "属信访事项",
    }
    return step(at or h(3), by, SendOn(**{**plain, **more}))


@pytest.mark.parametrize("house", OtherHouse)
def test_it_ends_as_not_ours_with_where_it_was_sent_and_who_was_told(house):
    case = given(*READY).when(sent_on(house=house)).then("sent_onward", "obligation_voided")
    sent = case.state.screening.sent_on
    assert (case.state.stage, sent.house, sent.destination, sent.addressees) == (
        Stage.NOT_OURS,
        house,
        "市信访局",
        "发帖人",
    )
    assert (case.state.screening.voided, case.happened("closed")) == ("", ())
    voided = case.happened("obligation_voided")
    assert {event.cause for event in voided} == {"not_ours"}
    assert case.obligation(ObligationKind.RESP48, UNIT).status is VOID
    assert not case.state.owed(*ObligationKind)


@pytest.mark.parametrize(("at", "status"), [(h(48), VOID), (h(48, s=1), BREACHED)])
def test_its_clocks_fall_away_and_a_breach_stands(at, status):
    voided = ("obligation_voided",) if status is VOID else ()
    case = given(*READY).when(sent_on(at)).then("sent_onward", *voided)
    assert case.obligation(ObligationKind.RESP48, UNIT).status is status


def test_those_who_answered_for_it_are_told():
    case = given(*READY).when(sent_on()).then("sent_onward", "obligation_voided")
    case.tells(*((Purpose.CLOSED, unit) for unit in (OFFICE, UNIT, CYBERSPACE)))


def test_it_takes_no_more_steps_but_its_archiving_and_stays_not_ours():
    more = AddSource(source=registration().sources[0])
    given(*READY, sent_on()).when(step(h(4), ALICE, more)).refused(Reason.WRONG_STAGE)
    case = given(*READY, sent_on()).when(step(h(4), ALICE, Archive())).then("archived")
    assert (case.state.stage, case.state.archived_at) == (Stage.NOT_OURS, h(4))
    given(*READY, sent_on(), step(h(4), ALICE, Archive())).when(step(h(5), ALICE, Archive())).refused(
        Reason.WRONG_STAGE
    )
    assert given(*READY, sent_on()).by(on("10-08", "23:59:59")).state.archived_at == on("10-08", "23:59:59")


def test_before_it_is_judged_too():
    assert (
        given(registered()).when(sent_on(h(m=10))).then("sent_onward", "obligation_voided").state.stage
        is Stage.NOT_OURS
    )


@pytest.mark.parametrize(
    ("given_", "reason"),
    [
        (sent_on(by=of(OFFICE, Role.HANDLER)), Reason.ROLE_NOT_ALLOWED),
        (sent_on(by=CAROL), Reason.UNIT_NOT_CONCERNED),
        (sent_on(by=BOB), Reason.ROLE_NOT_ALLOWED),
        (sent_on(destination=" "), Reason.MISSING_PART),
        (sent_on(addressees=""), Reason.MISSING_PART),
        (sent_on(reason=" "), Reason.REASON_MISSING),
    ],
)
def test_the_office_s_leaders_approve_it_and_say_all(given_, reason):
    given(*READY).when(given_).refused(reason)


def test_what_a_superior_and_the_public_were_promised_comes_first():
    notice = step(h(1), ALICE, ReceiveSuperiorNotice(sender=SUPERIOR, received_at=h(1), requirement="回应"))
    given(*READY, notice).when(sent_on()).refused(Reason.CLOSE_OBLIGATION_OPEN)
    answered = step(h(2), ALICE, GiveSuperiorFeedback(notice="notice-1", report="属信访事项，已转"))
    assert (
        given(*READY, notice, answered).when(sent_on()).then("sent_onward", "obligation_voided").state.stage
        is Stage.NOT_OURS
    )
    text = draft(PublicationForm.INTERIM_RESPONSE, interim=promise(h(30)))
    given(*READY, published(at=h(2), text=text)).when(sent_on()).refused(Reason.CLOSE_OBLIGATION_OPEN)


def test_cases_of_earlier_editions_know_it_not():
    given(*READY, law=replace(LAW, edition=2, digest="second")).when(sent_on()).refused(Reason.WRONG_STAGE)
