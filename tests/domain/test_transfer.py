"""线索移交: one concrete act, two signatures, a receipt;
no clock hears of it, and no criticism is ever a clue.
"""

from dataclasses import replace

import pytest

from domain.case.clues import ClueNature
from domain.case.records import Evidence
from domain.purposes import Purpose
from domain.steps.close import Archive
from domain.steps.transfer import AcknowledgeClue, DeclineClue, ProposeClue, ReportClueResult, SignClue
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import PaperKind
from tests.domain.cast import (
    ALICE,
    BOB,
    CAROL,
    CYBERSPACE,
    EVIDENCE,
    MALLORY,
    OFFICE,
    POLICE,
    SECOND,
    TOWN,
    UNIT,
    assigned,
    closed,
    concluded,
    h,
    handled,
    involved,
    judged,
    of,
    published,
    registered,
    rejudged,
    reported,
    step,
)
from tests.domain.given import given
from tests.domain.outcomes import CLUE_SENT

READY = (registered(), judged(), assigned())
DEPUTY = of(OFFICE, Role.DEPUTY_LEADER)
DISCIPLINE = "discipline"
ACT = "编造并散布“执法人员打死商贩”的信息，造成路段大规模聚集"


def clue(**changes):
    plain = ProposeClue(
        nature=ClueNature.FABRICATED_RUMOUR,
        act=ACT,
        legal_basis="治安管理处罚法",
        evidence=EVIDENCE,
        receiver=POLICE,
    )
    return replace(plain, **changes)


def proposed(at=None, by=BOB, **changes):
    return step(at or h(2), by, clue(**changes))


def signed(at, by, name="clue-1"):
    return step(at, by, SignClue(clue=name))


def receipt(at, by=None):
    return step(at, by or of(POLICE), AcknowledgeClue(clue="clue-1", receipt="收〔2026〕1号"))


TRANSFERRED = (*READY, proposed(), signed(h(3), CAROL), signed(h(4), ALICE))


@pytest.mark.parametrize("order", [(CAROL, ALICE), (ALICE, CAROL)])
def test_two_leaders_sign_in_either_order_and_the_second_sends_it(order):
    first, second = order
    case = given(*READY, proposed()).when(signed(h(3), first)).then("clue_signed")
    assert case.state.clues[0].transferred_at is None
    taken = given(*READY, proposed(), signed(h(3), first)).when(signed(h(4), second))
    found = taken.then("clue_signed", "clue_transferred", "paper_drafted")
    assert found.state.clues[0].transferred_at == h(4)
    (letter,) = found.papers(PaperKind.CLUE_TRANSFER)
    assert (letter.unit, letter.cause, letter.clause) == (POLICE, "clue-1", "三(六)#3")


def test_one_person_cannot_sign_twice():
    both = (registered(), judged(), assigned(), proposed(by=ALICE))
    given(*both, signed(h(3), ALICE)).when(signed(h(4), ALICE)).refused(Reason.CLUE_SIGNER_REPEATED, "clue-1")
    case = given(*both, signed(h(3), ALICE)).when(signed(h(4), DEPUTY)).then(*CLUE_SENT)
    assert case.state.clues[0].transferred_at == h(4)


def test_two_leaders_of_the_unit_that_transfers_are_enough():
    principal = of(UNIT, Role.PRINCIPAL_LEADER)
    case = given(*READY, proposed(), signed(h(3), CAROL)).when(signed(h(4), principal)).then(*CLUE_SENT)
    assert case.state.clues[0].transferred_at == h(4)


def test_two_leaders_of_the_office_are_not_enough_for_another_units_clue():
    given(*READY, proposed(), signed(h(3), ALICE)).when(signed(h(4), DEPUTY)).refused(
        Reason.ALREADY_SIGNED, OFFICE
    )


def test_a_third_unit_cannot_sign():
    two = (registered(involved=involved(UNIT, SECOND)), judged(), assigned(UNIT, SECOND), proposed())
    other = of(SECOND, Role.DEPUTY_LEADER)
    given(*two).when(signed(h(3), other)).refused(Reason.UNIT_NOT_CONCERNED, SECOND)


def test_only_leaders_sign():
    given(*READY, proposed()).when(signed(h(3), BOB)).refused(Reason.ROLE_NOT_ALLOWED)


