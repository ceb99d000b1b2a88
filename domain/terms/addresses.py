"""The same post under another address: share texts stripped, and one form in which addresses are compared (DD-42)."""

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

_IN_TEXT: Final = re.compile(r"https?://[^\s\u2e80-\u9fff\uff00-\uffef“”‘’…—<>\"]+", re.IGNORECASE)
_WHOLE: Final = re.compile(
    r"https?://[^\s，。！？；：、“”‘’【】（）《》<>\"]+", re.IGNORECASE
)  # an address may hold Chinese
_BARE: Final = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)
_AFTER: Final = ".,;:!?)]}'"  # what a sentence puts behind an address
_PORTS: Final = frozenset({80, 443})
_LEADING: Final = re.compile(r"^(?:(?:www|m|wap|3g|mobile|touch)\.)+(?=[^.]+\.[^.]+)")
_SESSION: Final = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_INDEX: Final = re.compile(r"/(?:index|default)\.(?:html?|php|jsp|aspx?)$", re.IGNORECASE)
_SLASHES: Final = re.compile(r"/{2,}")
# By which sharing, searching and advertising mark an address; they say who passed it on, never what it shows.
_MARKS_OF_SHARING: Final = frozenset(
    word
    for line in (
        "from from_source isappinstalled wvr sharer share shareid sharetoken sharefrom shareuid fromuid",
        "from_uid shared_by sharetype sharemethod sharemode sharesource shareplatform sharetime",
        "xsec_token xsec_source xhsshare appuid apptime author_share previous_page enter_from",
        "enter_method tt_from u_code gclid fbclid msclkid yclid dclid igshid mc_cid mc_eid ref referer",
        "referrer ref_src ref_url refer_flag vd_source unique_k is_story_h5 plat_id chksm ascene",
        "clicktime exportkey pass_ticket nettype abtest_cookie wx_header hmsr hmpl hmcu hmkw hmci bd_vid",
        "qz_gdt gdt_vid wfr luicode lfid featurecode sudaref originshareid fid_source",
    )
    for word in line.split()
)
_MARKS_BEGIN: Final = ("utm_", "spm", "share_", "_share", "hm_", "from_share")
_MOBILE: Final = {
    "weibo.cn": "weibo.com",
    "iesdouyin.com": "douyin.com",
    "weixin.qq.com": "weixin.qq.com",
    "gifshow.com": "kuaishou.com",
    "v.m.chenzhongtech.com": "kuaishou.com",
    "chenzhongtech.com": "kuaishou.com",
    "toutiao.cn": "toutiao.com",
    "b23.tv": "bilibili.com",
    "wapbaike.baidu.com": "baike.baidu.com",
    "wapiknow.baidu.com": "zhidao.baidu.com",
}
_WRAPPED: Final = {
    "link.zhihu.com": "target",
    "weibo.cn": "u",
    "link.csdn.net": "target",
    "link.jianshu.com": "t",
}
_NOT_A_POST: Final = frozenset({"profile", "info", "home", "fans", "follow", "album", "article", "video"})
# The address of a post at each of the great platforms, and the one form of it; what else stands there is of the sharing.
_POSTS: Final = tuple(
    (host, re.compile(pattern, re.ASCII), form)
    for host, pattern, form in (
        ("douyin.com", r"/(?:share/)?(?:video|note|slides)/(\d+)", "douyin.com/video/{}"),
        ("xiaohongshu.com", r"/(?:explore|discovery/item|user/profile/\w+)/([0-9a-f]{24})", "xiaohongshu.com/explore/{}"),
        ("kuaishou.com", r"/(?:short-video|fw/photo|fw/long-video|photo(?:/\w+)?)/(\w+)", "kuaishou.com/short-video/{}"),
        ("toutiao.com", r"/(?:article/|group/|w/|video/|a|i)(\d{6,})", "toutiao.com/{}"),
        ("tieba.baidu.com", r"/p/(\d+)", "tieba.baidu.com/p/{}"),
        ("bilibili.com", r"/(?:video/)?(BV\w{10}|av\d+)", "bilibili.com/video/{}"),
        ("bilibili.com", r"/(?:dynamic|opus)/(\d+)", "bilibili.com/opus/{}"),
        ("zhihu.com", r"/(?:question/\d+/)?answer/(\d+)", "zhihu.com/answer/{}"),
        ("zhihu.com", r"/question/(\d+)", "zhihu.com/question/{}"),
        ("zhuanlan.zhihu.com", r"/p/(\d+)", "zhuanlan.zhihu.com/p/{}"),
        ("v.douyin.com", r"/([\w-]+)", "v.douyin.com/{}"),
        ("v.kuaishou.com", r"/([\w-]+)", "v.kuaishou.com/{}"),
        ("xhslink.com", r"/((?:\w+/)?[\w-]+)", "xhslink.com/{}"),
        ("mp.weixin.qq.com", r"/s/([\w-]+)", "mp.weixin.qq.com/s/{}"),
    )
)  # fmt: skip
_NAMED_BY: Final = {
    "douyin.com": (("modal_id",), "douyin.com/video/{}"),
    "tieba.baidu.com": (("kz",), "tieba.baidu.com/p/{}"),
    "mp.weixin.qq.com": (("__biz", "mid", "idx"), "mp.weixin.qq.com/s?__biz={}&mid={}&idx={}"),
    "kuaishou.com": (("photoId",), "kuaishou.com/short-video/{}"),
}
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONG: Final = 14  # digits; a post of Weibo by its number, which its short name spells in base 62


