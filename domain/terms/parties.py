"""涉事人、事发地: who is named in which part, and where it happened, as texts state them (DD-41)."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from domain.terms.personal_names import names
from domain.terms.subjects import SubjectClass
from domain.terms.surnames import COMMON, COMPOUND, HAN, LESS_COMMON

_STAFF: Final = "民警|辅警|交警|城管|执法人员|执法队员|工作人员|干部|人员|员工|职工|保安|医生|医师|护士"
_PARTS: Final = {
    SubjectClass.DRIVER: r"司机|驾驶员|驾驶人|肇事者|车主",
    SubjectClass.SUSPECT: r"嫌疑人|嫌犯|违法行为人|作案人",
    SubjectClass.DECEASED: r"死者|遇难者|逝者|溺亡者",
    SubjectClass.VICTIM: r"伤者|受害人|被害人|受害者|被打者",
    SubjectClass.OWNER: r"负责人|法定代表人|法人代表|实际控制人|经营者|店主|老板|摊主",
    SubjectClass.TEACHER: r"教师|老师|班主任",
    SubjectClass.STAFF: rf"(?:涉事|当事|肇事)(?:{_STAFF})",
    SubjectClass.CALLER: r"报警人",
    SubjectClass.POSTER: r"发帖人|发布人|发布者|造谣者",
}
_PART: Final = re.compile("|".join(f"(?P<{part.value}>{words})" for part, words in _PARTS.items()))
_LINK: Final = re.compile(r"[:为是系叫]{0,2}(?:姓名[:为]?|名叫|姓名)?[\s\"“「(]?")
_SURNAME: Final = "|".join((*COMPOUND, f"[{''.join((*COMMON, *LESS_COMMON))}]"))
# 张某某、王某甲; 张某明 where nothing follows that 明 could belong to.
_MASKED: Final = re.compile(
    rf"(?P<surname>{_SURNAME})(?P<given>某某[甲乙丙丁戊]?|某[甲乙丙丁戊]|某[{HAN}](?=[,，、。;；)）(（:\s]|$)|某)"
)
_MASKED_NAME: Final = re.compile(rf"(?:{_SURNAME})(?:某{{1,2}}[甲乙丙丁戊]?|某[{HAN}])")
_MINE: Final = re.compile(rf"(?P<surname>{_SURNAME})(?P<given>.+)")
_NEAR: Final = 12
_AND: Final = re.compile("[、和与及]")
_UNKNOWN: Final = frozenset("某")
_MARKS: Final = frozenset("甲乙丙丁戊")

_WHERE: Final = re.compile(
    r"(?:事发|事故|案发|发生|起火|着火|现场)(?:地点|地址|地|位置)(?:位于|在|为|是|:)?|现场位于|(?:发生|坠落|侧翻|起火|相撞)(?:在|于)"
)
_CUT: Final = re.compile(r"接报|接到|报警|获悉|通报|[:。;]")
_BEFORE_IT: Final = 36
_AFTER_IT: Final = 24
_STOP: Final = frozenset(
    "省市县区在于位的至到自由从沿近往与和及向处起内该我本某有一,，、:：;；()（） 0123456789"
)
_KINDS: Final = {
    SubjectClass.TOWN: (re.compile(r"镇|乡(?!村|镇|道)|街道"), frozenset("镇乡"), 3),
    SubjectClass.VILLAGE: (re.compile(r"村(?!民|委|口|干|道|里|级)|社区"), frozenset("镇乡道"), 4),
    SubjectClass.ROAD: (
        re.compile(r"大道|路(?!口|段|人|面|况|边|过|灯|上|障|政)|街(?![道头边上坊区面])"),
        frozenset("镇乡道村组"),
        4,
    ),
}
_NO_NAMES: Final = frozenset(
    {
        "城",
        "乡",
        "集",
        "古",
        "老",
        "小",
        "全",
        "各",
        "农",
        "新",
        "公",
        "马",
        "铁",
        "线",
        "道",
        "大",
        "高速公",
        "电",
        "水",
        "半",
        "这条",
        "当",
    }
)
PERSONS: Final = frozenset(_PARTS)
PLACES: Final = frozenset(_KINDS)


class Named(NamedTuple):
    """Somebody or somewhere as named: the class, the name, and where it stands in the sentence."""

    about: SubjectClass
    name: str
    start: int
    end: int


def persons(sentence: str) -> Iterator[Named]:
    """Who is named right after a word for the part: 肇事司机张某某、犯罪嫌疑人李某甲;
    死者家属王某 is another's.
    """
    for match in _PART.finditer(sentence):
        begin = match.end()
        if (link := _LINK.match(sentence, begin)) is not None:
            begin = link.end()
        masked = _MASKED.match(sentence, begin)
        if masked is not None:
            about = SubjectClass(str(match.lastgroup))
            while masked is not None:
                yield Named(about, masked[0], *masked.span())
                masked = (
                    _MASKED.match(sentence, masked.end() + 1) if _AND.match(sentence, masked.end()) else None
                )
            continue
        window = sentence[match.start() : begin + _NEAR]
        for start, end in names(window):
            if start + match.start() == begin:
                yield Named(SubjectClass(str(match.lastgroup)), window[start:end], begin, match.start() + end)


def places(sentence: str, happened: re.Pattern[str]) -> Iterator[Named]:
    """Towns, villages and roads before the word for what happened in its sentence, or after one for where."""
    windows = [(max(0, match.start() - _BEFORE_IT), match.start()) for match in happened.finditer(sentence)]
    windows += [(match.end(), match.end() + _AFTER_IT) for match in _WHERE.finditer(sentence)]
    taken: set[tuple[str, str]] = set()
    for start, end in windows:
        window = sentence[start:end]
        begin = (
            start + max((cut.end() for cut in _CUT.finditer(window)), default=0) if end != start else start
        )
        for place in _within(sentence, begin, min(end, len(sentence))):
            if (place.about, place.name) not in taken:
                taken.add((place.about, place.name))
                yield place


def _within(sentence: str, begin: int, end: int) -> Iterator[Named]:
    for about, (suffix, stops, longest) in _KINDS.items():
        for match in suffix.finditer(sentence, begin, end):
            start = match.start()
            while start > max(begin, match.start() - longest) and sentence[start - 1] not in _STOP | stops:
                start -= 1
            name = sentence[start : match.start()]
            if name and name not in _NO_NAMES:
                yield Named(about, sentence[start : match.end()], start, match.end())


def is_masked_name(text: str) -> bool:
    """Whether a text is one masked name and nothing else: 张某某、欧阳某、王某甲."""
    return _MASKED_NAME.fullmatch(text) is not None


def other_person(one: str, other: str) -> bool:
    """Whether two names are of two persons: 张某 may be 张某某 or 张三, 王某甲 is not 王某乙."""
    mine, theirs = _MINE.match(one), _MINE.match(other)
    if mine is None or theirs is None:
        return one != other
    if mine["surname"] != theirs["surname"]:
        return True
    if "某" not in one and "某" not in other:
        return one != other
    last, their_last = mine["given"][-1], theirs["given"][-1]
    if last in _UNKNOWN or their_last in _UNKNOWN:
        return False
    is_marked = (last in _MARKS and "某" in one, their_last in _MARKS and "某" in other)
    return last != their_last and is_marked[0] == is_marked[1]


def other_place(one: str, other: str) -> bool:
    """Whether two names are of two places: 河口市青溪镇 is 青溪镇."""
    if one.endswith(other) or other.endswith(one):
        return False
    tail = 2 + (2 if one.endswith(("街道", "社区", "大道")) else 1)
    return one[-tail:] != other[-tail:]