@pytest.mark.parametrize("nature", [ClueNature.CRITICISM, ClueNature.COMPLAINT, ClueNature.PETITION])
def test_criticism_complaint_and_petition_are_never_a_clue(nature):
    given(*READY).when(proposed(nature=nature)).refused(Reason.CRITICISM_IS_NO_CLUE, nature)


@pytest.mark.parametrize(
    "act",
    [
        "甲散布谣言\n乙散布谣言",
        "见 https://example.invalid/1 与 https://example.invalid/2",
        "见www.example.invalid",
        "@甲 等人散布谣言",
        "1. 甲散布谣言；2. 乙散布谣言",
        "一、甲散布谣言 二、乙散布谣言",
        "①甲散布谣言②乙散布谣言",
    ],
)
def test_lists_of_posts_or_people_are_no_act(act):
    given(*READY).when(proposed(act=act)).refused(Reason.CLUE_NOT_ONE_ACT, "act")


@pytest.mark.parametrize(
    "act", ["6月1日、6月2日两次散布谣言", "冒充1、2号楼业主散布谣言", "10时散布“水位达10.5米”的谣言"]
)
def test_dates_and_figures_make_no_list(act):
    assert given(*READY).when(proposed(act=act)).then("clue_proposed").state.clues[0].act == act


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"act": " "}, Reason.MISSING_PART),
        ({"legal_basis": " "}, Reason.MISSING_PART),
        ({"evidence": ()}, Reason.EVIDENCE_MISSING),
        ({"evidence": (Evidence(url="https://example.invalid/1", sha256="abc"),)}, Reason.EVIDENCE_MISSING),
        ({"receiver": "nowhere"}, Reason.UNKNOWN_UNIT),
        ({"receiver": "media_center"}, Reason.UNIT_NOT_CONCERNED),
        ({"receiver": "health"}, Reason.UNIT_NOT_CONCERNED),
        ({"receiver": TOWN, "nature": ClueNature.ADMINISTRATIVE_OFFENCE}, Reason.UNIT_NOT_CONCERNED),
    ],
)
def test_a_clue_without_a_part_or_with_a_wrong_receiver_is_refused(changes, reason):
    given(*READY).when(proposed(**changes)).refused(reason)


def test_a_competent_department_receives_an_administrative_offence():
    case = (
        given(*READY)
        .when(proposed(receiver="health", nature=ClueNature.ADMINISTRATIVE_OFFENCE))
        .then("clue_proposed")
    )
    assert case.state.clues[0].receiver == "health"


def test_the_same_act_is_not_proposed_twice_unless_it_was_declined():
    given(*READY, proposed()).when(proposed(h(3))).refused(Reason.ALREADY_DONE, "clue-1")
    declined = step(h(3), ALICE, DeclineClue(clue="clue-1", reason="证据不足"))
    case = given(*READY, proposed(), declined).when(proposed(h(4))).then("clue_proposed")
    assert [item.id for item in case.state.clues] == ["clue-1", "clue-2"]


def test_a_declined_clue_stays_on_file_and_cannot_be_signed():
    declined = step(h(3), CAROL, DeclineClue(clue="clue-1", reason="证据不足"))
    given(*READY, proposed(), declined).when(signed(h(4), ALICE)).refused(Reason.ALREADY_DONE, "clue-1")
    silent = step(h(3), CAROL, DeclineClue(clue="clue-1", reason=" "))
    given(*READY, proposed()).when(silent).refused(Reason.REASON_MISSING)
    given(*TRANSFERRED).when(declined_after()).refused(Reason.ALREADY_DONE, "clue-1")


def declined_after():
    return step(h(5), ALICE, DeclineClue(clue="clue-1", reason="误"))


@pytest.mark.parametrize("by", [ALICE, BOB, of(CYBERSPACE)])
def test_whoever_has_a_part_may_propose_before_any_response(by):
    given(registered()).when(proposed(h(1), by)).then("clue_proposed")


def test_a_stranger_may_not():
    given(*READY).when(proposed(by=MALLORY)).refused(Reason.UNIT_NOT_CONCERNED)


def test_no_clock_hears_of_it():
    before = given(*READY).by(h(5)).state
    after = given(*TRANSFERRED, receipt(h(5))).case.state
    assert after.obligations == before.obligations
    assert after.display_deadline == before.display_deadline == h(48)


