"""What a monitoring system exports is read row by row:
instants of Shanghai, counts in words of the trade, no author.
"""

import tracemalloc
from datetime import datetime

import pytest

from domain.terms.workdays import SHANGHAI
from intake.sheet_rows import NoSheet, SheetFault, SheetItem, instant_of, number_of, text_of
from intake.sheets import items_in
from storage.regulations import load_law

PLATFORMS = {
    name: entry.code
    for entry in load_law("gaoan-2020", 2026).register
    for name in (entry.zh, entry.en, entry.code)
}
HEAD = "标题,媒体类型,来源,作者,发布时间,链接,转发数,评论数,点赞数,情感属性,地域"
SHEET = f"""{HEAD}
青溪镇自来水又黄又臭,短视频,抖音,用户0001,2026-11-28 21:14:05,https://www.douyin.com/video/7600582328104095031?previous_page=app_code_link,120,88,1.2万,负面,江西
青溪自来水变黄了,微博,新浪微博,用户0002,2026/11/28 21:20,https://weibo.com/2803301701/PmXyZ9999,3,5,10,负面,江西
停水三天没通知,帖子,百度贴吧,用户0003,2026-11-28 22:01:00,https://tieba.baidu.com/p/9012345678,0,12,0,中性,江西
青溪镇自来水,视频,快手,用户0004,2026-11-28 22:31:00,https://www.kuaishou.com/short-video/3xabcdefg,9,1,30,负面,江西
"""


def rows(text, platforms=PLATFORMS):
    return items_in(text.encode(), platforms)


def test_each_row_of_an_exported_sheet_is_an_item():
    read = rows(SHEET)
    assert [(one.row, one.platform, one.at) for one in read] == [
        (2, "douyin", datetime(2026, 11, 28, 21, 14, 5, tzinfo=SHANGHAI)),
        (3, "weibo", datetime(2026, 11, 28, 21, 20, tzinfo=SHANGHAI)),
        (4, "tieba", datetime(2026, 11, 28, 22, 1, tzinfo=SHANGHAI)),
        (5, "kuaishou", datetime(2026, 11, 28, 22, 31, tzinfo=SHANGHAI)),
    ]
    first = read[0]
    assert first.counts == (("转发", 120), ("评论", 88), ("点赞", 12_000))
    assert first.gist == "青溪镇自来水又黄又臭（转发120，评论88，点赞12000）"
    assert first.url.startswith("https://www.douyin.com/video/7600582328104095031")


def test_no_author_is_kept():
    assert not any("用户" in repr(one) for one in rows(SHEET))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_sheet_is_read_in_the_encodings_of_office_programs(encoding):
    assert rows(text_of(SHEET.encode(encoding))) == rows(SHEET)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        *(("88", 88), ("1.2万", 12_000), ("１.２万", 12_000), ("3,200", 3_200), ("10万+", 100_000)),
        *(("5千", 5_000), ("1.2w", 12_000), ("3K", 3_000), ("0.5亿", 50_000_000)),
        *(("", None), ("-", None), ("1.2.3", None), ("约三", None), ("-5", None)),
        *(("1" * 400, None), ("1" * 16, None), ("1" * 15, 111_111_111_111_111)),
    ],
)
def test_counts_are_read_as_they_are_written(words, count):
    assert number_of(words) == count


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("2026-11-28 21:14:05", datetime(2026, 11, 28, 21, 14, 5, tzinfo=SHANGHAI)),
        ("2026/11/28 21:20", datetime(2026, 11, 28, 21, 20, tzinfo=SHANGHAI)),
        ("2026年11月28日 21:20", datetime(2026, 11, 28, 21, 20, tzinfo=SHANGHAI)),
        ("2026-11-28T13:20:00Z", datetime(2026, 11, 28, 21, 20, tzinfo=SHANGHAI)),
        ("2026-11-28 15:20:00+02:00", datetime(2026, 11, 28, 21, 20, tzinfo=SHANGHAI)),
        *((words, None) for words in ("", "昨天", "2026-11-28", "2026-13-01 10:00", "45989.8")),
    ],
)
def test_an_instant_without_a_zone_is_one_of_shanghai(words, at):
    assert instant_of(words) == at


