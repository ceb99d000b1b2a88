"""读文字不出错: whatever figures, days and times a text or a claim puts together, reading it ends,
and soon (DD-41).
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.terms.claim_values import same_value
from domain.terms.facts import contradict, facts_of, facts_of_claim
from tests.domain.quickness import MANY_TIMES, quickest

PIECES = (
    *"零〇一二三四五六七八九十百千万亿两俩壹拾佰仟半点.,:：-年月日号时分刻秒整许余多来几数好成约上至",
    *(
        "0",
        "12",
        "9999",
        "31",
        "24",
        "人",
        "名",
        "元",
        "万元",
        "%",
        "百分之",
        "分之",
        "个半",
        "小时",
        "死",
        "伤",
        "无人死亡",
    ),
    *(
        "上午",
        "晚上",
        "次日",
        "发生",
        "属实",
        "不属实",
        "以上",
        "左右",
        "T",
        "+08:00",
        "Z",
        " ",
        "，",
        "。",
        "2至3",
        "两三",
        "不足",
    ),
)
NUMERALS = st.text("零一三两十百千万9", min_size=1, max_size=4)
FIGURES = st.tuples(
    NUMERALS, st.sampled_from("点.万亿时"), NUMERALS, st.sampled_from(["", "人", "分", "万元", "点", "%"])
)
WORDS = FIGURES.map("".join) | st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
ODD = [
    "晚上九点三十分",
    "上午十点十分",
    "十九点四十分许",
    "大盘跌破三千点千股跌停",
    "全市五百点千家万户",
    "三点百",
    "9999年12月31日24时",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
]


@given(WORDS, WORDS)
def test_no_figures_put_together_break_the_reading(one, other):
    mine, theirs = facts_of([("facts", one)]), facts_of_claim("死亡人数", other)
    facts_of_claim("接报时间", one)
    for fact in mine:
        assert not contradict(fact, fact)
        for said in theirs:
            if said.about == fact.about:
                assert contradict(fact, said) == contradict(said, fact)
    same_value(one, other)


@pytest.mark.parametrize("text", ODD)
def test_times_and_days_at_the_edge_of_the_calendar_are_read(text):
    facts_of([("facts", f"{text}发生事故")])
    facts_of_claim("接报时间", text)
    assert not same_value(text, "3人")


@pytest.mark.parametrize(
    "piece",
    [
        "几",
        "好",
        "数",
        "好几",
        "点",
        "一点",
        "一",
        "9",
        "9,",
        "至",
        "两三",
        "无",
        "1月",
        "上",
        "3人",
        "人",
        "死3人",
        "王3人5",
    ],
)
def test_no_text_however_odd_is_read_for_long(piece):
    def read(text: str) -> None:
        facts_of([("facts", text)])
        same_value(text, "3人")

    floor = quickest(lambda: read(("市民反映青溪镇路灯长期不亮，已派员核查。" * 400)[:8_000]))
    assert quickest(lambda: read((piece * 8_000)[:8_000])) < MANY_TIMES * floor
