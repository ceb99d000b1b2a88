"""全部、无一: what is said of all or of none, as the figure that it states:
被困人员全部获救 leaves nobody trapped (DD-41).
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final, NamedTuple

from domain.terms.quantities import quantities
from domain.terms.subjects import SubjectClass

_ALL: Final = "(?:已|均|全部|全数|全员|悉数|都|被|成功|安全|顺利|经){1,5}"
_EVERY: Final = "已?经?(?:均|全部|全数|全员|悉数|都)已?经?"
_PERSON: Final = r"[\d零〇一二三四五六七八九十百两余多]{1,5}(?:人|名|位)"
_NOT_YET: Final = re.compile(r"(?:未|尚|力争|确保|争取|直至|直到|待|能否|是否|希望|要求)[^,，。;；]{0,6}$")
_SAVED: Final = "获救|救出|营救出|解救|脱险|脱困|找到|救起|救上|捞起|打捞上|上岸|寻获|寻回|找回|搜救到|取得联系|联系上|恢复联系|归队|归来|返回|生还"
_TRAPPED: Final = "被困|受困|失联|失踪|下落不明|去向不明|不知去向|不知所踪|生死不明|生死未卜|音讯全无|杳无音[讯信]|失去联系|联系不上|走失|走散|落水|被埋"
_WHOLE: Final = (
    (
        SubjectClass.STILL_TRAPPED,
        re.compile(
            rf"(?:{_TRAPPED})[^,，。;；]{{0,8}}?(?P<all>{_ALL})(?:{_SAVED})(?!{_PERSON})|(?P<only>全部|全数|全员|悉数)(?:已|被|安全|成功){{0,3}}(?:{_SAVED})"
        ),
    ),
    (
        SubjectClass.STILL_IN_HOSPITAL,
        re.compile(
            rf"(?:伤者|伤员|患者|病人|住院|送医|就诊|学生|人员)[^,，。;；]{{0,8}}?(?P<all>{_EVERY})(?:治愈|痊愈|康复)?出院(?!{_PERSON})"
            r"|(?P<only>全部|全体|所有)(?:伤者|伤员|患者|病人|住院人员|学生)[^,，。;；不未]{0,4}?出院"
        ),
    ),
    (
        SubjectClass.BADLY_INJURED,
        re.compile(
            r"(?:伤者|伤员|受伤|人员)[^,，。;；]{0,6}?(?P<all>均|全部|都)(?:已)?(?:为|系|是|属)?轻微?伤"
        ),
    ),
    (
        SubjectClass.DEATHS,
        re.compile(r"(?P<all>全部|全员|全数|悉数|均)(?:(?:安全|成功|平安)?生还|平安|安然无恙)"),
    ),
)
_STILL: Final = (
    (SubjectClass.STILL_TRAPPED, rf"{_TRAPPED}|未找到|未脱险|未获救|未救出|未脱困|搜救|搜寻|营救|打捞"),
    (SubjectClass.STILL_IN_HOSPITAL, r"(?:正?在)?(?:住院|在院|留院|留观|治疗|救治|重症监护)"),
)
_LEFT: Final = tuple(
    (
        about,
        re.compile(
            rf"(?:仍有|尚有|还有|仅剩|剩余)(?P<one>{_PERSON})[^,，。;；]{{0,6}}?(?:{words})"
            rf"|(?P<two>{_PERSON})[^,，。;；\d]{{0,4}}?(?:仍|尚|还)(?:然|处于)?(?:{words})"
            rf"|(?:仍|尚|还)(?:{words})(?P<three>{_PERSON})"
        ),
    )
    for about, words in _STILL
)

# What is told of a time that is past, or of a part, says nothing of how many are missing by now.
_NO_LONGER: Final = re.compile(
    r"曾|一度|起初|最初|当时|其中|(?:后|现|已|均)(?:被|已|经|均){0,2}(?:" + _SAVED + ")"
)


class Whole(NamedTuple):
    """How many are left of what is spoken of, and where it is said."""

    about: SubjectClass
    left: Fraction
    start: int
    end: int


def wholes(sentence: str) -> Iterator[Whole]:
    """What a sentence says of all and of those that are left."""
    for about, pattern in _WHOLE:
        for match in pattern.finditer(sentence):
            said = next(match.start(name) for name, value in match.groupdict().items() if value)
            if not _NOT_YET.search(sentence, 0, said):
                yield Whole(about, Fraction(0), *match.span())
    for about, pattern in _LEFT:
        for match in pattern.finditer(sentence):
            words = match["one"] or match["two"] or match["three"]
            count = next(quantities(words), None)
            if count is not None and count.is_exact:
                yield Whole(about, count.low, *match.span())


def is_of_now(sentence: str) -> bool:
    """Whether a sentence that counts the missing speaks of who is missing still:
    1名儿童下落不明 is another story than 全部救起.
    """
    return _NO_LONGER.search(sentence) is None
