"""情况明确、底数清楚: what a draft leaves unsaid, as advice to who writes and reviews it;
it blocks nothing (R327, R101).
"""

import re
from enum import StrEnum
from hashlib import sha256
from typing import Final

from domain.case.records import Draft
from domain.case.state import Incident
from domain.case.texts import texts
from domain.law.regulation import Law
from domain.terms.personal_data import folded


class Point(StrEnum):
    """What a notice ought to say, and that it rests on evidence."""

    WHO = "who"
    WHAT = "what"
    WHEN = "when"
    WHERE = "where"
    HOW_MANY = "how_many"
    CAUSE = "cause"
    MEASURES = "measures"
    NEXT = "next"
    EVIDENCE = "evidence"


# Words by which a text shows that it speaks of a point.
# They say that something is said, not that it is said well.
_SAID = {
    Point.WHO: re.compile(
        r"局|镇政府|街道办|委员会|公司|企业|学校|医院|中心|单位|人员|者|[我本](?:局|镇|乡|市|街道)|某"
    ),
    Point.WHEN: re.compile(r"\d{1,2}月\d{1,2}日|\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[时点:]|今日|昨日|当日|近日"),
    Point.WHERE: re.compile(r"镇|乡|街道|村|社区|路|街|大道|小区|花园|园区|河|学校|医院|门店|车间|市场"),
    Point.HOW_MANY: re.compile(
        r"[0-9一二三四五六七八九十百千万两]+(?:余|多)?[人名个起户辆件处家例台份米吨元%次]|无人员伤亡|未造成"
    ),
    Point.CAUSE: re.compile(r"因|由于|原因|系|导致|所致|引发|引起"),
    Point.NEXT: re.compile(r"下一步|将|继续|预计|后续|尽快|拟|及时公布|及时通报"),
}

_MOST: Final = 10_000  # some two megabytes
# By the digest of the text that was read: the text itself is not remembered.
_POINTS: Final[dict[bytes, frozenset[Point]]] = {}


def unsaid(incident: Incident, draft: Draft) -> tuple[Point, ...]:
    """The points of which a draft says nothing, read off its blocks, its claims and the words it uses (R327).

    A unit of the registry named says who, a promised publication what comes next.
    """
    said = {Point.WHAT} if draft.facts.strip() else set()
    text = "\n".join(content for _, content in texts(draft))
    said |= _read(text)
    if Point.WHO not in said and _names_a_unit(text, incident.law):
        said.add(Point.WHO)
    if draft.interim is not None:
        said.add(Point.NEXT)
    if draft.measures.strip():
        said.add(Point.MEASURES)
    if draft.evidence:
        said.add(Point.EVIDENCE)
    return tuple(point for point in Point if point not in said)


def _read(text: str) -> frozenset[Point]:
    """The points of which the words of a text speak; read once,
    since each answer on a case asks it of every draft.
    """
    digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
    points = _POINTS.get(digest)
    if points is None:
        plain = folded(text)
        points = frozenset(point for point, words in _SAID.items() if words.search(plain))
        if len(_POINTS) >= _MOST:
            _POINTS.clear()
        _POINTS[digest] = points
    return points


def _names_a_unit(text: str, law: Law) -> bool:
    plain = folded(text)
    return any(unit.name in plain for unit in law.units)


def advice(incident: Incident) -> dict[str, tuple[Point, ...]]:
    """What each draft that is still to go out leaves unsaid, by its id."""
    published = {item.draft for item in incident.publications}
    return {
        draft.id: unsaid(incident, draft)
        for draft in incident.drafts
        if draft.id not in published and not draft.returned
    }
