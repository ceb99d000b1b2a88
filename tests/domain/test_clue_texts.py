"""线索不列名单、少涉个人: one act of one subject, and nothing more of a person than one name
or handle (DD-35).
"""

from dataclasses import replace

import pytest

from domain.case.clues import ClueNature
from domain.steps.consult import SubmitAnalysis
from domain.steps.coordinate import GiveSuperiorFeedback, IssueHint, ReceiveSuperiorNotice
from domain.steps.report import ReportUp
from domain.steps.transfer import ProposeClue, SignClue
from domain.terms.findings import PersonalDataKind
from domain.terms.refusals import Reason
from domain.terms.vocabulary import PaperKind
from tests.domain.cast import (
    ALICE,
    BOB,
    CAROL,
    EVIDENCE,
    LAW,
    OFFICE,
    POLICE,
    SUPERIOR,
    UNIT,
    assigned,
    h,
    judged,
    registered,
    step,
)
from tests.domain.given import given

READY = (registered(), judged(), assigned())
NAMED = "据查，村民王小明（身份证号110101199003074610）参与"


def proposed(act, basis="治安管理处罚法"):
    command = ProposeClue(
        nature=ClueNature.FABRICATED_RUMOUR, act=act, legal_basis=basis, evidence=EVIDENCE, receiver=POLICE
    )
    return step(h(2), BOB, command)


@pytest.mark.parametrize(
    "act",
    [
        "张伟、李强散布谣言",
        "王小明和陈丽华在群里散布谣言",
        "张某、李某散布谣言",
        "@甲 和 @乙 散布谣言",
        "网民“快乐小鱼”、“清风”散布谣言",
        "3个账号散布谣言",
        "多个账号同时散布同一谣言",
        "三个人散布谣言",
        "五名男子散布谣言",
        "上百人围堵大门",
        "十余条帖文捏造事实",
        "名单附后的人员散布谣言",
        "所列账号散布谣言",
        "全部账号散布谣言",
        "张伟等人散布谣言",
        "3 个账号散布谣言",
        "３个账号散布谣言",
        "３ 个 账号散布谣言",
        "3　个账号散布谣言",
        "3\u200b个账号散布谣言",
        "③个账号散布谣言",
        "三 名男子散布谣言",
        "3個帳號散布谣言",
        "1,200条帖文捏造事实",
        "3个抖音号散布谣言",
        "2个微信群散布谣言",
        "5篇文章捏造事实",
        "账号3个散布谣言",
        "俩人散布谣言",
        "一批账号散布谣言",
        "以下账号散布谣言",
        "全 部账号散布谣言",
        "张伟等 人散布谣言",
        "“快乐小鱼”“清风”散布谣言",
        "“快乐小鱼”、“清风”散布谣言",
        "网民“快乐小鱼”“清风”散布谣言",
        "经查，“张伟”“李强”散布谣言",
        "抖音号“甲”和“乙”散布谣言",
        "账号：清风、快乐小鱼",
        "用户A、B、C散布谣言",
        "甲、乙散布谣言",
    ],
)
def test_several_names_numerals_and_words_for_all_are_no_one_act(act):
    given(*READY).when(proposed(act)).refused(Reason.CLUE_NOT_ONE_ACT, "act")


@pytest.mark.parametrize(
    "act",
    [
        "张伟散布谣言，煽动聚集",
        "张某某散布谣言",
        "@小张在线 散布谣言",
        "网民“快乐小鱼”散布谣言",
        "一名男子散布谣言",
        "一个账号连续散布谣言",
        "散布“致3人死亡”的谣言",
        "违反治安管理处罚法第二十五条，散布谣言",
        "高温、暴雨期间散布谣言",
        "黄沙、石料乱堆于河道",
        "1 个账号散布谣言",
        "１个账号散布谣言",
        "散布 “三 人死亡” 的谣言",
        "账号“清风”称“官方隐瞒”“记者被打”",
        "账号“清风”在“高安论坛”“微博”散布谣言",
        "张伟散布谣言，“某校死亡3人”“官方封口”等言论",
        "账号：清风散布谣言、煽动聚集",
        "张伟捏造“3个账号被封”",
        "阅读量达12万人次的帖文捏造事实",
    ],
)
def test_one_name_or_one_handle_may_stand(act):
    pointed_out = ("personal_data_pointed_out",) if "张伟" in act else ()
    case = given(*READY).when(proposed(act)).then("clue_proposed", *pointed_out)
    assert case.state.clues[0].act == act


@pytest.mark.parametrize(
    "act",
    [
        "张伟（身份证号110101199003074610）散布谣言",
        "电话13812345678的机主散布谣言",
        "联系电话0795-5212345的店主散布谣言",
        "车主（赣C12345）冲撞警戒线",
        "家住青溪镇下街村3组12号的男子散布谣言",
    ],
)
def test_numbers_and_addresses_of_a_person_are_refused(act):
    given(*READY).when(proposed(act)).refused(Reason.PERSONAL_DATA)


