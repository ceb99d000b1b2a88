"""Whether two values of a claim say the same: figures, days and times,
conclusions in their common ways of saying (R208, DD-41).
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple
from unicodedata import normalize

from domain.terms.moments import Moment, moments
from domain.terms.parties import is_masked_name, other_person
from domain.terms.quantities import Quantity, quantities
from domain.terms.subjects import HEDGED, SUBJECT, SubjectClass, Verdict, verdict_of
from domain.terms.value_contrasts import contrasted
from domain.terms.value_words import FOR_EACH, common_form
from domain.terms.workdays import SHANGHAI

_LOOSE_BLANK: Final = re.compile(r"(?<!\d)\s+|\s+(?!\d)")
_FILLERS: Final = re.compile(
    r"经(?:查|核查|核实|调查|查证|了解)|情况|人员|群众|目前|截至目前|截至|共计|合计|总计|累计|共有|共|总共|造成|导致|发生|已经|已|被|均|全部|分别|其中|人数|数量|数|限期|期限|之内|内(?=$)|事发时间|发生时间|案发时间|时间|攀达|回达|今年|仍在|仍|进一步|为|是|有|了|的|系|以及|和|与|及|并|另|又"
    r"|[,，。、;；:：.!！()\"“”'‘’\s#]"
)
_OPPOSITES: Final = re.compile(
    rf"[上下前后]段|上旬|中旬|下旬|上午|下午|{FOR_EACH.pattern}|人均|户均|责令|(?<=#)(?:以|范围)?外|不|未|无|没(?!收)|非|否|-|减|降|增|(?<!直)升|涨|跌|盈|亏|超|缺|男|女|前|后|南|北|东|西"
)
_SPAN: Final = re.compile("#[至到~—–-]+#")
_SHORT: Final = 3
_PLACE_ENDS: Final = tuple("省市县区镇乡村道处")
_ALIKE: Final = 0.4


class _Figure(NamedTuple):
    about: SubjectClass | None
    quantity: Quantity
    classes: frozenset[SubjectClass] = frozenset()  # of one figure alone, all that it may be about
    label: str = ""  # the last character before it: 长86米, 宽9米

    def is_of(self, other: "_Figure") -> bool:
        """Whether both may be about one thing."""
        if self.about is other.about or not (self.about and other.about):
            return True
        return bool(self.classes & other.classes)


class _Said(NamedTuple):
    moments: tuple[Moment, ...]
    figures: tuple[_Figure, ...]
    verdict: Verdict | None
    words: str
    opposites: tuple[str, ...]
    around: str  # all that is said, each figure and instant a mark


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
    5. What stands beside them: a fine is no refund, what is paid for each household not for each person.
    6. Conclusions by what they conclude: "属实" and "情况属实". What says yes never agrees with what says no.
    """
    if normal(one) == normal(other):
        return True
    if is_masked_name(normal(one)) and is_masked_name(normal(other)):
        return not other_person(normal(one), normal(other))
    first, second = _said(one), _said(other)
    return _same_in_figures(first, second) and _same_beside_them(first, second)


def _same_in_figures(one: _Said, other: _Said) -> bool:
    if one.opposites != other.opposites or one.verdict is not other.verdict:
        return False
    if len(one.moments) != len(other.moments) or not _same_figures(one.figures, other.figures):
        return False
    return all(mine.agrees(theirs) for mine, theirs in zip(one.moments, other.moments, strict=True))


def _same_beside_them(one: _Said, other: _Said) -> bool:
    has_values = bool(one.moments or one.figures or one.verdict)
    if (apart := contrasted(one.around, other.around)) is not None and (apart or has_values):
        return not apart
    if _is_of_something_else(one, other) or _is_of_something_else(other, one):
        return False
    return _same_words(one.words, other.words, has_values=has_values)


