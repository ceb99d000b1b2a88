"""The same post under another address: share texts, platforms, mobile hosts, parameters;
and other posts, kept apart (DD-42).
"""

from dataclasses import replace

import pytest

from domain.case.records import Source
from domain.law.editions import SECOND_EDITION, THIRD_EDITION
from domain.steps.register import AddSource
from domain.steps.screen import AbsorbDuplicate, ExcludeSource
from domain.terms.addresses import address_in, canonical, foreign, name_of
from domain.terms.vocabulary import Platform
from tests.domain.cast import ALICE, LAW, h, registered, step
from tests.domain.given import given

WEIXIN = "https://mp.weixin.qq.com/s?__biz=MzIxNDU2Nzg5MA==&mid=2247512345&idx=1&sn=0a1b2c"
DOUYIN = "https://www.douyin.com/video/7600582328104095031"
SHARED = "3.56 复制打开抖音，看看【青溪在线的作品】路灯又不亮了 https://v.douyin.com/iJab-c1/ abC:/ 02/14"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (WEIXIN, f"{WEIXIN}&chksm=97a1b2&scene=0#rd"),
        (WEIXIN, "http://mp.weixin.qq.com/s?idx=1&mid=2247512345&__biz=MzIxNDU2Nzg5MA==&sn=0a1b2c&from=timeline"),
        ("https://mp.weixin.qq.com/s/AbC-dEf_123", "mp.weixin.qq.com/s/AbC-dEf_123?scene=1"),
        (DOUYIN, f"{DOUYIN}?previous_page=app_code_link"),
        (DOUYIN, "https://www.iesdouyin.com/share/video/7600582328104095031/?region=CN&mid=1&u_code=2"),
        (DOUYIN, "https://www.douyin.com/discover?modal_id=7600582328104095031"),
        (SHARED, "https://v.douyin.com/iJab-c1"),
        ("https://weibo.com/2803301701/PmXyZ9999", "https://m.weibo.cn/status/PmXyZ9999?from=page&wvr=6"),
        ("https://weibo.com/2803301701/N5banBlCi", "https://m.weibo.cn/detail/4912345678901234"),
        ("https://www.xiaohongshu.com/explore/66aabbccddeeff0011223344", "https://www.xiaohongshu.com/discovery/item/66aabbccddeeff0011223344?xsec_token=A&xsec_source=pc_share"),
        ("https://www.kuaishou.com/short-video/3xabcdefg", "https://v.m.chenzhongtech.com/fw/photo/3xabcdefg?fid=1&cc=share_copylink"),
        ("https://v.kuaishou.com/abC", "https://v.kuaishou.com/abC 复制此消息，打开【快手】直接观看！"),
        ("https://tieba.baidu.com/p/9012345678", "http://tieba.baidu.com/p/9012345678?pn=2&see_lz=1"),
        ("https://tieba.baidu.com/p/9012345678", "https://tieba.baidu.com/mo/q/m?kz=9012345678"),
        ("https://www.toutiao.com/article/7012345678901234567/", "https://m.toutiao.com/i7012345678901234567/?tt_from=weixin"),
        ("https://www.bilibili.com/video/BV1xx411c7mD", "https://m.bilibili.com/video/BV1xx411c7mD?p=1&share_source=copy_web"),
        ("https://www.zhihu.com/question/12345/answer/67890", "https://www.zhihu.com/answer/67890?utm_source=wechat_session"),
        ("https://link.zhihu.com/?target=https%3A//tousu.example/view%3Fid%3D1001", "https://tousu.example/view?id=1001"),
        ("https://tousu.example/view?id=1001&page=2", "http://WWW.Tousu.Example:80/view?page=2&id=1001&utm_medium=x#comments"),
        ("https://m.tousu.example/view?id=1001", "https://tousu.example/view/?id=1001&from=singlemessage&isappinstalled=0"),
        ("https://gov.example/a/index.html", "gov.example/a/"),
        ("https://bbs.example/thread-1-1.html;jsessionid=A1", "https://bbs.example/thread-1-1.html"),
        ("https://bbs.example/%e9%9d%92", "https://bbs.example/青"),
        ("https://bbs.example/s?q=%e9%9d%92", "https://bbs.example/s?q=青"),
        ("https://tousu.example/view?id=1&amp;page=2", "https://tousu.example/view?id=1&page=2"),
        ("https://bbs.example/forum.php?mod=viewthread&tid=9&extra=page%3D1", "https://bbs.example/forum.php?mod=viewthread&tid=9"),
        ("https://baijiahao.baidu.com/s?id=17", "https://baijiahao.baidu.com/s?id=17&wfr=spider&for=pc"),
        ("https://t.bilibili.com/912345678901234567", "https://www.bilibili.com/opus/912345678901234567"),
        ("https://weibo.com/1642634100/OxAbCdEf1", "https://m.weibo.cn/detail/OxAbCdEf1?sudaref=www.example.com"),
        ("https://weibo.com/tv/show/1034:5098765432109876?from=old_pc_videoshow", "https://video.weibo.com/show?fid=1034:5098765432109876"),
        ("https://haokan.baidu.com/v?vid=1234567890123", "https://haokan.baidu.com/v?vid=1234567890123&pd=pcshare&fr=share"),
        ("https://www.163.com/dy/article/JH123456789.html?spss=dy_author", "https://m.163.com/dy/article/JH123456789.html?spss=wap_refluxdl_2018"),
        ("https://www.thepaper.cn/newsDetail_forward_29876543", "https://m.thepaper.cn/newsDetail_forward_29876543?ref=wx"),
        ("https://www.ixigua.com/7412345678901234567?logTag=abc", "https://www.ixigua.com/7412345678901234567"),
        ("https://channels.weixin.qq.com/finder/h5?id=abc", "https://channels.weixin.qq.com/finder/h5?id=abc&scene=1"),
        ((
            "32 青溪镇居民发布了一篇小红书笔记 😆 XyZ 😆 http://xhslink.com/a/AbCd123，复制本条信息，"
            "打开【小红书】"
        ), "http://xhslink.com/a/AbCd123"),
        ("看看 https://bbs.example/高安水质-9981.html（转）", "https://bbs.example/高安水质-9981.html"),
        ("看看https://v.douyin.com/iJab-c1/复制打开抖音", "https://v.douyin.com/iJab-c1"),
        ("https://www.douyin.com/video/7600582328104095031这条", DOUYIN),
        ("看看 https://tousu.example/view?id=1001（转）", "https://tousu.example/view?id=1001"),
        ("看看 https://tousu.example/view?id=MQ== 又停水", "https://tousu.example/view?id=MQ=="),
        ("看看 https://tousu.example/view?id=1001，又停水", "https://tousu.example/view?id=1001"),
    ],
)  # fmt: skip
def test_the_same_post_has_one_form(one, other):
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://tousu.example/view?id=1001", "https://tousu.example/view?id=1002"),
        ("https://mp.weixin.qq.com/s?__biz=MzA=&mid=1&idx=1&sn=aa", "https://mp.weixin.qq.com/s?__biz=MzA=&mid=1&idx=2&sn=bb"),
        ("https://mp.weixin.qq.com/s/AbC", "https://mp.weixin.qq.com/s/abc"),
        ("https://weibo.com/1/PmXyZ9999", "https://weibo.com/1/PmXyZ9998"),
        ("https://weibo.com/2803301701/profile", "https://weibo.com/2803301702/profile"),
        ("https://v.douyin.com/iJab", "https://v.douyin.com/iJaB"),
        ("https://app.example/#/detail?id=1", "https://app.example/#/detail?id=2"),
        ("https://a.example/view?key=1", "https://a.example/view?key=2"),
        ("https://m.example", "https://example"),
        ("https://forum.example:8080/1", "https://forum.example/1"),
        ("https://gov.example/文件/甲.pdf", "https://gov.example/文件/乙.pdf"),
        ("纸质来信第1号", "纸质来信第2号"),
        ((
            "看看 https://bbs.example/高安水"
            "质-9981.html（转）"
        ), "看看 https://bbs.example/路面-7711.html（转）"),
        ("搜 https://s.weibo.com/weibo?q=高安 水质", "搜 https://s.weibo.com/weibo?q=高安 路面"),
        ("https://s.weibo.com/weibo?q=高安 水质", "https://s.weibo.com/weibo?q=高安"),
        ("看看 https://bbs.example/t/水质（一）", "看看 https://bbs.example/t/水质（二）"),
        ("看看 https://bbs.example/t/《水质》", "看看 https://bbs.example/t/《路面》"),
        ("看看 https://bbs.example/abc水质", "看看 https://bbs.example/abc路面"),
        ("https://bbs.example/s?key=%B8%DF", "https://bbs.example/s?key=%B8%DE"),
        ("https://bbs.example/x/%ff", "https://bbs.example/x/%fe"),
        ("https://link.zhihu.com/?target=https%3A//a.example/%B8%DF", "https://link.zhihu.com/?target=https%3A//a.example/%B8%DE"),
        ("https://pan.baidu.com/share/link?shareid=111&uk=222", "https://pan.baidu.com/share/link?shareid=333&uk=222"),
        ("https://gov.example/letter?ref=1", "https://gov.example/letter?ref=2"),
        ("https://app.example/s?share_code=1", "https://app.example/s?share_code=2"),
        ("https://www.toutiao.com/s?share_code=1", "https://www.toutiao.com/s?share_code=2"),
        ("https://weibo.com/111/photos", "https://weibo.com/222/photos"),
        ("https://weibo.com/111/followers", "https://weibo.com/222/followers"),
        ("https://h5.example/#detail/6", "https://h5.example/#detail/7"),
        ("https://h5.example/a#id=6", "https://h5.example/a#id=7"),
        ("https://www.kuaishou.com/short-video/3xabc-1_2", "https://www.kuaishou.com/short-video/3xabc-1_3"),
        ("https://v.douyin.com/share/abc", "https://v.douyin.com/share/abd"),
    ],
)  # fmt: skip
def test_other_posts_are_kept_apart(one, other):
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    "text", ["", " ", "https://[bad", "https://x.example:99999/a", "http://", "？", "https://\u2100.example/"]
)
def test_what_is_no_address_breaks_nothing(text):
    assert canonical(text) == canonical(text.strip())


