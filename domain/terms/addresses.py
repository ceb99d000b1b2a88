"""The same post under another address: share texts stripped,
and one form in which addresses are compared (DD-42).
"""

import re
import string
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit

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
_NAMES_A_POST: Final = re.compile(r"\d{6}|/[\w-]{8,}\.s?html?$")  # a path that says by itself what is shown
_SLASHES: Final = re.compile(r"/{2,}")
_CUT_SHORT: Final = "/=-"  # an address that ends so before Chinese may go on in Chinese
_NUMBERS_APART: Final = re.compile(r"(?<=\d)[\W_]+(?=\d)")
# By which searching and advertising mark an address of any host;
# they say who passed it on, never what it shows.
_TRACKERS: Final = frozenset(
    word
    for line in (
        "isappinstalled gclid fbclid msclkid yclid dclid igshid mc_cid mc_eid spm hmsr hmpl hmcu hmkw hmci",
        "bd_vid qz_gdt gdt_vid xsec_token xsec_source",
    )
    for word in line.split()
)
_TRACKERS_BEGIN: Final = ("utm_", "spm_")
# What a value says that only whoever passes on would write: from where in WeChat, from which list of a forum.
_PASSED_ON: Final = frozenset({("from", "timeline"), ("from", "singlemessage"), ("from", "groupmessage")})
# By which the great platforms mark what is shared; elsewhere the same words may name what is shown.
_MARKS_OF_SHARING: Final = frozenset(
    word
    for line in (
        "from from_source wvr sharer share shareid sharetoken sharefrom shareuid fromuid",
        "from_uid shared_by sharetype sharemethod sharemode sharesource shareplatform sharetime",
        "xhsshare appuid apptime author_share previous_page enter_from",
        "enter_method tt_from u_code ref referer",
        "referrer ref_src ref_url refer_flag vd_source unique_k is_story_h5 plat_id chksm ascene",
        "clicktime exportkey pass_ticket nettype abtest_cookie wx_header",
        "fr pd scene spss spssid spsw logtag log_from click_id wxshare_count client_type sfc unique",
        "wfr for luicode lfid featurecode sudaref originshareid fid_source",
    )
    for word in line.split()
)
_MARKS_BEGIN: Final = ("share_", "_share", "hm_", "from_share", "spm")
_PLATFORMS: Final = (
    "weibo.com",
    "douyin.com",
    "xiaohongshu.com",
    "kuaishou.com",
    "toutiao.com",
    "bilibili.com",
    "zhihu.com",
    "tieba.baidu.com",
    "baijiahao.baidu.com",
    "mp.weixin.qq.com",
    "channels.weixin.qq.com",
    "haokan.baidu.com",
    "ixigua.com",
    "163.com",
    "thepaper.cn",
    "sohu.com",
    "ifeng.com",
)
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
_NAME_OF_WEIBO: Final = re.compile(r"(?=.*[0-9A-Z])[0-9A-Za-z]{8,12}")
# The address of a post at each of the great platforms, and the one form of it;
# what else stands there is of the sharing.
_POSTS: Final = tuple(
    (host, re.compile(rf"{pattern}(?![\w-])", re.ASCII), form)
    for host, pattern, form in (
        ("weibo.com", r"/tv/show/(\d+:\w+)", "weibo.com/tv/show/{}"),
        ("douyin.com", r"/(?:share/)?(?:video|note|slides)/(\d+)", "douyin.com/video/{}"),
        ("xiaohongshu.com", r"/(?:explore|discovery/item|user/profile/\w+)/([0-9a-f]{24})", "xiaohongshu.com/explore/{}"),
        ("kuaishou.com", r"/(?:short-video|fw/photo|fw/long-video|photo(?:/\w+)?)/([\w-]+)", "kuaishou.com/short-video/{}"),
        ("toutiao.com", r"/(?:article/|group/|w/|video/|a|i)(\d{6,})", "toutiao.com/{}"),
        ("tieba.baidu.com", r"/p/(\d+)", "tieba.baidu.com/p/{}"),
        ("bilibili.com", r"/(?:video/)?(BV\w{10}|av\d+)", "bilibili.com/video/{}"),
        ("bilibili.com", r"/(?:dynamic|opus)/(\d+)", "bilibili.com/opus/{}"),
        ("t.bilibili.com", r"/(\d+)", "bilibili.com/opus/{}"),
        ("zhihu.com", r"/(?:question/\d+/)?answer/(\d+)", "zhihu.com/answer/{}"),
        ("zhihu.com", r"/question/(\d+)", "zhihu.com/question/{}"),
        ("zhuanlan.zhihu.com", r"/p/(\d+)", "zhuanlan.zhihu.com/p/{}"),
        ("v.douyin.com", r"/([\w-]+)(?!/?[\w-])", "v.douyin.com/{}"),
        ("v.kuaishou.com", r"/([\w-]+)(?!/?[\w-])", "v.kuaishou.com/{}"),
        ("xhslink.com", r"/((?:\w+/)?[\w-]+)", "xhslink.com/{}"),
        ("mp.weixin.qq.com", r"/s/([\w-]+)", "mp.weixin.qq.com/s/{}"),
    )
)  # fmt: skip
_NAMED_BY: Final = {
    "douyin.com": (("modal_id",), "douyin.com/video/{}"),
    "video.weibo.com": (("fid",), "weibo.com/tv/show/{}"),
    "tieba.baidu.com": (("kz",), "tieba.baidu.com/p/{}"),
    "mp.weixin.qq.com": (("__biz", "mid", "idx"), "mp.weixin.qq.com/s?__biz={}&mid={}&idx={}"),
    "kuaishou.com": (("photoId",), "kuaishou.com/short-video/{}"),
}
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONG: Final = 14  # digits; a post of Weibo by its number, which its short name spells in base 62


