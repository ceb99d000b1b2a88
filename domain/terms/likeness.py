"""How alike two matters are as people tell them, so that a person may see what could be a duplicate
(DD-16, R109).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain, pairwise
from math import log
from typing import Final

ALIKE: Final = 0.5
WITHIN: Final = timedelta(hours=72)
_FEW: Final = 20  # texts below which none tells what is rare
_LEAST: Final = 4.0  # what a telling weighs at least: one word is no matter
_ANOTHER: Final = 0.4  # what is left where the two tell of two places, or differ in one thing
_RELATED: Final = 0.2  # from which on summaries are compared as well: many are of a standing form
_NEARLY: Final = 0.4  # from which on topic and units add to it
_SAME: Final = 0.05
_CURVE: Final = 0.68  # lays the share from which on two tellings are one matter, 0.36, at ALIKE
EARLIER: Final = timedelta(days=90)  # closed matters of one place and kind (R109)

# What every telling has, whatever it tells.
_PHRASES: Final = tuple(
    phrase
    for line in (
        "网传 网曝 网民 网友 群众 市民 居民 家长群 家长 业主 村民 有人 反映 投诉 举报 爆料",
        "曝光 求助 咨询 建议 反应 质疑 怒了 热议 疯传 视频 图片 照片 视频显示 近日 昨天 昨晚",
        "昨日 今天 今早 今日 目前 现在 多次 长期 一直 严重 尽快 希望 请求 要求 相关 部门 有关",
        "领导 问题 情况 关于 什么时候 为什么 为何 怎么 是否 没有 没人管 没人理 没人 不了 发生",
        "出现 存在 进行 导致 造成 引发 受到 处理 解决 落实 回复 你好 您好 尊敬的 我们 他们",
        "大家 自己 这个 那个 一个 某某 有关部门 希望有关部门 小区 疑似 涉嫌 执法人员 致人 受伤",
    )
    for phrase in line.split()
)
_GENERIC: Final = re.compile("|".join(sorted(map(re.escape, _PHRASES), key=len, reverse=True)))
_LIGHT: Final = frozenset(
    "的了着过在是有被把给让向对从到和与及或又也都还就才很太更最不没无未别请将要会能可应该这那其之等个们某吗呢啊吧呀哦么发变成出起来去上下里中内外前后"
)
_PLACE: Final = re.compile(
    r"([\u4e00-\u9fff]{2})(?:镇|乡|街道|垦殖场)"
)  # the end of its name tells it from others
_PIECE: Final = re.compile(r"\w+")
_TOKEN: Final = re.compile(r"[a-z0-9]+|\w")
_ROAD: Final = re.compile(r"[a-z]{1,2}\d+")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_NUMERALS: Final = str.maketrans("零〇一二两三四五六七八九", "001223456789")
_FIGURE: Final = re.compile(r"[零〇一二两三四五六七八九十百千\d]+")
_TEN: Final = re.compile(r"^(\d?)十(\d?)$")


def likeness(one: str, other: str, rarity: Callable[[str], float] | None = None) -> float:
    """How much of what the two tell is the same, from 0 to 1:
    what is rare counts more, phrases of every telling nothing.

    Two tellings that differ in one thing alone (another place, number, office or deed) tell of two matters.
    """
    first, second = told(one), told(other)
    return alike(first, second, rarity or _plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTerms:
    """What a text tells: its bare words, the characters and pairs of them, and the names of places."""

    words: tuple[str, ...]
    bare: str
    terms: frozenset[str]
    places: frozenset[str]


@lru_cache(maxsize=16384)
def told(text: str) -> TextTerms:
    """What a text tells, without what goes without saying."""
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = _GENERIC.sub(" ", plain)
    pieces = [tuple(_tokens(piece)) for piece in _PIECE.findall(plain)]
    words = tuple(chain.from_iterable(pieces))
    bare = "".join(words)
    pairs = {left + right for piece in pieces for left, right in pairwise(piece)}
    return TextTerms(
        words=words, bare=bare, terms=frozenset(pairs.union(words)), places=frozenset(_PLACE.findall(bare))
    )


def _tokens(piece: str) -> Iterator[str]:
    """The characters that tell something; a name in letters and figures is one,
    without the class of a road before it.
    """
    plain = _FIGURE.sub(_figure, "".join(one for one in piece if one not in _LIGHT))
    for word in _TOKEN.findall(plain):
        yield word.lstrip(_LETTERS) if _ROAD.fullmatch(word) else word


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What is compared: how a matter is headed and summed up, its topic, and whom it concerns."""

    title: str
    gist: str = ""
    topic: str = ""
    units: frozenset[str] = frozenset()


