"""What texts state without anybody having typed it: figures about a class of subjects, when it happened,
what is concluded (DD-41).
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import Final

from domain.terms.findings import Fact
from domain.terms.moments import Moment, moments
from domain.terms.parties import PERSONS, PLACES, other_person, other_place, persons, places
from domain.terms.plain_text import Plain, seen
from domain.terms.quantities import Quantity, quantities
from domain.terms.subjects import (
    HEADS,
    NOBODY,
    SUBJECT,
    UNIT_OF,
    SubjectClass,
    Verdict,
    class_of,
    conclusion_of,
    opposed,
)
from domain.terms.wholes import is_of_now, wholes

CONCLUSION: Final = SubjectClass.CONCLUSION.value
OCCURRED: Final = SubjectClass.OCCURRED.value
MOST_FACTS: Final = 16  # of one draft
_SENTENCE: Final = re.compile(r"[^。;；!！?？\n]+")
_CLAUSE_ENDS: Final = re.compile(r"[,，、:：(（]")
_PARTS_OF_INJURED: Final = frozenset({SubjectClass.BADLY_INJURED, SubjectClass.LIGHTLY_INJURED})
_ANY_MORE: Final = str(10**24)  # as 至少3人 has it
_FAR_FROM_ITS_TIME: Final = 40
_FAR: Final = 10  # characters between a figure and the word for what it is about
_NOBODY: Final = re.compile(NOBODY)
_ASIDE: Final = re.compile(r"[(（](?:其中|包括|内?含)[^()（）]{0,30}[)）]")
_HAPPENED: Final = re.compile(
    r"发生|起火|爆炸|爆燃|坍塌|倒塌|垮塌|追尾|相撞|侧翻|坠落|坠楼|泄漏|突发|遭遇|失火|溺水|着火"
)
_HAPPENED_AT: Final = re.compile(
    r"(?:(?:发生|事发|案发|事故|起火|坍塌|塌方|坠楼|爆炸|溺水|失联)(?:的)?(?:时间|时刻)[:：]?|(?:发生|起火|爆炸|坍塌|坠楼|失联)(?:于|在))(?:约?[为是于在])?约?$"
)
# Between a time and what happened then stand no other clause and no telling of it.
_ELSEWHERE: Final = re.compile(r"[,，、:：;]|接报|接到|报警|获悉|通报|召开|经查|回应|发布")
_OF_TIME: Final = re.compile(r"发生时间|事发时间|事故时间|起火时间|时间")
_ANOTHER_YEAR: Final = re.compile(
    r"去年|上年|往年|历年|前年|同期|年均|全年|(?:共|累计)?发生[^,，]{0,8}\d起"
)  # what is counted there is not of this event
_MAY_BE: Final = re.compile(r"(?:可处|可被处|可并处|最低|最高|应处|拟处|将被处|可以处)[^,，]{0,4}$")
_AS_LAW: Final = re.compile(r"以上|以下|以内|规定|条例")  # 3人以上死亡的事故 is no statement of this one


def facts_of(fields: Iterable[tuple[str, str]]) -> tuple[Fact, ...]:
    """What several texts state which are read as one, the first of each thing said twice alike."""
    facts: dict[tuple[str, str, str], Fact] = {}
    texts = tuple(fields)
    for field, text in texts:
        for fact in _facts(field, text):
            facts.setdefault((fact.about, fact.low, fact.high), fact)
    verdicts = {Verdict(fact.low) for fact in facts.values() if fact.about == CONCLUSION}
    several = any(opposed(one, other) for one in verdicts for other in verdicts)
    clear = [fact for fact in facts.values() if fact.about != CONCLUSION or not several]
    still = _still_missing(clear) if all(is_of_now(text) for _, text in texts) else []
    return tuple((*clear, *_at_least_injured(clear), *still)[:MOST_FACTS])


def _still_missing(facts: list[Fact]) -> list[Fact]:
    """Who is missing is not found yet, where nothing else is said of those who are left."""
    if any(fact.about == SubjectClass.STILL_TRAPPED for fact in facts):
        return []
    missing = [fact for fact in facts if fact.about == SubjectClass.MISSING]
    return [replace(fact, about=SubjectClass.STILL_TRAPPED.value) for fact in missing]


def _at_least_injured(facts: list[Fact]) -> list[Fact]:
    """Who is badly or lightly injured is injured: where no figure is given of all,
    there are so many at least.
    """
    parts = [fact for fact in facts if fact.about in _PARTS_OF_INJURED and int(Fraction(fact.low))]
    if not parts or any(fact.about == SubjectClass.INJURED for fact in facts):
        return []
    most = max(parts, key=lambda fact: Fraction(fact.low))
    return [replace(most, about=SubjectClass.INJURED.value, high=_ANY_MORE)]


@lru_cache(maxsize=4096)
def facts_of_claim(subject: str, value: str) -> tuple[Fact, ...]:
    """What somebody typed, as a text would state it."""
    stated = tuple(_facts("", f"{subject}:{value}"))
    if stated:
        return stated
    about, text = class_of(subject), seen(value).text
    times = tuple(moments(text))
    counts = tuple(quantities(_blanked(text, [(time.start, time.end) for time in times])))
    if about is not None and len(counts) == 1 and counts[0].unit in UNIT_OF[about]:
        return (_fact(about.value, counts[0], "", (0, 0)),)
    if _OF_TIME.search(subject) and len(times) == 1:
        return (_occurred(times[0], "", (0, 0)),)
    return ()


def contradict(one: Fact, other: Fact) -> bool:
    """Whether two facts about one thing cannot both be true."""
    if one.about == CONCLUSION:
        return opposed(Verdict(one.low), Verdict(other.low))
    if one.about in PERSONS:
        return other_person(one.low, other.low)
    if one.about in PLACES:
        return other_place(one.low, other.low)
    if one.about == OCCURRED:
        return _at_other_times(moment_of(one), moment_of(other))
    return Fraction(one.high or one.low) < Fraction(other.low) or Fraction(
        other.high or other.low
    ) < Fraction(one.low)


def _at_other_times(one: Moment, other: Moment) -> bool:
    """Whether two times cannot be one: a day alone agrees with any time of that day."""
    if one.seconds is not None and other.seconds is not None:
        return not one.agrees(other)
    pairs = ((one.year, other.year), (one.month, other.month), (one.day, other.day))
    return any(mine is not None and theirs is not None and mine != theirs for mine, theirs in pairs)


def moment_of(fact: Fact) -> Moment:
    """The day and time that such a fact holds."""
    year, month, day, seconds = (int(part) if part else None for part in fact.low.split("/"))
    return Moment(
        start=0,
        end=0,
        year=year,
        month=month,
        day=day,
        seconds=seconds,
        by_the_hour="h" in fact.unit,
        vague="~" in fact.unit,
    )


def _facts(field: str, text: str) -> Iterator[Fact]:
    plain = _without_asides(seen(text))
    for sentence in _SENTENCE.finditer(plain.text):
        yield from _of_sentence(field, plain, sentence[0], sentence.start())


def _of_sentence(field: str, plain: Plain, sentence: str, begin: int) -> Iterator[Fact]:
    def place(start: int, end: int) -> tuple[int, int]:
        first, last = plain.span(begin + start, begin + end)
        return first, last - first

    times = tuple(moments(sentence))
    if (event := _happened(sentence, times)) is not None:
        yield _occurred(event, field, place(event.start, event.end))
    for party in (*persons(sentence), *places(sentence, _HAPPENED)):
        start, length = place(party.start, party.end)
        yield Fact(about=party.about.value, low=party.name, field=field, start=start, length=length)
    for whole in wholes(sentence):
        start, length = place(whole.start, whole.end)
        number = _number(whole.left)
        yield Fact(about=whole.about.value, low=number, unit="人", field=field, start=start, length=length)
    nobody = tuple(_NOBODY.finditer(sentence))
    for match in nobody:
        yield from _nobody(match, field, place(match.start(), match.end()))
    blank = _blanked(
        _blanked(sentence, [(time.start, time.end) for time in times]), [match.span() for match in nobody]
    )
    for about, count in () if _ANOTHER_YEAR.search(sentence) else _counted(blank):
        yield _fact(about.value, count, field, place(count.start, count.end))
    verdict = conclusion_of(sentence)
    if verdict is not None:
        yield Fact(
            about=CONCLUSION,
            low=verdict.value,
            field=field,
            start=place(0, 1)[0],
            length=place(0, len(sentence))[1],
        )


def _without_asides(plain: Plain) -> Plain:
    """The text without what counts once more what it has counted: 3人(含1名儿童)死亡."""
    places, last = list[int](), 0
    for match in _ASIDE.finditer(plain.text):
        if SUBJECT.search(match[0]):  # (其中2人重伤) states something of its own
            continue
        places.extend(range(last, match.start()))
        last = match.end()
    if not last:
        return plain
    places.extend(range(last, len(plain.text)))
    return Plain(
        "".join(plain.text[place] for place in places), tuple(plain.places[place] for place in places)
    )


def _happened(sentence: str, times: tuple[Moment, ...]) -> Moment | None:
    """When it happened: the time right behind the word for that,
    else the last before the deed in its own clause, with its day.
    """
    days = [time for time in times if time.day is not None]
    for time in days:
        if _HAPPENED_AT.search(sentence, max(0, time.start - _FAR), time.start):
            return time
    ends = [time.end for time in days]
    for match in _HAPPENED.finditer(sentence):
        place = bisect_left(ends, match.start() + 1)
        if not place or match.start() - ends[place - 1] >= _FAR_FROM_ITS_TIME:
            continue
        between = sentence[ends[place - 1] : match.start()].removeprefix(",")
        if not _ELSEWHERE.search(between):
            return days[place - 1]
    return None


def _blanked(sentence: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces: list[str] = []
    last = 0
    for start, end in spans:
        pieces += (sentence[last:start], "," * (end - start))
        last = end
    return "".join((*pieces, sentence[last:]))


def _nobody(match: re.Match[str], field: str, place: tuple[int, int]) -> Iterator[Fact]:
    what = match[1] or match[2] or match[3]
    abouts = (SubjectClass.DEATHS, SubjectClass.INJURED) if what == "伤亡" else (class_of(what),)
    for about in abouts:
        if about is not None:
            yield Fact(about=about.value, low="0", unit="人", field=field, start=place[0], length=place[1])


def _counted(sentence: str) -> Iterator[tuple[SubjectClass, Quantity]]:
    """The figures of a sentence with what they are about: the word right after them in their clause,
    else the one before.
    """
    words = [
        (match.start(), match.end(), SubjectClass(str(match.lastgroup)))
        for match in SUBJECT.finditer(sentence)
    ]
    counts = [
        count
        for count in quantities(sentence)
        if not _AS_LAW.search(sentence, count.start, count.end + 3)
        and not _MAY_BE.search(sentence, max(0, count.start - _FAR), count.start)
    ]
    starts = [word[0] for word in words]
    last = 0
    for number, count in enumerate(counts):
        following = counts[number + 1].start if number + 1 < len(counts) else len(sentence)
        near = words[bisect_left(starts, last) : bisect_left(starts, count.start)]
        before = [word for word in near if word[1] <= count.start <= word[1] + 4]
        after = words[bisect_left(starts, count.end) : bisect_left(starts, min(following, count.end + _FAR))]
        if before and not _CLAUSE_ENDS.search(sentence, before[-1][1], count.start):
            yield from _fitting(before[-1][2], count)
        elif after and not _CLAUSE_ENDS.search(sentence, count.end, after[0][0]):
            if after[0][2] is not SubjectClass.INJURED or not sentence.endswith("其中", 0, count.start):
                yield from _fitting(after[0][2], count)  # 其中1名伤者 is one of the injured, not all of them
            last = after[0][1]  # 3死5伤: what one figure is about, the next one is not
            continue
        last = count.end


def _fitting(about: SubjectClass, count: Quantity) -> Iterator[tuple[SubjectClass, Quantity]]:
    if count.unit in UNIT_OF[about] and (count.unit or about in HEADS):
        yield about, count


def _fact(about: str, count: Quantity, field: str, place: tuple[int, int]) -> Fact:
    high = "" if count.is_exact else _number(count.high)
    unit = count.unit or "人"
    return Fact(
        about=about,
        low=_number(count.low),
        high=high,
        unit=unit,
        field=field,
        start=place[0],
        length=place[1],
    )


def _number(number: Fraction) -> str:
    return (
        str(number.numerator) if number.denominator == 1 else f"{float(number):.2f}".rstrip("0").rstrip(".")
    )


def _occurred(time: Moment, field: str, place: tuple[int, int]) -> Fact:
    parts = (time.year, time.month, time.day, time.seconds)
    low = "/".join("" if part is None else str(part) for part in parts)
    unit = ("h" if time.by_the_hour else "") + ("~" if time.vague else "")
    return Fact(about=OCCURRED, low=low, unit=unit, field=field, start=place[0], length=place[1])
