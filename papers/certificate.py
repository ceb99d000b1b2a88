"""时限凭证: what was owed by whom, by which rule, what became of it, and who failed,
in words that a stranger reads (issue 13, section 4).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from domain.case.obligations import (
    Obligation,
    ObligationEvent,
    ObligationOpened,
)
from domain.case.state import Incident
from domain.catalogue import CaseEvent, Decision
from domain.terms.free_texts import filled, length, references
from papers.following import following, iso
from words.labels import word
from words.language import Language, speak, spoken
from words.timeline import TimelineItem, timeline

FORMAT: Final = "huiying-certificate/1"
PROVES: Final = (
    "所列记录在签署时都在存证日志之中，此后没有改动，次序如此；裁定由这些记录按所列规则得出，可以重算。"
    " Each record named here stood in the signed log, unchanged since; the verdict follows from them by the"
    " rule named."
)
CANNOT: Final = (
    "不能证明录入时是否属实，也不能证明从未登记的事；没有存证点留存在外时，"
    "不能证明掌握整台机器的人没有重写全部记录。"
    " It cannot prove that what was entered is true, nor what was never entered; nor,"
    " without a checkpoint kept"
    " elsewhere, that whoever holds the whole machine did not write everything anew."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedBeside:
    """What the log of a case does not hold: notices about the obligation with their receipts,
    and healings of the case; each as JSON.
    """

    notices: Sequence[Mapping[str, Any]] = ()
    healings: Sequence[Mapping[str, Any]] = ()


def statement(
    incident: Incident,
    obligation: Obligation,
    decisions: Sequence[Decision],
    sentences: Mapping[str, str],
    beside: PrintedBeside,
) -> dict[str, Any]:
    """What a certificate says of an obligation, as JSON, in Chinese whatever language was spoken.

    `decisions` are those that name the obligation or what fulfilled it,
    with the registration and the last of the case, in their order.
    """
    before = spoken()
    speak(Language.CHINESE)
    try:
        return _statement(incident, obligation, decisions, sentences, beside)
    finally:
        speak(before)


def numbers_about(obligation: Obligation, decisions: Iterable[Decision]) -> frozenset[int]:
    """The numbers of the events about an obligation, its papers and what fulfilled it."""
    return frozenset(_about(obligation, decisions))


def _statement(
    incident: Incident,
    obligation: Obligation,
    decisions: Sequence[Decision],
    sentences: Mapping[str, str],
    beside: PrintedBeside,
) -> dict[str, Any]:
    last = decisions[-1]
    follows = following(incident, obligation, decisions)
    return {
        "case": {
            "incident_id": incident.incident_id,
            "number": incident.number,
            "title": incident.title,
            "is_drill": incident.drill is not None,
            "marking": word(incident.gravest_marking) if incident.gravest_marking.rank else "",
            "registered_at": iso(incident.registered_at),
        },
        "until": {"record": last.last_number, "at": iso(last.now)},
        "owed": {**follows["owed"], "sentence": sentences.get(obligation.clause, "")},
        "law": {
            **follows["law"],
            "response_class": word(incident.response_class),
            "emergency_grade": word(incident.grade),
            "warning_level": word(incident.level) if incident.level else "",
        },
        "clock": follows["clock"],
        "outcome": follows["outcome"],
        "verdict": follows["verdict"],
        "course": list(_course(incident, obligation, decisions, sentences)),
        "publication": follows["publication"],
        "notices": list(beside.notices),
        "healings": list(beside.healings),
        "proves": PROVES,
        "cannot": CANNOT,
    }


def _course(
    incident: Incident, obligation: Obligation, decisions: Sequence[Decision], sentences: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """The events about the obligation, its papers and what fulfilled it, the earliest first;
    texts of people are told by their length.
    """
    lengths = {name: f"（原文 {length(name)} 字）" for name in references(tuple(decisions))}
    numbers = _about(obligation, decisions)
    entries = timeline(incident, filled(tuple(decisions), lengths), sentences)
    for entry in sorted(_flat(entries), key=lambda entry: entry.number):
        if entry.number in numbers:
            yield {
                "record": entry.number,
                "at": iso(datetime.fromisoformat(entry.happened.iso)),
                "recorded_at": iso(datetime.fromisoformat(entry.recorded.iso)) if entry.recorded else None,
                "kind": numbers[entry.number].kind,
                "who": entry.who,
                "what": entry.name,
                "text": entry.text,
            }


def _about(obligation: Obligation, decisions: Iterable[Decision]) -> dict[int, CaseEvent]:
    wanted = {name for name in (obligation.id, obligation.evidence) if name}
    return {
        number: event
        for decided in decisions
        for number, event in enumerate(decided.events, start=decided.first_number)
        if _is_about(event, wanted) and not _is_of_another(event, obligation.id)
    }


def _flat(entries: Iterable[TimelineItem]) -> Iterator[TimelineItem]:
    for entry in entries:
        yield entry
        yield from _flat(entry.follows)


def _is_of_another(event: CaseEvent, name: str) -> bool:
    """Whether it is what became of another obligation, which the same deed met or brought about."""
    if isinstance(event, ObligationOpened):
        return event.obligation.id != name
    return isinstance(event, ObligationEvent) and event.obligation != name


def _is_about(value: Any, names: set[str]) -> bool:
    """Whether a field of an event, or of a record in it, is one of these names."""
    if isinstance(value, str):
        return value in names
    if isinstance(value, tuple):
        return any(_is_about(one, names) for one in value)
    fields = getattr(type(value), "__dataclass_fields__", {})
    return any(_is_about(getattr(value, name), names) for name in fields if name != "law")