def address_in(text: str) -> str:
    """The address that a share text carries (“复制打开抖音 …”);
    without any, or with one whose end is in doubt, the text.

    Two posts taken for one are worse than one taken for two:
    what may have been cut within the address is not cut.
    """
    plain = text.strip()
    if _WHOLE.fullmatch(plain):
        return plain
    match = _IN_TEXT.search(plain)
    return plain if match is None else (_without_prose(plain, match) or plain)


def _without_prose(text: str, match: re.Match[str]) -> str:
    """The address without the prose behind it; empty where its end is in doubt."""
    address, behind = match.group(), text[match.end() :]
    goes_on = bool(behind) and not behind[0].isspace()
    if not goes_on or _is_post(address):
        address = address.rstrip(_AFTER)
    elif address.endswith(tuple(_CUT_SHORT)):
        whole = _WHOLE.match(text, match.start())
        address = whole.group().rstrip(_AFTER) if whole else ""
        if address == match.group() or not (
            address.isascii() or address[-1:].isascii() or text.endswith(address)
        ):
            return ""
    elif behind[0].isalpha():
        return ""
    else:
        address = address.rstrip(_AFTER)
    return address if _says_which(address) else ""


def _is_post(address: str) -> bool:
    """Whether it names a post of a great platform, whose name holds no Chinese."""
    try:
        parts = urlsplit(address)
        return _post(_host(parts), parts) is not None
    except ValueError:
        return False