def test_a_share_text_gives_its_address_alone():
    assert address_in(SHARED) == "https://v.douyin.com/iJab-c1/"
    assert address_in(" 纸质来信 ") == "纸质来信"


def test_the_number_of_another_house_is_known_however_it_is_written():
    assert foreign("hotline", "gd20260907-0012") == foreign("hotline", " ＧＤ20260907 0012")
    assert foreign("hotline", "GD1") != foreign("superior", "GD1")
    assert foreign("hotline", " - ") == ""
    assert foreign("superior", "〔2026〕1-12号") != foreign("superior", "〔2026〕11-2号")
    assert foreign("superior", "〔2026〕1-12号") == foreign("superior", "[2026] 1－12 号")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "无",
        "群众来电",
        "https://bbs.example",
        "https://bbs.example/?utm_source=x",
        "bbs.example/",
        "https://s.weibo.com/weibo?q=",
    ],
)
def test_what_names_no_post_is_no_name(text):
    assert name_of(text) == ""
    assert canonical(name_of(f" {DOUYIN}")) == canonical(DOUYIN)


# Within a case.


def post(url, **changes):
    return Source(**{"at": h(), "platform": Platform.DOUYIN, "gist": "同一视频", "url": url, **changes})


def added(source, at=1):
    return step(h(at), ALICE, AddSource(source=source))


