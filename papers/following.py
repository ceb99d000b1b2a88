"""What a certificate says that follows from its decisions and the rules alone,
so that whoever has them works it out again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from domain.case.obligations import RESPONSE_KINDS, Obligation
from domain.case.records import Publication
from domain.case.state import Incident
from domain.catalogue import Decision
from domain.incident import evolve
from domain.terms.copies import changed
from domain.terms.vocabulary import ClockStart
from papers.outcome import outcome
from papers.verdicts import verdict
from words.cards import holder_name, unit_name
from words.clauses import clause_name
from words.computation import computation, computation_warning
from words.event_text.rules import cause_words
from words.labels import label, word
from words.language import Language, speak, spoken
from words.platforms import platforms
from words.wording import limit_words

_BY_REGISTRATION: Final = frozenset(ClockStart)


def case_of(decisions: Iterable[Decision]) -> Incident | None:
    """The case as these decisions tell it, of which some may lack:
    an event that needs what is not here is passed over.
    """
    incident: Incident | None = None
    for decided in decisions:
        for number, event in enumerate(decided.events, start=decided.first_number):
            before = changed(incident, event_number=number - 1) if incident is not None else None
            try:
                incident = evolve(before, event)
            except Exception:  # noqa: BLE001, S112  a record that is not here is missed in many ways
                continue
    return incident


def following(incident: Incident, obligation: Obligation, decisions: Sequence[Decision]) -> dict[str, Any]:
    """What follows, by the members of a statement, in Chinese whatever language was spoken;
    `decisions` are in their order.

    Raises StopIteration where none of them opens the obligation.
    """
    before = spoken()
    speak(Language.CHINESE)
    try:
        return _following(incident, obligation, decisions)
    finally:
        speak(before)


def _following(incident: Incident, obligation: Obligation, decisions: Sequence[Decision]) -> dict[str, Any]:
    opened = next(decided for decided in decisions if _opens(decided, obligation.id))
    words = verdict(incident, obligation, decisions[-1].now)
    return {
        "owed": {
            "by": holder_name(incident, obligation.unit),
            "what": word(obligation.kind),
            "why": cause_words(obligation.cause),
            "clause": clause_name(obligation.clause) if obligation.clause else "",
        },
        "law": {
            "title": incident.law.title,
            "regulation": incident.law.regulation,
            "version": incident.law.version,
            "edition": incident.law.edition,
            "digest": incident.law.digest,
        },
        "clock": _clock(incident, obligation, opened),
        "outcome": outcome(obligation),
        "verdict": dict(zip(("chinese", "english"), words, strict=True)),
        "publication": _publication(incident, obligation),
    }


def parted(said: Mapping[str, Any], follows: Mapping[str, Any]) -> list[str]:
    """The members of a statement that say another thing than what follows, in their order."""
    return [name for name, value in follows.items() if _of_these(said.get(name), value) != value]


def _of_these(said: Any, value: Any) -> Any:
    """Of the values that are said, those that are worked out:
    an obligation's sentence and the grade are told by the house.
    """
    if isinstance(said, dict) and isinstance(value, dict):
        return {name: said[name] for name in said if name in value}
    return said


def iso(instant: datetime) -> str:
    """An instant in UTC, to the second."""
    return instant.astimezone(UTC).isoformat(timespec="seconds")


def _opens(decided: Decision, name: str) -> bool:
    return any(event.kind == "obligation_opened" and event.obligation.id == name for event in decided.events)


def _clock(incident: Incident, obligation: Obligation, opened: Decision) -> dict[str, Any]:
    computed = obligation.computed
    in_workdays = computed.limit.endswith(" workdays")
    return {
        "start": iso(obligation.clock_start),
        "start_is": label("computation_base", computed.base).here,
        "start_from": _source(incident, obligation, opened),
        "limit": "" if computed.rule == "promise" else limit_words(computed.limit),
        "rule": label("computation_rule", computed.rule).here,
        "parameter": computed.limit,
        "computation": computation(obligation, incident),
        "calendar": _calendar(incident) if in_workdays else "自然时间，不用工作日历",
        "warning": computation_warning(obligation),
        "due": iso(obligation.due_at),
        "armed": iso(opened.now),
        "late_evidence": limit_words(f"PT{incident.law.limits.late_evidence.total_seconds() / 3600:g}H")
        if obligation.kind in RESPONSE_KINDS
        else "",
    }


def _source(incident: Incident, obligation: Obligation, opened: Decision) -> str:
    """Where the start of the clock stands, and who entered it."""
    if obligation.computed.base in _BY_REGISTRATION:
        entered = f"第 1 号记录，{unit_name(incident.law, incident.registrant.unit)}登记"
        return f"{entered}；后经更正" if incident.clock_corrections else entered
    number = next(
        number
        for number, event in enumerate(opened.events, start=opened.first_number)
        if event.kind == "obligation_opened" and event.obligation.id == obligation.id
    )
    return f"第 {number} 号记录"


def _calendar(incident: Incident) -> str:
    years = "、".join(map(str, incident.law.calendar.years)) or "无"
    return f"工作日历：{years}年"


def _publication(incident: Incident, obligation: Obligation) -> dict[str, Any] | None:
    """The publication by which the obligation was met; None where there is none,
    or it was met by something else.
    """
    met_by = next((item for item in incident.publications if item.id == obligation.evidence), None)
    return _told(incident, met_by) if met_by is not None else None


def _told(incident: Incident, item: Publication) -> dict[str, Any]:
    draft = incident.held_draft(item.draft)
    return {
        "id": item.id,
        "title": draft.title if draft else "",
        "form": word(item.form),
        "channels": platforms(incident.law, item.channels),
        "published_at": iso(item.published_at),
        "received_at": iso(item.received_at),
        "withdrawn_at": iso(item.withdrawn_at) if item.withdrawn_at else None,
        "superseded_by": list(item.superseded_by),
        "irregular": [word(rule) for rule in item.irregular],
        "evidence": [{"url": proof.url, "sha256": proof.sha256} for proof in item.evidence],
    }
