"""Whether two values of a claim say the same: figures, days and times,
conclusions in their common ways of saying (R208, DD-41).
"""

import re
from bisect import bisect_left
from datetime import datetime
from typing import Final, NamedTuple
from unicodedata import normalize

from domain.terms.moments import Moment, moments
from domain.terms.parties import is_masked_name, other_person
from domain.terms.quantities import Quantity, quantities
from domain.terms.subjects import HEDGED, NOBODY, SUBJECT, SubjectClass, Verdict, verdict_of
from domain.terms.workdays import SHANGHAI

_LOOSE_BLANK: Final = re.compile(r"(?<!\d)\s+|\s+(?!\d)")
_NOBODY: Final = re.compile(rf"{NOBODY}|(?:0|零)(?:人)?(伤亡)")
_NONE_OF: Final = {"伤亡": "死亡0人受伤0人", "遇难": "死亡0人"}
_HALF_YEAR: Final = re.compile(r"([上下前后])半年")
_BY_THE_HOUR: Final = re.compile(
    r"(?:每小时|时速)([\d.一二两三四五六七八九十百]{1,6})(?:公里|千米|km)(?:/h|/小时)?"
)
_SLASHED: Final = re.compile(r"^(\d)/(\d{1,2})$")
_OF_BOTH: Final = re.compile(r"死伤各(\d{1,4}人|[一二三四五六七八九十两]{1,3}人)")
_HALF: Final = re.compile(r"一半|半数")
_STATES: Final = (
    (
        re.compile(
            r"(?:已|已经|均已|全部)?(?:修复|抢修|维修)(?:完毕|完成|好|到位|结束)?|恢复正常|已恢复(?=$|[,，。])"
        ),
        "修复",
    ),
    (re.compile(r"(?:已|已经|均已|全部)?整改(?:完毕|完成|到位|结束)?"), "整改"),
    (re.compile(r"(?:已|已经|均已|全部)?(?:办结|办理完毕|办理完成|处理完毕|处理完成|解决|处置完毕)"), "办结"),
)
_FILLERS: Final = re.compile(
    r"经(?:查|核查|核实|调查|查证|了解)|情况|人员|群众|目前|截至目前|截至|共计|合计|总计|累计|共有|共|总共|造成|导致|发生|已经|已|均|全部|分别|其中|人数|数量|数|限期|期限|之内|内(?=$)|为|是|有|了|的|系|以及|和|与|及|并|另|又"
    r"|[,，。、;；:：.!！()\"“”'‘’\s#]"
)
_OPPOSITES: Final = re.compile(
    r"[上下前后]段|上旬|中旬|下旬|上午|下午|每|人均|户均|不|未|无|没(?!收)|非|否|-|减|降|增|升|涨|跌|盈|亏|超|缺|男|女|前|后|南|北|东|西"
)
_BELOW_NOUGHT: Final = re.compile(r"(?:负|零下)(?=[\d零一二两三四五六七八九十])")
_FOR_EACH: Final = re.compile(r"(?<=[元吨方])/|(?<=[毫厘]米)/(?=小时|天|日)")
_SPAN: Final = re.compile("#[至到~—–-]+#")
_LEVEL: Final = re.compile(r"(?<![a-z])(iii|ii|iv|i|v)(?=级)")
_LEVELS: Final = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}
# Words that say the same in a value, each with the one that stands for all.
_ALIKE_WORDS: Final = (
    (re.compile(r"过半(?!数)|(?:过)?半数以上|超过?半数"), "50%以上"),
    (re.compile(r"上(?=[万亿])"), "上1"),
    (re.compile(r"([一二三四五六七八九])([二三四五六七八九])成"), r"\1成至\2成"),
    (re.compile(r"俩(?=$|[,，。])"), "两人"),
    (re.compile(r"仨(?=$|[,，。])"), "三人"),
    (re.compile(r"(?<=[月年])末"), "底"),
    (re.compile(r"本(?=[月年周])"), ""),
    (re.compile(r"下降|降低|下?跌|下调|减少"), "降"),
    (re.compile(r"增长|增加|上升|上?涨|提高|提升"), "升"),
    (re.compile(r"(?<=一般|较大|重大)级"), ""),
    (re.compile(r"(?<=[一二三四五六七八九十半\d])两(?=$|[,，。)])"), "市两"),  # 二两 is a weight, 二两个 none
    (
        re.compile(
            r"(拘留|行拘|刑拘|为期|整顿|整治|限期|工期|历时|连续|持续|停业|停课|封闭|隔离)"
            r"(\d{1,3}|[一二三四五六七八九十百]{1,4})日"
        ),
        r"\1\2天",
    ),
    (re.compile(r"行拘"), "行政拘留"),
    (re.compile(r"日均|每日"), "每天"),
    (
        re.compile(
            r"(?<!\d)(?<![一二三四五六七八九十百千两多余])([月年人户])均(?=[\d一二三四五六七八九十百千万])"
        ),
        r"每\1",
    ),
    (re.compile(r"正在?(救治|治疗|调查|核查|核实|处置|处理|整改|抢修|施工)"), r"\1中"),
    (re.compile(r"尚(?=[未不])"), ""),
    (re.compile(r"不明确"), "不明"),
    (re.compile(r"(?:得到|有效|基本)控制"), "控制"),
    (re.compile(r"(?:道路|交通|路面)(?=已?恢复)"), ""),
    (re.compile(r"公司"), "企业"),
    (re.compile(r"老师"), "教师"),
    (re.compile(r"通车"), "通行"),
    (re.compile(r"整顿"), "整治"),
    (re.compile(r"立案(?:调查|侦查|查处)"), "立案"),
    (re.compile(r"责令|予以|给予|依法|处分|明火|火势|大火"), ""),
)
_SHORT: Final = 3
_PLACE_ENDS: Final = tuple("省市县区镇乡村道处")
_ALIKE: Final = 0.3