def address_in(text: str) -> str:
    """The address that a share text carries (“复制打开抖音 …”); a text without any stays as it is, without its ends."""
    plain = text.strip()
    if _WHOLE.fullmatch(plain):
        return plain
    found = [match.group().rstrip(_AFTER) for match in _IN_TEXT.finditer(plain)]
    return found[0] if found else plain


@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """The one form of an address: what the same post has however it was shared; empty for an empty text.

    Scheme, case of the host, default port, `www`, mobile host, fragment, order of parameters and those that tell only
    of the sharing do not count. What is no address is compared as it was typed, without its ends.
    """
    address = unicodedata.normalize("NFKC", address_in(text))
    if not _WHOLE.fullmatch(address):
        if not _BARE.fullmatch(address):
            return address
        address = f"http://{address}"
    try:
        return _canonical(address)
    except ValueError:
        return address


def foreign(platform: str, number: str) -> str:
    """By what an item is known that has a number of another house; spaces, dashes, width and case do not count."""
    plain = "".join(one for one in unicodedata.normalize("NFKC", number).upper() if one.isalnum())
    return f"{platform}:{plain}" if plain else ""


def _canonical(address: str) -> str:
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    inside = _WRAPPED.get(_LEADING.sub("", host))
    wrapped = dict(parse_qsl(parts.query)).get(inside, "") if inside else ""
    if _WHOLE.fullmatch(wrapped):
        return _canonical_of(urlsplit(wrapped))
    return _canonical_of(parts)


def _canonical_of(parts: SplitResult) -> str:
    host = _LEADING.sub("", (parts.hostname or "").rstrip("."))
    host = _MOBILE.get(host, host)
    if (post := _post(host, parts)) is not None:
        return post
    port = f":{parts.port}" if parts.port and parts.port not in _PORTS else ""
    path = _SLASHES.sub("/", _INDEX.sub("/", _SESSION.sub("", parts.path))).rstrip("/")
    path = quote(unquote(path), safe="/:@!$&'()*+,;=~-._")
    route = (
        parts.fragment if parts.fragment.startswith(("/", "!/")) else ""
    )  # a page that lives in its fragment
    place, _, asked = route.partition("?")
    query, inner = _told(parts.query), _told(asked)
    shown = f"#{place.rstrip('/')}{f'?{inner}' if inner else ''}" if route else ""
    return f"{host}{port}{path}{f'?{query}' if query else ''}{shown}"


def _post(host: str, parts: SplitResult) -> str | None:
    """The form of a post of a great platform; None for any other address."""
    if host == "weibo.com" and (name := _of_weibo(parts.path)):
        return f"weibo.com/status/{name}"
    names, form = _NAMED_BY.get(host, ((), ""))
    asked = dict(parse_qsl(parts.query))
    if names and all(asked.get(name) for name in names):
        return form.format(*(asked[name] for name in names))
    for of_host, pattern, written in _POSTS:
        if host == of_host and (match := pattern.match(parts.path)):
            return written.format(*match.groups())
    return None


def _of_weibo(path: str) -> str:
    """The short name of a post: its number spelt in base 62, seven digits to four."""
    steps = [step for step in path.split("/") if step]
    is_post = len(steps) == 2 and (steps[0] in {"status", "detail"} or steps[0].isdecimal())  # noqa: PLR2004  author, post
    if not is_post or steps[1] in _NOT_A_POST or not steps[1].isalnum():
        return ""
    name = steps[1]
    if not name.isdecimal() or len(name) < _LONG:
        return name
    groups = []
    while name:
        name, group = name[:-7], name[-7:]
        groups.append(_spelt(int(group)).rjust(4 if name else 0, "0"))
    return "".join(reversed(groups))


def _spelt(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits or "0"


def _told(query: str) -> str:
    """The parameters that say what is shown, in order."""
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _is_of_sharing(name.lower())]
    return urlencode(sorted(kept))


def _is_of_sharing(name: str) -> bool:
    return name in _MARKS_OF_SHARING or name.startswith(_MARKS_BEGIN)
