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
_OWNING: Final = re.compile(
    "有[根福财才发贵德余庆生良为祥禄田粮志]"
)  # 有 is a particle, and begins these names
_HIS: Final = "其"  # 冯其华 is a name, 冯其 is none
_NEEDED: Final = 1.5
_ASIDE: Final = re.compile(r"\([^()]{1,12}\)$")  # 医生(非本院在编)应某某
_MOST_AFTER: Final = 8.0  # what the strongest sign after a name weighs
_HONOURS: Final = frozenset("先女小太大阿奶爷婆老师同医护")  # with which words of respect begin
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
_AFTER: Final = ((HONORIFIC, 4.0), (DOING, 2.0), (BREAK, 1.0))
_NO_SIGN: Final = -2.0
_LIKE_A_PLACE: Final = -5.0


class _Name(NamedTuple):
    start: int
    end: int
    score: float


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

    __slots__ = ("_costs", "_described", "begin", "end", "text")

    def __init__(self, text: str, begin: int, end: int) -> None:
        self.text, self.begin, self.end = text, begin, end
        self._costs: Costs | None = None
        self._described: dict[int, bool] = {}

    def as_words(self, start: int, end: int) -> float:
        """What it costs that these characters are words, and not one word of their own that costs nothing."""
        if (costs := self._costs) is None:
            costs = self._costs = costs_of(self.text[self.begin : self.end])
        return costs.before[-1] - costs.before[start - self.begin] - costs.after[end - self.begin]

    def is_described(self, end: int) -> bool:
        """Whether what stands from here describes a person: two names may end here, and it costs most."""
        described = self._described.get(end)
        if described is None:
            described = self._described[end] = DESCRIPTION.match(self.text, end) is not None
        return described


def _at(run: _Run, start: int, ends: set[int]) -> _Name | None:
    """The likeliest name that begins at a place, where one does.

    What no sign could make up for is left out before any is looked for.
    """
    best: _Name | None = None
    text, last = run.text, run.text[start - 1 : start]
    is_signed = last == ")" or may_be_signed(last)
    before: float | None = None if is_signed else 0.0
    hopeless = _HOPELESS if is_signed else _NEEDED - _MOST_AFTER
    for size in (1, 2):
        cost = _SURNAMES.get(text[start : start + size])
        if cost is None or start + size >= run.end or _honoured(text, start + size):
            continue
        is_bare = size == 1 and text[start] in _WEAK and last not in _ROLE_ENDS
        for stop in _stops(text, start + size, run.end, is_bare=is_bare):
            likeness = run.as_words(start, stop) - cost - _given(text[start + size : stop]) - _PRIOR
            if likeness < hopeless:
                continue
            if before is None:
                before = _signs_before(text, start, ends, is_word=False)
            score = _score(run, _Name(start, stop, likeness), before, ends)
            if score is not None and (best is None or score > best.score):
                best = _Name(start, stop, score)
    return best


def _honoured(text: str, place: int) -> bool:
    """Whether a word of respect follows, which masks a name: 王先生."""
    return text[place] in _HONOURS and HONORIFIC.match(text, place) is not None


def _stops(text: str, begin: int, end: int, *, is_bare: bool) -> list[int]:
    """Where a given name may end: it has one character or two."""
    first = text[begin]
    if first in NEVER:
        return [begin + 2] if not is_bare and _OWNING.match(text, begin, end) else []
    stops = [] if first == _HIS else [begin + 1]
    is_place = first == "家" and _OF_A_FAMILY.fullmatch(text, begin, begin + 2) is not None
    if begin + 1 < end and text[begin + 1] not in NEVER and not is_place:
        stops.append(begin + 2)
    return [stop for stop in stops if text[stop : stop + 1] in _SIGNED] if is_bare else stops


def _given(given_name: str) -> float:
    costs = lexicon().given_names
    first = costs.get(given_name[0], _UNKNOWN)
    return first + _ONE if len(given_name) == 1 else first + costs.get(given_name[1], _UNKNOWN) + _TWO


def _score(run: _Run, name: _Name, before: float, ends: set[int]) -> float | None:
    """How much likelier the characters are a name than words, signs counted in; None where they are none.

    What stands after them is looked at as far as it can matter: a run of surnames is left out early.
    """
    text, (start, end, score) = run.text, name
    likeness = _LIKE_A_PLACE if text[end - 1] in PLACE_LIKE else 0.0
    after = _sign_after(run, end, _NEEDED - score - likeness - before)
    if after is None or PLACE_AFTER.match(text, end) or OFFICE_AFTER.match(text, end):
        return None
    is_short = end - start == _SHORTEST and after == _NO_SIGN
    is_word = is_short or _is_rather_a_word(text[start:end])
    weight = _signs_before(text, start, ends, is_word=True) if is_word and before else before
    signs = weight + after + likeness
    if score + signs < _NEEDED:
        return None
    is_weak = text[start] in _WEAK and text[start : start + 2] not in COMPOUND
    if (is_weak and signs < _STRONG) or (signs < _STRONGER and _is_famous(text, start, end)):
        return None
    if end - start > _SHORTEST and signs < _STRONG and text[start:end] in lexicon().words:
        return None
    return None if OFFICE_BEFORE.search(_before(text, start)) else score + signs


def _sign_after(run: _Run, end: int, needed: float) -> float | None:
    """What the sign after a name weighs; None where it weighs less than is needed."""
    text = run.text
    if needed > _MOST_AFTER:
        return None
    if run.is_described(end):
        return _MOST_AFTER
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


def _signs_before(text: str, start: int, ends: set[int], *, is_word: bool) -> float:
    """What the signs before a name weigh, more where the name is no word of its own."""
    before = _before(text, start)
    if not may_be_signed(before):
        return 0.0
    if is_label(before):
        return _LABELLED
    if is_role(before):
        return _A_WORD_AFTER_ONE if is_word else _AFTER_A_PERSON
    if is_listed(before) and (not ends.isdisjoint((start - 1, start - 2)) or MASKED_BEFORE.search(before)):
        return 6.0
    return 1.5 if is_about(before) else 0.0