def test_it_answers_for_nobody():
    case = given(*TRANSFERRED, receipt(h(5))).by(h(49))
    assert case.state.is_supervised


# The police as subject.

POLICED = (registered(involved=involved(POLICE)), judged(), assigned(POLICE))


@pytest.mark.parametrize("receiver", [POLICE, "cyber_police"])
def test_a_matter_about_the_police_does_not_go_to_the_police(receiver):
    given(*POLICED).when(proposed(by=ALICE, receiver=receiver)).refused(Reason.CONFLICT_OF_INTEREST, receiver)


def test_it_goes_to_discipline_inspection_or_to_a_superior():
    given(*POLICED).when(proposed(by=ALICE, receiver=DISCIPLINE)).then("clue_proposed")
    given(*POLICED).when(proposed(by=ALICE, receiver="yichun_office")).then("clue_proposed")


def test_an_outsiders_act_may_go_to_the_police_even_then():
    given(*POLICED).when(proposed(by=ALICE, by_outsider=True)).then("clue_proposed")


def test_a_receiver_that_became_the_subject_meanwhile_gets_no_clue():
    turned = rejudged(h(3), involved=involved(UNIT, POLICE))
    given(*READY, proposed(), turned).when(signed(h(4), ALICE)).refused(Reason.CONFLICT_OF_INTEREST, POLICE)


def test_an_accountable_department_receives_no_clue_about_itself():
    own = proposed(by=ALICE, receiver=UNIT, nature=ClueNature.ADMINISTRATIVE_OFFENCE)
    given(*READY).when(own).refused(Reason.CONFLICT_OF_INTEREST, UNIT)


# Receipt, result and close.

DONE = (*TRANSFERRED, concluded(at=h(5)), published(), reported(), handled())


def test_closing_waits_for_the_receipt():
    given(*DONE).when(closed()).refused(Reason.CLOSE_CLUE_RECEIPT_MISSING, "clue-1")
    given(*DONE, receipt(h(100))).when(closed()).then("closed")


def test_a_clue_that_was_not_sent_never_bars_closing():
    given(*READY, proposed(), concluded(at=h(5)), published(), reported(), handled()).when(closed()).then(
        "closed"
    )


def test_the_receiver_gives_its_receipt_once_or_the_office_enters_it():
    case = given(*TRANSFERRED).when(receipt(h(5))).then("clue_acknowledged")
    assert (case.state.clues[0].acknowledged_at, case.state.clues[0].receipt) == (h(5), "收〔2026〕1号")
    given(*TRANSFERRED).when(receipt(h(5), ALICE)).then("clue_acknowledged")
    given(*TRANSFERRED, receipt(h(5))).when(receipt(h(6))).refused(Reason.ALREADY_DONE)
    given(*TRANSFERRED).when(receipt(h(5), BOB)).refused(Reason.UNIT_NOT_CONCERNED)


def test_nothing_is_received_that_was_not_sent():
    given(*READY, proposed()).when(receipt(h(5), ALICE)).refused(Reason.UNKNOWN_REFERENCE, "clue-1")


def test_the_receiver_sees_the_case():
    assert POLICE not in given(*READY).case.state.concerned_units
    assert POLICE in given(*TRANSFERRED).case.state.concerned_units


def test_its_result_may_come_after_close_until_the_archive():
    result = ReportClueResult(clue="clue-1", result="已立案")
    case = (
        given(*DONE, receipt(h(100)), closed())
        .when(step(h(300), of(POLICE), result))
        .then("clue_result_reported")
    )
    assert case.state.clues[0].result == "已立案"
    archived = (*DONE, receipt(h(100)), closed(), step(h(241), ALICE, Archive()))
    given(*archived).when(step(h(300), of(POLICE), result)).refused(Reason.WRONG_STAGE)


def test_signers_and_receiver_are_told():
    case = given(*READY).when(proposed()).then("clue_proposed")
    case.tells((Purpose.TO_SIGN, UNIT), (Purpose.TO_SIGN, OFFICE))
    case = given(*READY, proposed(), signed(h(3), CAROL)).when(signed(h(4), ALICE)).then(*CLUE_SENT)
    case.tells((Purpose.TO_DO, POLICE), (Purpose.CLUE, UNIT))
