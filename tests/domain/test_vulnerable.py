"""未成年人、病人、受害人: what is told of the family,
health or origin of one who can be recognised is pointed out like an address (DD-36).
"""

import pytest

from domain.case.clues import ClueNature
from domain.steps.privacy import ClearPersonalData
from domain.steps.report import ReportUp
from domain.steps.respond import ReviewDraft
from domain.steps.transfer import ProposeClue
from domain.terms.findings import FACTS_OF_A_PERSON, PersonalDataKind
from domain.terms.personal_data import personal_data, personal_data_of
from domain.terms.refusals import Reason
from domain.terms.roles import Role
from domain.terms.vocabulary import EmergencyGrade, PublicationForm, ReviewStage
from tests.domain.cast import (
    BOB,
    CAROL,
    EVIDENCE,
    OFFICE,
    POLICE,
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
from tests.domain.given import given
from tests.measure import HALVES, texts_of

FAMILY, HEALTH, ORIGIN = (
    PersonalDataKind.FAMILY_FACT,
    PersonalDataKind.HEALTH_FACT,
    PersonalDataKind.ORIGIN_FACT,
)
TOLD = "一名11岁女童（青溪小学学生）患有先天性心脏病，已送医"


def told(text):
    return {
        (finding.kind, text[finding.start : finding.start + finding.length])
        for finding in personal_data("facts", text)
        if finding.kind in FACTS_OF_A_PERSON
    }


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("患者周子涵，女，确诊抑郁症", (HEALTH, "抑郁")),
        ("学生周子涵父母双亡，随爷爷生活", (FAMILY, "父母双亡")),
        ("受害人王芳怀孕5个月", (HEALTH, "怀孕")),
        ("死者李强，籍贯湖南", (ORIGIN, "籍贯")),
        ("死者李强祖籍湖南", (ORIGIN, "祖籍")),
        # without a name, two of age, kinship, place, plate and picture
        ("一名11岁女童（青溪小学学生）罹患先天性疾病", (HEALTH, "先天性")),
        ("该女孩年仅13岁，系青溪镇下街村人，其母亲改嫁", (FAMILY, "母亲改嫁")),
        ("青溪小学三(2)班一名九岁男孩父母离异", (FAMILY, "父母离异")),
        ("下街村村民的儿子，11岁，患有自闭症", (HEALTH, "自闭")),
        ("伤者（女，35岁，住内科12号床）骨折", (HEALTH, "骨折")),
        ("赣C12345车上的伤者36岁，颅脑损伤", (HEALTH, "颅脑")),
        ("照片中的女孩今年12岁，户籍在外省", (ORIGIN, "户籍在")),
        # told in the sentences that follow
        ("学生周子涵在校受伤。学校已通知家长。其父亲服刑。", (FAMILY, "父亲服刑")),
        ("一名11岁女童受伤。其就读于青溪小学，父母离异。", (FAMILY, "父母离异")),
    ],
)
def test_what_is_told_of_one_who_can_be_recognised_is_read(text, fact):
    assert any(kind is fact[0] and fact[1] in words for kind, words in told(text))


@pytest.mark.parametrize(
    "text",
    [
        "3名学生患有肺结核，均已隔离治疗",
        "青溪小学12名学生出现呕吐，3人住院，1人骨折",
        "下街村3名11岁儿童溺水，均为留守儿童",
        "全市留守儿童共3200名，其中孤儿12名",
        "患者张某某确诊肺结核",
        "李某（男，11岁，青溪镇下街村人）骨折",
        "一名学生父母离异，学校已介入帮扶",
        "一名女童受伤，骨折，无生命危险",
        "有网民反映某小学学生抑郁",
        "某村一名12岁男孩患有癫痫",
        "学校关心关爱留守儿童、单亲家庭学生",
        "青溪小学招收6周岁儿童，需户籍在本镇",
        "低保家庭学生可申请补助",
        "学生周子涵在校受伤。学校将关爱留守儿童、单亲家庭。",
        "青溪中学组织学生心理健康筛查，抑郁筛查覆盖全校",
    ],
)
def test_counts_masked_names_and_anonymous_mentions_lead_to_nobody(text):
    assert told(text) == set()


@pytest.mark.parametrize("half", HALVES)
def test_innocent_texts_are_left_alone(half):
    assert [text for text in texts_of(f"innocent_{half}") if told(text)] == []


def test_an_adult_who_is_no_patient_and_no_victim_is_nobody_in_question():
    assert told("村民代表黄丽华离异家庭出身，现年40岁") == set()


def test_a_name_that_is_known_by_another_field_counts():
    found = personal_data_of([("title", "关于患者周子涵的情况"), ("facts", "经查，周子涵为患者，患有癫痫")])
    assert (HEALTH, "facts") in {(one.kind, one.field) for one in found}


START = (registered(), judged(), assigned(), concluded())


def reviewed():
    command = ReviewDraft(draft="draft-1", stage=ReviewStage.FIRST_REVIEW, approved=True)
    return step(h(2), of(UNIT, Role.SPOKESPERSON), command)


def test_it_holds_a_draft_back_until_a_leader_answers_for_it_with_a_reason():
    drafted = (*START, step(h(2), BOB, draft(facts=TOLD)))
    given(*drafted).when(reviewed()).refused(Reason.PERSONAL_DATA, "draft-1: health_fact")
    answered = ClearPersonalData(draft="draft-1", findings=(1,), reason="监护人书面同意公开")
    given(*drafted, step(h(2), CAROL, answered)).when(reviewed()).then("reviewed")
    silent = ClearPersonalData(draft="draft-1", findings=(1,), reason=" ")
    given(*drafted).when(step(h(2), CAROL, silent)).refused(Reason.REASON_MISSING)


def test_the_fast_lane_asks_it_too():
    urgent = (registered(), judged(grade=EmergencyGrade.MAJOR), assigned())
    first = step(h(2), BOB, draft(PublicationForm.FIRST_NOTICE, facts=TOLD))
    given(*urgent, first).when(reviewed()).refused(Reason.PERSONAL_DATA)


def test_a_report_is_pointed_out_and_a_clue_is_not_refused_for_it():
    case = (
        given(*START)
        .when(step(h(3), BOB, ReportUp(to=OFFICE, report=TOLD)))
        .then("reported_up", "paper_drafted", "personal_data_pointed_out")
    )
    (event,) = case.happened("personal_data_pointed_out")
    assert event.kinds == (HEALTH,)
    clue = ProposeClue(
        nature=ClueNature.FABRICATED_RUMOUR, act=TOLD, legal_basis="依法", evidence=EVIDENCE, receiver=POLICE
    )
    given(*START).when(step(h(3), BOB, clue)).then("clue_proposed", "personal_data_pointed_out")
