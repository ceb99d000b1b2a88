"""Why a step was not taken, and what to do: said once on top, and again beside each field at fault."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from api.errors import Text, content_of, said_here, status_of
from casework.edge import Malformed
from casework.outcomes import Problem
from desk.step.form_prefill import nearest
from domain.law.regulation import Law
from domain.steps.assign import ANOTHER_SUBJECT
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Role
from domain.terms.vocabulary import KeyCategory, PublicationForm, ReviewStage, Stage, WarningLevel
from words.cards import unit_name
from words.labels import explanation_on_a_page, label, label_of
from words.language import Language, say, spoken
from words.platforms import platform_name

_NOWHERE: Final[Mapping[str, str]] = MappingProxyType({})
_CODES: Final[tuple[type[StrEnum], ...]] = (
    WarningLevel,
    KeyCategory,
    ReviewStage,
    PublicationForm,
    Role,
    Stage,
)
_FIELDS: Final = {  # where the field at fault is not the one that the refusal is about
    Reason.BELOW_FLOOR: "level",
    Reason.REVIEW_OUT_OF_ORDER: "stage",
    Reason.REVIEWER_REPEATED: "stage",
    Reason.KEY_CATEGORY_UNFOUNDED: "key_categories",
    Reason.PERSONAL_DATA: "draft",
    Reason.DISCREPANCY_OPEN: "draft",
    Reason.REVIEW_INCOMPLETE: "draft",
    Reason.SOURCE_ALONE: "channels",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormErrors:
    """Why a step was not taken, and what to do; `places` names what is at fault in words,
    `faults` by its field.
    """

    title: str
    advice: str
    clause: str
    places: tuple[tuple[str, str], ...] = ()
    faults: Mapping[str, str] = field(default_factory=lambda: _NOWHERE)


def malformed_errors(malformed: Malformed, names: Iterable[str]) -> FormErrors:
    """What cannot be read in what was typed."""
    known = tuple(names)
    text = Text(status=422, group="problems", code="malformed", faults=malformed.faults)
    content = content_of(text, explanation_on_a_page)
    is_english = spoken() is Language.ENGLISH
    faults = [
        (fault["pointer"], fault["detail_en"] if is_english else fault["detail"])
        for fault in content.get("errors", ())
    ]
    return FormErrors(
        title=say("有内容需要更正"),
        advice=say("请按下列说明更正后重新提交；已填写的内容都在。"),
        clause="",
        places=tuple((place_words(place), said) for place, said in faults),
        faults={name: said for place, said in faults if (name := nearest(place, known))},
    )


def refused_errors(law: Law, clause: str, refused: Refused, names: Iterable[str]) -> FormErrors:
    """Why the rules say no; `clause` is that of the step, for a refusal that has none of its own."""
    names_platform = refused.reason in {Reason.UNKNOWN_PLATFORM, Reason.SOURCE_ALONE}
    subject = platform_name(law, refused.detail) if names_platform else _subject(law, refused.detail)
    trouble = _told(
        Text(status=409, group="reasons", code=refused.reason, subject=subject, clause=clause), law
    )
    name = _field_at_fault(refused, tuple(names))
    return FormErrors(
        title=trouble.title,
        advice=trouble.advice,
        clause=trouble.clause,
        faults={name: trouble.advice} if name else {},
    )


def problem_errors(law: Law, problem: Problem) -> FormErrors:
    """What else stands in the way."""
    return _told(
        Text(status=status_of(problem), group="problems", code=problem.code, subject=problem.subject), law
    )


def place_words(place: str) -> str:
    """The fields on the way to a fault, as people read them: `公布证据 第1项 网址`;
    what is no field stays as it is.
    """
    parts = [part for part in re.split(r"[/.]", place) if part] if "/" in place else place.split(".")
    return " ".join(
        say("第{number}项", number=int(part) + 1) if part.isdecimal() else label("fields", part).here
        for part in parts
    )


def _field_at_fault(refused: Refused, names: tuple[str, ...]) -> str:
    if refused.reason in _FIELDS:
        return nearest(_FIELDS[refused.reason], names)
    if refused.reason is Reason.REASON_MISSING and refused.detail not in {"comment", "reason"}:
        return nearest("reason", names)
    return nearest(refused.detail, names)


def _subject(law: Law, detail: str) -> str:
    """What a refusal is about, as people call it."""
    head, _, code = detail.partition(":")
    if head == "level" and code:
        return say("与系统建议（{level}）不同的等级", level=label("WarningLevel", code).here)
    if head == ANOTHER_SUBJECT and code:
        return say("与建议不同的责任主体")
    for codes in _CODES:
        if detail in set(codes):
            return label_of(codes(detail)).here
    if detail.isdecimal():  # the number of an event, not a place in a list
        return detail
    return unit_name(law, detail) if law.knows(detail) else place_words(detail)


def _told(text: Text, law: Law) -> FormErrors:
    content = content_of(text, explanation_on_a_page)
    title, advice = said_here(content)
    return FormErrors(title=title, advice=advice, clause=law.clause(content.get("clause", "")))