class _Figure(NamedTuple):
    about: SubjectClass | None
    quantity: Quantity


class _Said(NamedTuple):
    moments: tuple[Moment, ...]
    figures: tuple[_Figure, ...]
    verdict: Verdict | None
    words: str
    opposites: tuple[str, ...]


def normal(text: str) -> str:
    """A subject, type or expression in its common form:
    compatible characters made one, case and blanks left out.
    """
    return "".join(normalize("NFKC", text).casefold().split())


def same_value(one: str, other: str) -> bool:
    """Whether two values agree.

    1. Letter by letter in their common form: "３ 人" and "3人".
    2. Figure by figure, each with its unit and what it is about: "死亡3人" and "三人遇难", "12000元" and
       "1.2万元". A bare number agrees with the same number of anything; what is vague (余、多、约、至少) is a
       range, and agrees where the ranges meet.
    3. Days and times by what both say of them: 24时 is 0时 of the next day, 19时40分许 is ten minutes wide.
    4. Masked names by what they leave open: "张某" and "张某某", never "王某甲" and "王某乙".
    5. Conclusions by what they conclude: "属实" and "情况属实". What says yes never agrees with what says no.
    """
    if normal(one) == normal(other):
        return True
    if is_masked_name(normal(one)) and is_masked_name(normal(other)):
        return not other_person(normal(one), normal(other))
    first, second = _said(one), _said(other)
    if first.opposites != second.opposites or first.verdict is not second.verdict:
        return False
    if len(first.moments) != len(second.moments) or not _same_figures(first.figures, second.figures):
        return False
    if not all(mine.agrees(theirs) for mine, theirs in zip(first.moments, second.moments, strict=True)):
        return False
    has_values = bool(first.moments or first.figures or first.verdict)
    return _same_words(first.words, second.words, has_values=has_values)


def _same_figures(one: tuple[_Figure, ...], other: tuple[_Figure, ...]) -> bool:
    if len(one) != len(other):
        bare = min(one, other, key=len)
        none = all(figure.quantity.high == 0 and figure.quantity.unit == "人" for figure in (*one, *other))
        return none and len(bare) == 1 and bare[0].about is None
    if all(figure.about for figure in (*one, *other)):
        one, other = (
            tuple(sorted(figures, key=lambda figure: figure.about or "")) for figures in (one, other)
        )
    pairs = zip(one, other, strict=True)
    return all(
        mine.quantity.agrees(theirs.quantity)
        and (mine.about is theirs.about or not (mine.about and theirs.about))
        for mine, theirs in pairs
    )