def _says_which(address: str) -> bool:
    """Whether an address names something at its host: a path or a query, the last value of which is there."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    query = parts.query or parts.fragment
    _, sign, value = query.rpartition("&")[2].partition("=")
    return bool(parts.path.strip("/") or query) and bool(value or not sign)


def name_of(text: str) -> str:
    """By what an item of that address is known again;
    empty for what is no address or names a host alone (DD-42).
    """
    address = address_in(text)
    if _BARE.fullmatch(address):
        address = f"http://{address}"
    name = canonical(address) if "://" in address and _says_which(address) else ""
    return name if set("/?#") & set(name) else ""


@lru_cache(maxsize=4096)
def canonical(text: str) -> str:
    """The one form of an address: what the same post has however it was shared; empty for an empty text.

    Scheme, case of the host, default port, `www`, mobile host, fragment, order of parameters and those that
    tell only of the sharing do not count. What is no address is compared as it was typed, without its ends.
    """
    address = unicodedata.normalize("NFKC", address_in(text)).replace("&amp;", "&")
    if not _WHOLE.fullmatch(address):
        if not _BARE.fullmatch(address):
            return address
        address = f"http://{address}"
    try:
        return _canonical(address)
    except ValueError:
        return address


def foreign(platform: str, number: str) -> str:
    """By what an item is known that has a number of another house;
    signs but between digits, width and case do not count.
    """
    groups = _NUMBERS_APART.split(unicodedata.normalize("NFKC", number).upper())
    plain = "-".join("".join(one for one in group if one.isalnum()) for group in groups)
    return f"{platform}:{plain}" if plain else ""


def _canonical(address: str) -> str:
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    inside = _WRAPPED.get(_LEADING.sub("", host))
    wrapped = dict(parse_qsl(parts.query, errors="strict")).get(inside, "") if inside else ""
    if _WHOLE.fullmatch(wrapped):
        return _canonical_of(urlsplit(wrapped))
    return _canonical_of(parts)


def _host(parts: SplitResult) -> str:
    host = _LEADING.sub("", (parts.hostname or "").rstrip("."))
    return _MOBILE.get(host, host)


def _canonical_of(parts: SplitResult) -> str:
    host = _host(parts)
    if (post := _post(host, parts)) is not None:
        return post
    port = f":{parts.port}" if parts.port and parts.port not in _PORTS else ""
    path = _SLASHES.sub("/", _INDEX.sub("/", _SESSION.sub("", parts.path))).rstrip("/")
    path = quote(unquote_to_bytes(path), safe="/:@!$&'()*+,;=~-._")
    # a page that lives in its fragment
    route = parts.fragment if {"/", "="} & set(parts.fragment) else ""
    place, _, inner_query = route.partition("?")
    names_post = _NAMES_A_POST.search(path) is not None
    query, inner = _shown_by(host, parts.query, names_post=names_post), _shown_by(host, inner_query)
    fragment = f"#{place.rstrip('/')}{f'?{inner}' if inner else ''}" if route else ""
    return f"{host}{port}{path}{f'?{query}' if query else ''}{fragment}"


def _post(host: str, parts: SplitResult) -> str | None:
    """The form of a post of a great platform; None for any other address."""
    if host == "weibo.com" and (name := _of_weibo(parts.path)):
        return f"weibo.com/status/{name}"
    names, form = _NAMED_BY.get(host, ((), ""))
    parameters = dict(_pairs(parts.query))
    if names and all(parameters.get(name) for name in names):
        return form.format(*(parameters[name] for name in names))
    for of_host, pattern, written in _POSTS:
        if host == of_host and (match := pattern.match(parts.path)):
            return written.format(*match.groups())
    return None


def _of_weibo(path: str) -> str:
    """The short name of a post: its number spelt in base 62, seven digits to four."""
    steps = [step for step in path.split("/") if step]
    is_post = len(steps) == 2 and (steps[0] in {"status", "detail"} or steps[0].isdecimal())  # noqa: PLR2004  author, post
    if not is_post:
        return ""
    name = steps[1]
    if not (name.isascii() and name.isdecimal()) or len(name) < _LONG:
        return name if _NAME_OF_WEIBO.fullmatch(name) else ""
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


def _pairs(query: str) -> list[tuple[str, str]]:
    """The parameters, a byte a character: whatever they are encoded in, none is taken for another."""
    return parse_qsl(quote(query, safe=string.punctuation), keep_blank_values=True, encoding="latin-1")


def _shown_by(host: str, query: str, *, names_post: bool = False) -> str:
    """The parameters that say what is shown, in order;
    of the words that may, one at least stays where the path names no post.
    """
    pairs = [one for one in _pairs(query) if not _is_of_passing_on(*one)]
    if any(host == one or host.endswith(f".{one}") for one in _PLATFORMS):
        pairs = [one for one in pairs if not _is_of_sharing(one[0].lower())] or ([] if names_post else pairs)
    return urlencode(sorted(pairs), encoding="latin-1")


def _is_of_passing_on(name: str, value: str) -> bool:
    name = name.lower()
    is_of_list = name == "extra" and (
        not value or value.startswith("page=")
    )  # from where in a forum one came
    return is_of_list or name in _TRACKERS or name.startswith(_TRACKERS_BEGIN) or (name, value) in _PASSED_ON


def _is_of_sharing(name: str) -> bool:
    return name in _MARKS_OF_SHARING or name.startswith(_MARKS_BEGIN)
