"""追责移交: both conditions stated by people, the file assembled from the record, no finding (R446)."""

import pytest

from domain.case.records import PaperStatus
from domain.purposes import Purpose
from domain.rules.permissions import may_see
from domain.steps.accountability import HandOverFile
from domain.steps.escalate import SignIssue, SubmitRectification
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import PaperKind
from tests.domain.cast import (
    ALICE,
    BOB,
    EVIDENCE,
    OFFICE,
    UNIT,
    assigned,
    concluded,
    h,
    judged,
    of,
    published,
    registered,
    signed_for,
    step,
)
from tests.domain.given import given

DISCIPLINE = "discipline"
START = (registered(), judged(), assigned(), signed_for())
ORDERED = (*START, step(h(49), ALICE, SignIssue(paper="supervision_order-1")))


def handed(at, by=ALICE, **changes):
    words = {"infringement": "至今未公开", "seriousness": "情节较重", "reason": "依规移送"}
    return step(at, by, HandOverFile(**{"unit": UNIT, "organ": DISCIPLINE, **words, **changes}))


def test_a_file_lists_what_the_record_holds_of_the_unit_in_its_order():
    answered = (concluded(at=h(79)), published(at=h(80)))
    rectified = step(h(90), BOB, SubmitRectification(report="整改"))
    case = (
        given(*ORDERED, *answered, rectified).when(handed(h(100))).then("file_handed_over", "paper_drafted")
    )
    (file,) = case.state.oversight.files
    assert [(item.what, item.id.split(":")[0], item.at, item.status) for item in file.items] == [
        ("RESP48", "RESP48", h(48), "breached"),
        ("RECTIFY", "RECTIFY", h(90), "on_time"),
        ("supervision_order", "supervision_order-1", h(49), "issued"),
        ("circulated_criticism", "circulated_criticism-1", h(72), "drafted"),
        ("publication", "publication-1", h(80), "situation_notice"),
    ]
    assert file.items[-1].digests == (EVIDENCE[0].sha256,)
    assert (file.unit, file.organ, file.event_number) == (UNIT, DISCIPLINE, case.state.event_number - 2)


def test_the_file_goes_out_as_a_paper_to_the_organ_which_then_sees_the_case():
    case = given(*ORDERED, handed(h(100))).case
    (paper,) = case.papers(PaperKind.ACCOUNTABILITY_FILE)
    assert (paper.unit, paper.status, paper.cause) == (DISCIPLINE, PaperStatus.ISSUED, "file-1")
    assert may_see(of(DISCIPLINE), case.state)
    case.tells((Purpose.FILE_HANDED_OVER, DISCIPLINE))


def test_nothing_else_follows_no_clock_and_no_points():
    before, after = given(*ORDERED).by(h(100)), given(*ORDERED, handed(h(100))).case
    assert after.state.obligations == before.state.obligations
    assert after.scores(h(100)) == before.scores(h(100))


@pytest.mark.parametrize("missing", ["infringement", "seriousness"])
def test_both_conditions_are_stated_by_a_person(missing):
    given(*ORDERED).when(handed(h(100), **{missing: " "})).refused(Reason.MISSING_PART, missing)


def test_without_a_missed_limit_towards_the_public_there_is_nothing_to_hand_over():
    given(*START).when(handed(h(47))).refused(Reason.NOT_BREACHED, UNIT)
    unsigned = (registered(), judged(), assigned())
    given(*unsigned).when(handed(h(40))).refused(Reason.NOT_BREACHED, UNIT)
    late = (registered(), judged(), assigned(at=h(50)))
    given(*late).when(handed(h(60))).refused(Reason.NOT_BREACHED, UNIT)


def test_the_organ_is_the_one_that_the_regulation_names_and_not_the_unit():
    given(*ORDERED).when(handed(h(100), organ=OFFICE)).refused(Reason.UNIT_NOT_CONCERNED, OFFICE)
    given(*ORDERED).when(handed(h(100), unit=DISCIPLINE)).refused(Reason.CONFLICT_OF_INTEREST, DISCIPLINE)
    given(*ORDERED).when(handed(h(100), organ="nowhere")).refused(Reason.UNKNOWN_UNIT)


def test_the_same_record_is_handed_over_once_and_again_when_it_has_grown():
    given(*ORDERED, handed(h(100))).when(handed(h(101))).refused(Reason.ALREADY_DONE, UNIT)
    grown = given(*ORDERED, handed(h(60))).when(handed(h(100))).then("file_handed_over", "paper_drafted")
    assert [file.id for file in grown.state.oversight.files] == ["file-1", "file-2"]


def test_the_principal_leader_of_the_office_alone_hands_over():
    given(*ORDERED).when(handed(h(100), by=of(OFFICE, Role.DEPUTY_LEADER))).refused(Reason.ROLE_NOT_ALLOWED)
    given(*ORDERED).when(handed(h(100), by=of(UNIT, Role.PRINCIPAL_LEADER))).refused(
        Reason.UNIT_NOT_CONCERNED
    )
    given(*ORDERED).when(handed(h(100), reason="")).refused(Reason.REASON_MISSING)