def _same_words(one: str, other: str, *, has_values: bool) -> bool:
    """Whether what stands beside the values does not part them; without values, whether it says the same."""
    if one == other:
        return bool(one) or has_values
    if has_values and (not one or not other):
        return True
    if not one or not other:
        return False
    if _is_place_of(one, other) or _is_place_of(other, one):
        return True
    alike = _ALIKE if max(len(one), len(other)) > _SHORT else 0.5
    return has_values and len(set(one) & set(other)) >= alike * len(set(one) | set(other))


def _is_place_of(long: str, short: str) -> bool:
    """Whether the longer names the same place from further off, with the town above it."""
    return len(short) > 2 and long.endswith(short) and long[: -len(short)].endswith(_PLACE_ENDS)  # noqa: PLR2004  two characters end too many names


def _said(value: str) -> _Said:
    text = _NOBODY.sub(_none, _LOOSE_BLANK.sub("", normalize("NFKC", _instant(value)).casefold()))
    text = _BELOW_NOUGHT.sub("-", text)
    text = _FOR_EACH.sub("每", text)
    text = _HALF.sub("50%", text)
    text = _HALF_YEAR.sub(r"\1段", text)
    text = _BY_THE_HOUR.sub(r"\1公里/小时", text)
    text = _SLASHED.sub(r"\2分之\1", text)
    text = _OF_BOTH.sub(r"死亡\1受伤\1", text)
    text = _LEVEL.sub(lambda match: _LEVELS[match[1]], text)
    for words, word in _ALIKE_WORDS:
        text = words.sub(word, text)
    for pattern, state in _STATES:
        text = pattern.sub(state, text)
    times = tuple(moments(text))
    text = _without(text, times)
    verdict = verdict_of(text)
    counts = tuple(quantities(text))
    figures = _about(text, counts)
    rest = SUBJECT.sub("", _without(text, counts)) if figures else _without(text, counts)
    rest = "" if verdict is not None else _SPAN.sub("#至#", rest)
    return _Said(
        moments=times,
        figures=figures,
        verdict=verdict,
        words=_FILLERS.sub("", _OPPOSITES.sub("", rest)) if verdict is None else "",
        opposites=(*_opposites(rest, len(figures)), *(["可能"] if HEDGED.search(text) else [])),
    )


def _opposites(rest: str, figures: int) -> tuple[str, ...]:
    """What turns a value into another: beside several figures in the order in which it stands
    there (3男2女).
    """
    words = tuple(_OPPOSITES.findall(rest))
    return words if figures > 1 else tuple(sorted(set(words)))


def _none(match: re.Match[str]) -> str:
    what = next(group for group in match.groups() if group)
    return _NONE_OF.get(what, f"{what}0人")


def _instant(value: str) -> str:
    """An instant with its zone, by the clock here; all else as it is."""
    try:
        instant = datetime.fromisoformat(value.strip().upper())
        return value if instant.tzinfo is None else f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError):
        return value


def _without(text: str, spans: tuple[Moment, ...] | tuple[Quantity, ...]) -> str:
    pieces, last = [], 0
    for span in spans:
        pieces.append(text[last : span.start])
        last = span.end
    return "#".join([*pieces, text[last:]])


def _about(text: str, counts: tuple[Quantity, ...]) -> tuple[_Figure, ...]:
    """Each figure with what it is about: the word before it where the text begins with one,
    else the word after it.
    """
    words = [
        (match.start(), match.end(), SubjectClass(str(match.lastgroup))) for match in SUBJECT.finditer(text)
    ]
    if not words or not counts:
        return tuple(_Figure(None, count) for count in counts)
    starts = [word[0] for word in words]
    is_before = words[0][0] < counts[0].start
    figures = []
    for number, count in enumerate(counts):
        if is_before:
            left = counts[number - 1].end if number else 0
            near = words[bisect_left(starts, left) : bisect_left(starts, count.start)]
        else:
            right = counts[number + 1].start if number + 1 < len(counts) else len(text)
            near = words[bisect_left(starts, count.end) : bisect_left(starts, right)]
        figures.append(_Figure(near[-1 if is_before else 0][2] if near else None, count))
    return tuple(figures)