def row(**cells):
    values = {"标题": "停水", "来源": "抖音", "发布时间": "2026-11-28 21:14:05", **cells}
    return ",".join(values) + "\n" + ",".join(values.values()) + "\n"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"标题": ""}, "title"),
        ({"发布时间": "昨天"}, "time"),
        ({"来源": "某某快报"}, "platform"),
        ({"点赞数": "很多"}, "number"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(cells, code):
    (fault,) = rows(row(**cells))
    assert isinstance(fault, SheetFault)
    assert (fault.row, fault.code) == (2, code)


def test_a_site_of_no_name_is_known_by_the_kind_of_medium():
    (item,) = rows(row(来源="某某在线", 媒体类型="网站"))
    assert isinstance(item, SheetItem)
    assert item.platform == "website"


@pytest.mark.parametrize(
    "text", ["", "标题,来源\n停水,抖音\n", "来源,发布时间\n抖音,2026-11-28 21:14\n", '"open']
)
def test_what_is_no_sheet_of_posts_is_said_to_be_none(text):
    with pytest.raises(NoSheet):
        rows(text)


def test_a_sheet_has_no_more_rows_than_a_case_holds():
    with pytest.raises(NoSheet):
        rows(row() + "停水,抖音,2026-11-28 21:14:05\n" * 150)


def test_rows_of_blanks_are_passed_over():
    assert len(rows(row() + ",,\n")) == 1


def test_bytes_of_no_known_encoding_are_refused():
    with pytest.raises(NoSheet):
        text_of(b"\xff\xff\xff")


def test_a_long_text_is_cut_and_says_so():
    (item,) = rows(row(标题="停水", 摘要="长" * 700))
    assert isinstance(item, SheetItem)
    assert (len(item.gist), item.gist[-4:]) == (606, "（节录）")


def test_rows_without_a_word_do_not_count_among_those_that_a_case_holds():
    line = SHEET.strip().splitlines()[1]
    blank = "," * HEAD.count(",")
    assert len(rows("\n".join((HEAD, *(line,) * 150, *(blank,) * 200, "", " ,")))) == 150
    with pytest.raises(NoSheet, match="rows"):
        rows("\n".join((HEAD, *(line,) * 151)))


@pytest.mark.parametrize("filling", ["\n", ",", ",\n"])
def test_a_sheet_of_nothing_but_rows_or_columns_is_refused_within_a_bound_of_memory(filling):
    content = (HEAD + "\n" + filling * (2_000_000 // len(filling))).encode()
    tracemalloc.start()
    try:
        try:
            assert items_in(content, PLATFORMS) == []
        except NoSheet as why:
            assert str(why) == "rows"  # noqa: PT017  a row of separators alone is an empty sheet
        assert tracemalloc.get_traced_memory()[1] < 40 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "words", ["0001-01-01 00:00", "0001-01-01T00:00:00+14:00", "1999-12-31 08:00", "2100-01-02 08:00"]
)
def test_an_instant_that_no_step_may_state_is_none(words):
    assert instant_of(words) is None


def test_of_two_columns_the_one_that_says_what_it_is_counts_before_the_vague_one():
    sheet = "时间,标题,来源,地址,发布时间,链接\n2026-11-29 09:00,路灯,抖音,青溪镇,2026-11-28 21:14,https://a.example/1\n"
    (item,) = rows(sheet)
    assert (item.at, item.url) == (datetime(2026, 11, 28, 21, 14, tzinfo=SHANGHAI), "https://a.example/1")
    (only,) = rows("时间,标题,来源\n2026-11-29 09:00,路灯,抖音\n")
    assert only.at == datetime(2026, 11, 29, 9, 0, tzinfo=SHANGHAI)