def test_a_case_keeps_the_same_post_once_and_without_its_share_text():
    case = given(registered(), added(post(SHARED)), added(post("https://v.douyin.com/iJab-c1"), 2)).case.state
    assert [source.url for source in case.sources[1:]] == ["https://v.douyin.com/iJab-c1/"]


def test_a_post_that_was_left_out_comes_in_again():
    leave_out = step(h(2), ALICE, ExcludeSource(item=2, reason="外地旧闻"))
    case = given(registered(), added(post(DOUYIN)), leave_out, added(post(DOUYIN), 3)).case.state
    assert len(case.sources) == 3


def test_an_order_of_the_hotline_is_known_by_its_number():
    order = {"platform": Platform.HOTLINE, "url": ""}
    one, other = post(foreign_id="GD-1", **order), post(foreign_id="gd1", gist="再次来电", **order)
    assert len(given(registered(), added(one), added(other, 2)).case.state.sources) == 2


@pytest.mark.parametrize("platform", [Platform.SUPERIOR, Platform.WEBSITE, Platform.FORUM, Platform.REPORT])
def test_numbers_of_several_houses_join_nothing(platform):
    one = post("", platform=platform, foreign_id="〔2026〕12号")
    assert len(given(registered(), added(one), added(one, 2)).case.state.sources) == 3


def test_the_survivor_keeps_a_post_once_and_takes_more_of_a_duplicate_later():
    def absorb(at, *sources):
        return step(h(at), ALICE, AbsorbDuplicate(incident="inc-3", number="舆〔2026〕3号", sources=sources))

    other = post("https://weibo.com/1/PmXyZ9999")
    steps = (
        registered(),
        added(post(DOUYIN)),
        absorb(2, post(f"{DOUYIN}?previous_page=a")),
        absorb(3, other),
    )
    case = given(*steps).case.state
    assert [source.url for source in case.sources[1:]] == [DOUYIN, other.url]
    assert len(case.screening.absorbed) == 1


def test_a_case_of_an_earlier_edition_holds_what_it_held():
    for edition, held in ((SECOND_EDITION, 3), (THIRD_EDITION, 2)):
        steps = (registered(), added(post(DOUYIN)), added(post(DOUYIN), 2))
        law = replace(LAW, edition=edition, digest=f"edition {edition}")
        assert len(given(*steps, law=law).case.state.sources) == held
