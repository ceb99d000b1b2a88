"""姓名: names of private persons in a text, by how likely a name is where it stands,
and by the words around it (R322).

A name competes with the words that could stand there instead: what it costs as a surname with a given name is
compared with what the same characters cost as words (`word_costs`), and the signs around it weigh in
(`name_signs`).
"""

import re
from collections.abc import Iterable, Iterator
from math import log
from typing import Final, NamedTuple

from domain.terms.lexicon import lexicon
from domain.terms.name_signs import (
    BEFORE,
    BREAK,
    DESCRIPTION,
    DOING,
    FALSE_NAME,
    HONORIFIC,
    MASKED_BEFORE,
    NEVER,
    OFFICE_AFTER,
    OFFICE_BEFORE,
    PLACE_AFTER,
    PLACE_LIKE,
    is_about,
    is_label,
    is_listed,
    is_role,
    may_be_signed,
)
from domain.terms.names_by_signs import by_their_signs
from domain.terms.surnames import COMMON, COMPOUND, HAN, LESS_COMMON, RARE
from domain.terms.word_costs import Costs, costs_of

_RUN: Final = re.compile(f"[{HAN}]+")
_PRIOR: Final = 7.0  # what a name costs beside its characters: one word in some thousand is one
_UNKNOWN: Final = 13.0  # a character that the list of given names does not have
_ONE, _TWO = 2.0, 0.15  # a given name of one character, or of two
_OF_A_FAMILY: Final = re.compile(
    "家[墩店坳坡垄垅嘴咀铺集渡寨冲屋场边桥坝沟塘湾坪岭岗源坊楼巷宅埠滩堡墙窑坟洼峪疃畈咀]"
)  # 陈家墩
_HIS: Final = "其"  # 冯其华 is a name, 冯其 is none
_NEEDED: Final = 1.5
_ASIDE: Final = re.compile(r"\([^()]{1,12}\)$")  # 医生(非本院在编)应某某
_HOPELESS: Final = -14.0  # no sign makes up for so much
_STRONG, _STRONGER = 6.0, 7.0  # of signs: for the rarest surnames, and for who is in everybody's mouth
_SHORTEST: Final = 2
_COMMON_WORD, _RARER = 11.0, 1.5
_SELDOM_A_WORD: Final = 9.0  # what a surname costs as a word that hardly ever is one: 阮、邱、谭
_ONLY_SURNAMES: Final = frozenset("王李张")  # counted among the words for their persons alone
_BEGINS_WORDS: Final = frozenset("易何许曾程成")
_ALSO_WORDS: Final = frozenset("于向和应连任代时全")  # surnames that are more often words
_LABELLED: Final = 10.0  # 姓名: and its like, the strongest sign before a name
_AFTER_A_PERSON, _A_WORD_AFTER_ONE = 8.5, 6.0  # 居民黄金周: a word of its own is rather that word
_AFTER: Final = ((DESCRIPTION, 8.0), (HONORIFIC, 4.0), (DOING, 2.0), (BREAK, 1.0))
_NO_SIGN: Final = -2.0
_LIKE_A_PLACE: Final = -5.0


class _Name(NamedTuple):
    start: int
    end: int
    score: float


class _Before(NamedTuple):
    """What stands before a name, and what it weighs where the name is no word of its own."""

    words: str
    weight: float


def _surname_costs() -> dict[str, float]:
    costs = {character: -log(0.075 / (1 + place / 5)) for place, character in enumerate(COMMON)}
    costs |= dict.fromkeys(LESS_COMMON, -log(0.0008))
    costs |= dict.fromkeys(RARE, -log(0.00001))
    return costs | dict.fromkeys(COMPOUND, -log(0.0003))


_SURNAMES: Final = _surname_costs()
_WEAK: Final = frozenset(RARE)
_BEGINNINGS: Final = frozenset(name[0] for name in _SURNAMES)
_ROLE_ENDS: Final = frozenset(
    '民众主户客东人者员生长友机子女童儿父母公婆哥弟姐妹属工板贩师方手女妻夫兄嫂孙侄婿媳邻居事伴某名叫为系是:、和及与"“「头商妇婴兵店修姆练犯偶安傅表一队客'
)
_SIGNED: Final = frozenset("(,，、:男女")


def names(text: str) -> Iterator[tuple[int, int]]:
    """Where private persons are named; masked names (张某、王先生),
    false names and officials by office pass.
    """
    ends: set[int] = set()
    spans: set[tuple[int, int]] = set()
    for run in _RUN.finditer(text):
        for name in _in_run(text, run.start(), run.end(), ends):
            spans.add((name.start, name.end))
            ends.add(name.end)
    spans |= {
        *places_of(text, {text[start:end] for start, end in spans}),
        *by_their_signs(text),
    }
    last = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= last and not FALSE_NAME.match(text, end):
            yield start, end
            last = end