def test_they_are_refused_in_its_legal_basis_too():
    given(*READY).when(proposed("张伟散布谣言", "依据张伟（13812345678）的陈述")).refused(
        Reason.PERSONAL_DATA
    )


@pytest.mark.parametrize(
    "basis",
    [
        "依据张伟、李强的陈述",
        "依据3 个账号的帖文",
        "名单附后",
        "网民“甲”“乙”的帖文",
        "@甲@乙的帖文",
    ],
)
def test_its_legal_basis_names_no_several_either(basis):
    given(*READY).when(proposed("散布停水谣言", basis)).refused(Reason.CLUE_NOT_ONE_ACT, "legal_basis")


def test_a_name_in_the_act_and_another_in_its_basis_are_two():
    given(*READY).when(proposed("村民张伟散布谣言", "村民李强的陈述")).refused(Reason.CLUE_NOT_ONE_ACT, "act")
    given(*READY).when(proposed("村民张伟散布谣言", "村民张伟的陈述")).then(
        "clue_proposed", "personal_data_pointed_out"
    )


@pytest.mark.parametrize(
    "basis",
    [
        "《治安管理处罚法》第二十五、二十六条",
        "《刑法》第291条之一第2款",
        "《刑法》291条",
        "治安管理处罚法25条",
        "《网络安全法》第十二条、《互联网信息服务管理办法》第十五条",
        "《城市市容和环境卫生管理条例》第三十四条\n《江西省城市管理条例》第十条",
        "《食品安全法》第123条至第125条",
        "国办发〔2016〕80号",
    ],
)
def test_articles_of_laws_are_no_several(basis):
    given(*READY).when(proposed("张伟散布谣言", basis)).then("clue_proposed", "personal_data_pointed_out")


@pytest.mark.parametrize("basis", ["联系电话0795-5212345", "联系电话０７９５-５２１２３４５"])
def test_a_telephone_of_a_house_in_its_basis_is_refused(basis):
    given(*READY).when(proposed("张伟散布谣言", basis)).refused(Reason.PERSONAL_DATA)


def test_both_signers_confirm_one_act_of_one_subject():
    ready = (*READY, proposed("张伟散布谣言"))
    for signer in (CAROL, ALICE):
        unsure = step(h(3), signer, SignClue(clue="clue-1", one_act=False))
        given(*ready).when(unsure).refused(Reason.CLUE_NOT_ONE_ACT, "one_act")
    case = given(*ready, step(h(3), CAROL, SignClue(clue="clue-1"))).case
    case.give(step(h(4), ALICE, SignClue(clue="clue-1", one_act=True)))
    assert case.state.clues[0].transferred_at == h(4)


FULFILLED = "obligation_fulfilled"


@pytest.mark.parametrize(
    ("command", "text", "events"),
    [
        (
            ReportUp(to=OFFICE, report=NAMED),
            f"{PaperKind.SITUATION_REPORT}-1",
            ("reported_up", "paper_drafted", "personal_data_pointed_out"),
        ),
        (
            IssueHint(to=(UNIT,), text=NAMED),
            "hint-1",
            ("hint_issued", "paper_drafted", "obligation_opened", "personal_data_pointed_out", FULFILLED),
        ),
        (
            GiveSuperiorFeedback(notice="notice-1", report=NAMED),
            f"{PaperKind.SUPERIOR_FEEDBACK}-1",
            ("superior_feedback_given", "paper_drafted", "personal_data_pointed_out", FULFILLED),
        ),
        (
            SubmitAnalysis(report=PaperKind.DEEP_REPORT, quantitative="数据", qualitative=NAMED),
            f"{PaperKind.DEEP_REPORT}-1",
            ("analysis_submitted", "paper_drafted", "personal_data_pointed_out"),
        ),
    ],
)
def test_reports_and_letters_are_pointed_out_and_go_their_way(command, text, events):
    notice = step(h(1), ALICE, ReceiveSuperiorNotice(sender=SUPERIOR, received_at=h(1), requirement="回应"))
    by = BOB if isinstance(command, ReportUp) else ALICE
    case = given(*READY, notice).when(step(h(3), by, command)).then(*events)
    (event,) = case.happened("personal_data_pointed_out")
    assert (event.text, event.kinds, event.count) == (
        text,
        (PersonalDataKind.NAME, PersonalDataKind.ID_NUMBER),
        2,
    )
    assert case.state.exposures == ()


def test_a_letter_of_a_clue_with_its_one_name_is_pointed_out():
    case = (
        given(*READY).when(proposed("村民王小明散布谣言")).then("clue_proposed", "personal_data_pointed_out")
    )
    (event,) = case.happened("personal_data_pointed_out")
    assert (event.text, event.kinds) == ("clue-1", (PersonalDataKind.NAME,))


def test_a_case_of_an_earlier_edition_takes_what_it_took():
    law = replace(LAW, edition=2, digest="second")
    case = given(*READY, law=law).when(proposed("张伟、李强散布谣言")).then("clue_proposed")
    assert len(case.state.clues) == 1
