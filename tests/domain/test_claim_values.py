"""口径比对: when two values of a claim say the same."""

import pytest

from domain.terms.claim_values import normal, same_value

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
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_one_value_agree(one, other):
    assert same_value(one, other)
    assert same_value(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_values_do_not(one, other):
    assert not same_value(one, other)
    assert not same_value(other, one)


@pytest.mark.parametrize("odd", ["", " ", "十", "百千", "T", "2026-13-45T99:00", "1" * 40, "零", "，" * 900])
def test_an_odd_value_agrees_with_itself_and_breaks_nothing(odd):
    assert same_value(odd, odd)
    assert not same_value(odd, "受伤八百人")


def test_subjects_are_compared_in_their_common_form():
    assert normal(" 死亡 人数（Ａ） ") == normal("死亡人数(a)")
