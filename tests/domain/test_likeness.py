"""How alike two titles are."""

import pytest

from domain.terms.likeness import ALIKE, likeness


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("网传青溪镇路灯长期不亮", "网传青溪镇路灯长期不亮"),
        ("网传青溪镇路灯长期不亮", "青溪镇路灯长期不亮！"),
        ("青溪镇 路灯 长期不亮", "“青溪镇路灯长期不亮”"),
    ],
)
def test_the_same_matter_reads_alike(one, other):
    assert likeness(one, other) >= ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("网传青溪镇路灯长期不亮", "石桥镇学校食堂食材变质"),
        ("", ""),
        ("灯", "灯"),
        ("青溪镇停水", "石桥镇停水多日未恢复"),
    ],
)
def test_other_matters_do_not(one, other):
    assert likeness(one, other) < ALIKE


def test_it_is_the_share_of_common_pairs_either_way_round():
    assert likeness("甲乙丙", "乙丙丁") == likeness("乙丙丁", "甲乙丙") == 1 / 3