def matter_likeness(one: Matter, other: Matter, rarity: Callable[[str], float]) -> float:
    """How alike two matters are: by their titles or, where these have something in common,
    by all that is said of them; topic and units add to what is alike.
    """
    first, second = told(one.title), told(other.title)
    share = alike(first, second, rarity)
    if (one.gist or other.gist) and share >= _RELATED and not _is_another(first, second):
        said = (told(f"{one.title} {one.gist}"), told(f"{other.title} {other.gist}"))
        share = max(share, alike(*said, rarity))
    if share < _NEARLY:
        return share
    same = (bool(one.topic) and one.topic == other.topic) + bool(one.units & other.units)
    return min(1.0, share + _SAME * same)


def rarity_among(texts: Iterable[str]) -> Callable[[str], float]:
    """How rare a term is among texts, from 0 to 1: one of all matters tells little,
    one of a single matter much.
    """
    all_terms = [told(text).terms for text in texts]
    return rarity_of(Counter(chain.from_iterable(all_terms)), len(all_terms))


def rarity_of(counts: Mapping[str, int], total: int) -> Callable[[str], float]:
    """As `rarity_among`, from how many of `total` texts have each term;
    among few texts every term is as rare.
    """
    scale = log(1 + _FEW + total)

    def rarity(term: str) -> float:
        return log((1 + _FEW + total) / (1 + counts.get(term, 0))) / scale

    return rarity


def alike(one: TextTerms, other: TextTerms, rarity: Callable[[str], float]) -> float:
    """As `likeness`, of what two texts tell."""
    if not one.terms or not other.terms:
        return 0.0
    shared = _weight(one.terms & other.terms, rarity)
    first, second = _weight(one.terms, rarity), _weight(other.terms, rarity)
    share = 0.7 * shared / max(min(first, second), _LEAST) + 0.3 * 2 * shared / (first + second)
    return float((share * (_ANOTHER if _is_another(one, other) else 1.0)) ** _CURVE)


def _is_another(one: TextTerms, other: TextTerms) -> bool:
    """Whether the two tell of two places, or differ in one thing alone."""
    return _lie_apart(one, other) or _differs_in_one_thing(one.words, other.words)


def _lie_apart(one: TextTerms, other: TextTerms) -> bool:
    """Whether each names a place, and neither that of the other."""
    if not one.places or not other.places:
        return False
    return not any(place in other.bare for place in one.places) and not any(
        place in one.bare for place in other.places
    )


def _weight(terms: Iterable[str], rarity: Callable[[str], float]) -> float:
    return sum(rarity(term) * (1.0 if len(term) > 1 else 0.5) for term in terms)


def _plain(_: str) -> float:
    return 1.0


def _figure(match: re.Match[str]) -> str:
    text = match.group()
    if (ten := _TEN.match(text.translate(_NUMERALS))) is not None:
        return f"{ten[1] or 1}{ten[2] or 0}"
    return text.translate(_NUMERALS)


def _differs_in_one_thing(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the two say the same of two things: alike before and after one place in which both have
    something else.
    """
    if one == other:
        return False
    blocks = [
        block
        for block in SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
        if block[0] != "equal"
    ]
    return len(blocks) == 1 and blocks[0][0] == "replace"