def _same_figures(one: tuple[_Figure, ...], other: tuple[_Figure, ...]) -> bool:
    if len(one) != len(other):
        bare = min(one, other, key=len)
        none = all(figure.quantity.high == 0 and figure.quantity.unit == "人" for figure in (*one, *other))
        return none and len(bare) == 1 and bare[0].about is None
    one, other = _in_one_order(one, other)
    pairs = zip(one, other, strict=True)
    return all(mine.quantity.agrees(theirs.quantity) and mine.is_of(theirs) for mine, theirs in pairs)


def _in_one_order(
    one: tuple[_Figure, ...], other: tuple[_Figure, ...]
) -> tuple[tuple[_Figure, ...], tuple[_Figure, ...]]:
    """Figures of two values in one order, where both say by unit, by word or by label which is which."""
    if len(one) < 2:  # noqa: PLR2004  one stands for itself
        return one, other
    if all(figure.about for figure in (*one, *other)):
        return _sorted(one, _class), _sorted(other, _class)
    for which in (_unit, _label_of):
        keys = {which(figure) for figure in one}
        if len(keys) == len(one) and keys == {which(figure) for figure in other}:
            return _sorted(one, which), _sorted(other, which)
    return one, other


def _class(figure: _Figure) -> str:
    return figure.about or ""


def _unit(figure: _Figure) -> str:
    return figure.quantity.unit


def _label_of(figure: _Figure) -> str:
    return figure.label


def _sorted(figures: tuple[_Figure, ...], which: Callable[[_Figure], str]) -> tuple[_Figure, ...]:
    return tuple(sorted(figures, key=which))


def _is_of_something_else(one: _Said, other: _Said) -> bool:
    """Whether one value counts what its words alone say, and the other a class of subjects."""
    counted = any(figure.about for figure in other.figures)
    return counted and not other.words and bool(one.words) and not any(figure.about for figure in one.figures)


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
    if has_values and (set(one) <= set(other) or set(other) <= set(one)):
        return True
    alike = _ALIKE if max(len(one), len(other)) > _SHORT else 0.5
    return has_values and len(set(one) & set(other)) >= alike * len(set(one) | set(other))


def _is_place_of(long: str, short: str) -> bool:
    """Whether the longer names the same place from further off, with the town above it."""
    return len(short) > 2 and long.endswith(short) and long[: -len(short)].endswith(_PLACE_ENDS)  # noqa: PLR2004  two characters end too many names


def _said(value: str) -> _Said:
    text = common_form(_LOOSE_BLANK.sub("", normalize("NFKC", _instant(value)).casefold()))
    times = tuple(moments(text))
    text = _without(text, times)
    verdict = verdict_of(text)
    counts = tuple(quantities(text))
    figures = _about(text, counts)
    around = _without(text, counts)
    rest = SUBJECT.sub("", around) if figures else around
    rest = "" if verdict is not None else _SPAN.sub("#至#", rest)
    return _Said(
        moments=times,
        figures=figures,
        verdict=verdict,
        words=_FILLERS.sub("", _OPPOSITES.sub("", rest)) if verdict is None else "",
        around=around,
        opposites=(*_opposites(rest, len(figures)), *(["可能"] if HEDGED.search(text) else [])),
    )


def _opposites(rest: str, figures: int) -> tuple[str, ...]:
    """What turns a value into another: beside several figures in the order in which it stands
    there (3男2女).
    """
    words = tuple(_OPPOSITES.findall(rest))
    return words if figures > 1 else tuple(sorted(set(words)))


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
        return tuple(_Figure(None, count, label=_label(text, count)) for count in counts)
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
        classes = frozenset(word[2] for word in near) if len(counts) == 1 else frozenset[SubjectClass]()
        about = near[-1 if is_before else 0][2] if near else None
        figures.append(_Figure(about, count, classes, _label(text, count)))
    return tuple(figures)


def _label(text: str, count: Quantity) -> str:
    """The character before a figure."""
    return text[count.start - 1 : count.start].strip(",，、;；和及与#")
