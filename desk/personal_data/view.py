"""What the office sees of one person's data: the places where it stands, each with what was done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from domain.terms.vocabulary import Marking
from storage.personal_data import MOST, TextPlace, Where
from storage.reductions import Reduction, ReductionCause
from words.language import marked, say
from words.wording import MomentText, moment

_WHERE: Final = {
    Where.TEXT: marked("文字"),
    Where.ROW: marked("旧版本记录中的文字"),
    Where.ATTACHMENT: marked("附件名称"),
    Where.CASE: marked("标题、链接等"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedCorrection:
    """A correction that the office noted of a text."""

    at: MomentText
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLine:
    """One place; `value` names it in the form, `may` says what may be done about it."""

    number: str
    title: str
    marking: Marking
    href: str
    where: str
    excerpt: str
    value: str
    may: str
    is_chosen: bool
    corrections: tuple[NotedCorrection, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataPage:
    """The form with what was typed, and what came of it; `lines` None before anything was looked for."""

    text: str = ""
    reason: str = ""
    trouble: str = ""
    done: str = ""
    lines: tuple[PlaceLine, ...] | None = None
    has_more: bool = False


def personal_data_page(
    text: str,
    places: Sequence[TextPlace],
    acts: Mapping[str, Sequence[Reduction]],
    *,
    chosen: str,
    reason: str,
    trouble: str,
    done: str,
) -> PersonalDataPage:
    """The page of what was found; of each kind of place so many at most."""
    in_order = [place for where in Where for place in [one for one in places if one.where is where][:MOST]]
    return PersonalDataPage(
        text=text,
        reason=reason,
        trouble=trouble,
        done=done,
        lines=tuple(_line(place, acts.get(place.incident_id, ()), chosen) for place in in_order),
        has_more=len(in_order) < len(places),
    )


def _line(place: TextPlace, acts: Sequence[Reduction], chosen: str) -> PlaceLine:
    value = f"{place.incident_id} {place.about}"
    return PlaceLine(
        number=place.number,
        title=place.title,
        marking=place.marking,
        href=f"/incidents/{place.incident_id}",
        where=say(_WHERE[place.where]),
        excerpt=place.excerpt,
        value=value,
        may=_may(place),
        is_chosen=value == chosen,
        corrections=tuple(
            NotedCorrection(at=moment(act.at), reason=act.reason)
            for act in acts
            if act.why is ReductionCause.CORRECTED and act.about == place.about
        ),
    )


def _may(place: TextPlace) -> str:
    if place.is_reducible and place.where is Where.ROW:
        return say("可删减、更正；删减后，载有这段文字的旧版本记录和历史的内容不能再证明")
    if place.is_reducible:
        return say("可删减、更正")
    return say("在办，可更正") if place.where is Where.TEXT else say("可更正")
