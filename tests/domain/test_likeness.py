"""How alike two matters are: retold ones are, and those that differ in one thing are not (DD-16, R109)."""

import pytest

from domain.terms.likeness import ALIKE, Matter, likeness, matter_likeness, rarity_among
from tests.measure_repeats import measured


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("网传青溪镇路灯长期不亮", "网传青溪镇路灯长期不亮"),
        ("网传青溪镇路灯长期不亮", "青溪镇路灯长期不亮！"),
        ("青溪镇 路灯 长期不亮", "“青溪镇路灯长期不亮”"),
        ("青溪镇自来水发黄", "青溪自来水变黄了"),
        ("公交司机拒载老人", "老人被公交拒载,网友怒了"),
        ("市人民医院急诊等4小时", "急诊排队四个小时没人理,市医院"),
        ("G320国道大货车侧翻", "320国道货车翻车,交通堵塞"),
    ],
)
def test_the_same_matter_reads_alike(one, other):
    assert likeness(one, other) >= ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("网传青溪镇路灯长期不亮", "石桥镇学校食堂食材变质"),
        ("", ""),
        ("灯", "桥"),
        ("网传", "网传"),
        ("青溪镇停水", "石桥镇停水多日未恢复"),
        ("青溪镇停水", "石桥镇停水"),
        ("市一中食堂吃出虫子", "市二中食堂吃出虫子"),
        ("11月28日暴雨内涝", "11月29日暴雨内涝"),
        ("公交3路司机拒载", "公交5路司机拒载"),
        ("青溪镇书记被举报", "青溪镇镇长被举报"),
        ("网传青溪镇发生抢劫", "网传青溪镇发生火灾"),
    ],
)
def test_other_matters_do_not(one, other):
    assert likeness(one, other) < ALIKE


def test_it_is_the_same_either_way_round():
    one, other = "石桥镇化工园昨晚爆炸", "石桥化工园区发生闪爆"
    assert likeness(one, other) == likeness(other, one)


def test_what_every_matter_tells_counts_less():
    rarity = rarity_among([f"青溪镇{thing}" for thing in ("路灯", "校车", "水管", "河道", "电梯") * 20])
    assert rarity("青溪") < rarity("路灯") < rarity("化工")
    one, other = "青溪镇路灯不亮", "青溪镇路灯坏了"
    assert likeness(one, other, rarity) != likeness(one, other)


def test_the_summary_topic_and_units_help():
    rarity = rarity_among([])
    bare = Matter(title="市长热线转来临江来电", gist="夜市烧烤油烟熏得居民睡不着")
    retold = Matter(title="网民反映临江街道夜市油烟扰民")
    assert matter_likeness(bare, retold, rarity) >= ALIKE > likeness(bare.title, retold.title)
    other = Matter(title="石桥镇路口红绿灯损坏", gist=bare.gist)
    assert matter_likeness(bare, other, rarity) < ALIKE
    alone = Matter(title="石桥化工园区闪爆", topic="安全生产", units=frozenset({"shiqiao"}))
    other = Matter(title="石桥镇化工园昨晚爆炸", topic="安全生产", units=frozenset({"shiqiao"}))
    assert matter_likeness(alone, other, rarity) > likeness(alone.title, other.title)


def test_half_of_the_repeats_are_recognised_and_little_that_is_unrelated_is_suggested():
    for name in ("tuned", "unseen"):
        figures = measured(name)
        assert figures.recall >= 0.5, figures
        assert figures.per_unrelated <= 0.2, figures
