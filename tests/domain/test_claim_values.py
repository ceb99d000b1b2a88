"""口径比对: when two values of a claim say the same."""

import pytest

from domain.terms.claim_values import normal, same_value
from domain.terms.second_edition.claim_values import same_value as second_same_value
from tests.measure import HALVES, agreeing, texts_of

SAME = [
    ("3人", "３ 人"),
    ("3人", "三人"),
    ("3", "3人"),
    ("3名", "3人"),
    ("十一人", "11人"),
    ("一百二十", "120"),
    ("二〇二六", "2026"),
    ("12000元", "1.2万元"),
    ("1,200,000元", "120万元"),
    ("3.0%", "3%"),
    ("２０２６年９月７日", "2026-09-07"),
    ("2026/9/7", "2026.09.07"),
    ("9月7日", "2026年9月7日"),
    ("2026年9月9日18时", "2026-09-09T18:00:00+08:00"),
    ("2026-09-09T10:00:00Z", "9月9日下午6时整"),
    ("9月7日10时30分", "2026-09-07 10:30"),
    ("2026-9-7 10:30", "2026年9月7日 10时30分"),
    ("属实", " 属实 "),
    ("Line A", "line a"),
    ("死亡3人", "3人死亡"),
    ("3人死亡", "三人遇难"),
    ("3死5伤", "受伤5人、死亡3人"),
    ("无人员伤亡", "未造成人员伤亡"),
    ("百分之三十", "30%"),
    ("三成", "30%"),
    ("一万两千元", "1.2万元"),
    ("1亿2千万元", "1.2亿元"),
    ("3个小时", "3小时"),
    ("两个半小时", "150分钟"),
    ("10余人", "12人"),
    ("约100人", "95人"),
    ("至少3人", "5人"),
    ("3月12日19时40分许", "3月12日19时40分"),
    ("3月12日24时", "3月13日0时"),
    ("12月31日24时", "1月1日零时"),
    ("19:40", "19时40分"),
    ("下午3时", "15时"),
    ("晚12时", "24时"),
    ("500㎡", "500平方米"),
    ("1360户5908人", "1360户、5908人"),
    ("属实", "情况属实"),
    ("系谣言", "与事实不符"),
    ("高安市龙潭镇", "龙潭镇"),
    ("2026年9月", "9月"),
    ("无人员伤亡", "0人"),
    ("三点五万元", "3.5万元"),
    ("百分之三点五", "3.5%"),
    ("2至3人", "2-3人"),
    ("两三人", "3人"),
    ("100-200人", "150人"),
    ("三天半", "3.5天"),
    ("晚上4点", "16时"),
    ("晚上10点到11点", "22时至23时"),
    ("10千伏线路", "10kV线路"),
    ("每立方米2.8元", "2.8元/m³"),
    ("每人每月885元", "885元/人·月"),
    ("千分之三点二", "3.2‰"),
    ("降幅一成五", "降幅15%"),
    ("两个月", "60天"),
    ("3天3夜", "72小时"),
    ("67周岁", "67岁"),
    ("四亿五千万元", "4.5亿元"),
    ("三分之二", "66.7%"),
    ("桥长86米，宽9米", "桥宽9米、长86米"),
    ("罚款500元、记3分", "记3分并罚款500元"),
    ("11月20日（周五）", "11月20日"),
    ("人员伤亡为0", "没有人员伤亡"),
    ("深夜1点", "1:00"),
    ("中午1点", "13:00"),
    ("未超标", "达标"),
    ("未见异常", "正常"),
    ("二〇二六年", "2026年"),
    ("三里", "1.5公里"),
    ("二两", "100克"),
    ("万分之八", "0.8‰"),
    ("Ⅱ级响应", "二级响应"),
    ("上午9点到11点", "9时至11时"),
    ("行政拘留7日", "拘留7天"),
    ("至少3人", "100人"),
    ("两万三", "23000"),
    ("一万五", "1.5万"),
    ("3-5万元", "4万元"),
    ("十二三人", "12人"),
    ("三四十人", "35人"),
    ("零下3度", "负3度"),
    ("9月7日上午9时", "9月7日9时"),
]
DIFFERENT = [
    ("3人", "5人"),
    ("3户", "3人"),
    ("3万元", "3元"),
    ("2026-09-07", "2025年9月7日"),
    ("9月7日", "9月8日"),
    ("9月7日10时", "9月7日11时"),
    ("9月7日上午6时", "9月7日下午6时"),
    ("9月7日", "9月7日10时"),
    ("属实", "不属实"),
    ("李某", "张某"),
    ("3人", "不详"),
    ("12.5", "12.05"),
    ("3-5人", "3-6人"),
    ("3人死亡", "3人受伤"),
    ("死亡3人受伤5人", "死亡5人受伤3人"),
    ("10余人", "20人"),
    ("至少5人", "3人"),
    ("不足10人", "12人"),
    ("上涨3%", "下降3%"),
    ("3天", "3个工作日"),
    ("500平方米", "500亩"),
    ("24时", "0时"),
    ("8时前", "8时后"),
    ("属实", "部分属实"),
    ("合格", "不合格"),
    ("已修复", "正在修复"),
    ("-5%", "5%"),
    ("9月上旬", "9月下旬"),
    ("9月7日上午", "9月7日下午"),
    ("停职3人", "免职3人"),
    ("确诊3例", "疑似3例"),
    ("3名教师", "3名学生"),
    ("3男2女", "3女2男"),
    ("每人3万元", "共3万元"),
    ("可能属实", "属实"),
    ("王村3人", "李村3人"),
    ("不足3人", "3人"),
    ("负3度", "3度"),
    ("行政拘留10日", "刑事拘留10日"),
    ("半数", "半数以上"),
    ("责令停产", "停产"),
    ("不下于5人", "下于5人"),
    ("60周岁以上", "60周岁以下"),
    ("罚款8.5万元", "没收违法所得8.5万元"),
    ("每户补助2万元", "每人补助2万元"),
    ("建筑面积1.26万平方米", "占地面积1.26万平方米"),
    ("二氧化硫12微克/立方米", "二氧化氮12微克/立方米"),
    ("日处理800吨", "年处理800吨"),
    ("上周五", "本周五"),
    ("三季度末", "三季度初"),
    ("60个工作日", "60日"),
    ("2公里内", "2公里外"),
    ("救出4人", "埋压4人"),
    ("近900人", "近千人"),
    ("2人", "二三十人"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_value_agree(one, other):
    assert same_value(one, other)
    assert same_value(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_values_do_not(one, other):
    assert not same_value(one, other)
    assert not same_value(other, one)


@pytest.mark.parametrize("half", HALVES)
def test_what_agrees_is_seen_and_what_differs_kept_apart(half):
    same, different = agreeing(texts_of(f"agreeing_{half}")), agreeing(texts_of(f"differing_{half}"))
    assert same.part >= 0.95 * same.whole
    assert different.part <= 0.02 * different.whole


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("深夜1点", "13:00"),
        ("中午1点", "1:00"),
        ("未超标", "超标"),
        ("二两", "二斤"),
        ("200度电", "200℃"),
        ("5角", "5元"),
        ("Ⅲ级", "Ⅱ级"),
        ("拘留5日", "拘留15日"),
        ("日均300人次", "月均300人次"),
    ],
)
def test_units_times_and_levels_that_only_look_alike_are_kept_apart(one, other):
    assert not same_value(one, other)


@pytest.mark.parametrize(
    "words", ["没", "不", "不再", "未检出", "没有发现", "未有", "尚未发现", "不存在", "从未"]
)
def test_a_limit_that_is_denied_to_be_exceeded_is_none_that_is(words):
    assert not same_value(f"{words}超标", "超标")
    assert same_value(f"{words}超标", "未超标")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("不正常", "正常"),
        ("不太正常", "正常"),
        ("未合格", "合格"),
        ("有无超标", "超标"),
    ],
)
def test_what_is_denied_or_asked_is_not_what_is_so(one, other):
    assert not same_value(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("凌晨12点", "中午12点"),
        ("上午12点", "凌晨12点"),
        ("昨晚8点", "今晚8点"),
        ("1980年代", "1980年"),
        ("一九八〇年代", "一九八〇年"),
    ],
)
def test_another_time_of_one_sound_is_kept_apart(one, other):
    assert not same_value(one, other)


@pytest.mark.parametrize("other", ["0时", "零点", "0:00"])
def test_twelve_before_dawn_is_midnight(other):
    assert same_value("凌晨12点", other)


def test_cases_of_earlier_editions_compare_as_they_did():
    assert not second_same_value("死亡3人", "3人死亡")
    assert second_same_value("12000元", "1.2万元")


@pytest.mark.parametrize("odd", ["", " ", "十", "百千", "T", "2026-13-45T99:00", "1" * 40, "零", "，" * 900])
def test_an_odd_value_agrees_with_itself_and_breaks_nothing(odd):
    assert same_value(odd, odd)
    assert not same_value(odd, "受伤八百人")


def test_subjects_are_compared_in_their_common_form():
    assert normal(" 死亡 人数（Ａ） ") == normal("死亡人数(a)")