def places_of(text: str, known: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where names that are certain elsewhere stand too: three characters are no word by chance."""
    for name in known:
        place = text.find(name) if len(name) > 2 else -1  # noqa: PLR2004  shorter ones stand in ordinary words
        while place >= 0:
            yield place, place + len(name)
            place = text.find(name, place + len(name))


def _in_run(text: str, begin: int, end: int, ends: set[int]) -> Iterator[_Name]:
    """The names of one run of Chinese characters, the likelier first where two overlap."""
    run = _Run(text, begin, end)
    places = [place for place in range(begin, end - 1) if text[place] in _BEGINNINGS]
    last = begin
    for place in places:
        if place < last or (name := _at(run, place, ends)) is None:
            continue
        rival = _at(run, place + 1, ends) if text[place + 1] in _BEGINNINGS else None
        if rival is not None and rival.score > name.score:
            name = rival
        yield name
        last = name.end


class _Run:
    """A run of Chinese characters in a text, and what it costs to read it as words,
    reckoned where a name asks for it.
    """

    __slots__ = ("_costs", "begin", "end", "text")

    def __init__(self, text: str, begin: int, end: int) -> None:
        self.text, self.begin, self.end = text, begin, end
        self._costs: Costs | None = None

    def as_words(self, start: int, end: int) -> float:
        """What it costs that these characters are words, and not one word of their own that costs nothing."""
        if (costs := self._costs) is None:
            costs = self._costs = costs_of(self.text[self.begin : self.end])
        return costs.before[-1] - costs.before[start - self.begin] - costs.after[end - self.begin]


def _at(run: _Run, start: int, ends: set[int]) -> _Name | None:
    """The likeliest name that begins at a place, where one does."""
    best: _Name | None = None
    text = run.text
    words = _before(text, start)
    before = _Before(words, _signs_before(start, words, ends, is_word=False))
    is_bare = text[start] in _WEAK and text[start - 1 : start] not in _ROLE_ENDS
    for size in (1, 2):
        cost = _SURNAMES.get(text[start : start + size])
        if cost is None or start + size >= run.end or HONORIFIC.match(text, start + size):
            continue
        for stop in range(start + size + 1, min(start + size + 2, run.end) + 1):
            given_name = text[start + size : stop]
            if given_name == _HIS:
                continue
            if not NEVER.isdisjoint(given_name) or (
                given_name[0] == "家" and _OF_A_FAMILY.fullmatch(given_name)
            ):
                break
            if size == 1 and is_bare and text[stop : stop + 1] not in _SIGNED:
                continue
            likeness = run.as_words(start, stop) - cost - _given(given_name) - _PRIOR
            score = _score(text, _Name(start, stop, likeness), before, ends)
            if score is not None and (best is None or score > best.score):
                best = _Name(start, stop, score)
    return best


def _given(given_name: str) -> float:
    costs = lexicon().given_names
    first = costs.get(given_name[0], _UNKNOWN)
    return first + _ONE if len(given_name) == 1 else first + costs.get(given_name[1], _UNKNOWN) + _TWO


def _score(text: str, name: _Name, before: _Before, ends: set[int]) -> float | None:
    """How much likelier the characters are a name than words, signs counted in; None where they are none.

    What stands after them is looked at as far as it can matter: a run of surnames is left out early.
    """
    start, end, score = name
    if score < _HOPELESS:
        return None
    likeness = _LIKE_A_PLACE if text[end - 1] in PLACE_LIKE else 0.0
    after = _sign_after(text, end, _NEEDED - score - likeness - before.weight)
    if after is None or PLACE_AFTER.match(text, end) or OFFICE_AFTER.match(text, end):
        return None
    is_short = end - start == _SHORTEST and after == _NO_SIGN
    is_word = is_short or _is_rather_a_word(text[start:end])
    weight = _signs_before(start, before.words, ends, is_word=True) if is_word else before.weight
    signs = weight + after + likeness
    if score + signs < _NEEDED:
        return None
    is_weak = text[start] in _WEAK and text[start : start + 2] not in COMPOUND
    if (is_weak and signs < _STRONG) or (signs < _STRONGER and _is_famous(text, start, end)):
        return None
    if end - start > _SHORTEST and signs < _STRONG and text[start:end] in lexicon().words:
        return None
    return None if OFFICE_BEFORE.search(before.words) else score + signs


def _sign_after(text: str, end: int, needed: float) -> float | None:
    """What the sign after a name weighs; None where it weighs less than is needed."""
    for sign, weight in _AFTER:
        if weight < needed:
            return None
        if sign.match(text, end):
            return weight
    return _NO_SIGN if needed <= _NO_SIGN else None


def _before(text: str, start: int) -> str:
    """What stands before a name, without an aside in brackets between."""
    if text[start - 1 : start] == ")" and (aside := _ASIDE.search(text, max(0, start - BEFORE), start)):
        start = aside.start()
    return text[max(0, start - BEFORE) : start]


def _is_famous(text: str, start: int, end: int) -> bool:
    """Whether it names somebody in everybody's mouth, or begins such a name: 徐霞客."""
    famous = lexicon().famous
    return any(text[start:stop] in famous for stop in (end, end + 1))


def _is_rather_a_word(name: str) -> bool:
    """Whether it is a word of its own, or a surname before a common one: 于凌晨、李胜利."""
    words = lexicon().words
    if name in words or len(name) == _SHORTEST:
        return name in words
    is_surname_alone = name[0] in _ONLY_SURNAMES or (
        words.get(name[0], _UNKNOWN) >= _SELDOM_A_WORD and name[0] not in _BEGINS_WORDS
    )
    most = _COMMON_WORD + (_RARER if name[0] in _ALSO_WORDS else 0.0)
    return not is_surname_alone and words.get(name[1:], _UNKNOWN) < most


def _signs_before(start: int, before: str, ends: set[int], *, is_word: bool) -> float:
    if not may_be_signed(before):
        return 0.0
    if is_label(before):
        return _LABELLED
    if is_role(before):
        return _A_WORD_AFTER_ONE if is_word else _AFTER_A_PERSON
    if is_listed(before) and (not ends.isdisjoint((start - 1, start - 2)) or MASKED_BEFORE.search(before)):
        return 6.0
    return 1.5 if is_about(before) else 0.0
