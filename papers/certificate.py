"""时限凭证: what was owed by whom, by which rule, what became of it, and who failed, in words that a stranger reads (issue 13, section 4)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from domain.case.obligations import (
    OVERLAY_KINDS,
    RESPONSE_KINDS,
    Obligation,
    ObligationEvent,
    ObligationOpened,
    Status,
)
from domain.case.records import Publication
from domain.case.state import Incident
from domain.catalogue import CaseEvent, Decision
from domain.terms.free_texts import filled, length, references
from domain.terms.vocabulary import ClockStart
from papers.outcome import outcome
from words.cards import holder_name, unit_name
from words.clauses import clause_name
from words.computation import computation, computation_warning, was_counted_again
from words.event_text.rules import cause_words
from words.labels import label, word
from words.language import Language, speak, spoken
from words.platforms import platforms
from words.timeline import Entry, timeline
from words.wording import absolute, duration, limit_words

FORMAT: Final = "huiying-certificate/1"
_BY_REGISTRATION: Final = frozenset(ClockStart)
PROVES: Final = (
    "所列记录在签署时都在存证日志之中，此后没有改动，次序如此；裁定由这些记录按所列规则得出，可以重算。"
    " Each record named here stood in the signed log, unchanged since; the verdict follows from them by the rule named."
)
CANNOT: Final = (
    "不能证明录入时是否属实，也不能证明从未登记的事；没有存证点留存在外时，不能证明掌握整台机器的人没有重写全部记录。"
    " It cannot prove that what was entered is true, nor what was never entered; nor, without a checkpoint kept"
    " elsewhere, that whoever holds the whole machine did not write everything anew."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What the log of a case does not hold: notices about the duty with their receipts, and healings of the case; each as JSON."""

    notices: Sequence[Mapping[str, Any]] = ()
    healings: Sequence[Mapping[str, Any]] = ()


def statement(
    incident: Incident,
    duty: Obligation,
    decisions: Sequence[Decision],
    sentences: Mapping[str, str],
    beside: Beside,
) -> dict[str, Any]:
    """What a certificate says of an obligation, as JSON, in Chinese whatever language was spoken.

    `decisions` are those that name the duty or what fulfilled it, with the registration and the last of the case, in their order.
    """
    before = spoken()
    speak(Language.CHINESE)
    try:
        return _statement(incident, duty, decisions, sentences, beside)
    finally:
        speak(before)


def numbers_about(duty: Obligation, decisions: Iterable[Decision]) -> frozenset[int]:
    """The numbers of the events about a duty, its papers and what fulfilled it."""
    return frozenset(_about(duty, decisions))


def _statement(
    incident: Incident,
    duty: Obligation,
    decisions: Sequence[Decision],
    sentences: Mapping[str, str],
    beside: Beside,
) -> dict[str, Any]:
    last = decisions[-1]
    opened = next(decided for decided in decisions if _opens(decided, duty.id))
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
        "owed": {
            "by": holder_name(incident, duty.unit),
            "what": word(duty.kind),
            "why": cause_words(duty.cause),
            "clause": clause_name(duty.clause) if duty.clause else "",
            "sentence": sentences.get(duty.clause, ""),
        },
        "law": {
            "title": incident.law.title,
            "regulation": incident.law.regulation,
            "version": incident.law.version,
            "edition": incident.law.edition,
            "digest": incident.law.digest,
            "response_class": word(incident.response_class),
            "emergency_grade": word(incident.grade),
            "warning_level": word(incident.level) if incident.level else "",
        },
        "clock": _clock(incident, duty, opened),
        "outcome": outcome(duty),
        "verdict": dict(zip(("chinese", "english"), verdict(incident, duty, last.now), strict=True)),
        "course": list(_course(incident, duty, decisions, sentences)),
        "publication": _publication(incident, duty),
        "notices": list(beside.notices),
        "healings": list(beside.healings),
        "proves": PROVES,
        "cannot": CANNOT,
    }


def iso(instant: datetime) -> str:
    """An instant in UTC, to the second."""
    return instant.astimezone(UTC).isoformat(timespec="seconds")


def _opens(decided: Decision, name: str) -> bool:
    return any(event.kind == "obligation_opened" and event.obligation.id == name for event in decided.events)


def _clock(incident: Incident, duty: Obligation, opened: Decision) -> dict[str, Any]:
    computed = duty.computed
    in_workdays = computed.limit.endswith(" workdays")
    return {
        "start": iso(duty.clock_start),
        "start_is": label("computation_base", computed.base).here,
        "start_from": _source(incident, duty, opened),
        "limit": "" if computed.rule == "promise" else limit_words(computed.limit),
        "rule": label("computation_rule", computed.rule).here,
        "parameter": computed.limit,
        "computation": computation(duty, incident),
        "calendar": _calendar(incident) if in_workdays else "自然时间，不用工作日历",
        "warning": computation_warning(duty),
        "due": iso(duty.due_at),
        "armed": iso(opened.now),
        "late_evidence": limit_words(f"PT{incident.law.limits.late_evidence.total_seconds() / 3600:g}H")
        if duty.kind in RESPONSE_KINDS
        else "",
    }


def _source(incident: Incident, duty: Obligation, opened: Decision) -> str:
    """Where the start of the clock stands, and who entered it."""
    if duty.computed.base in _BY_REGISTRATION:
        entered = f"第 1 号记录，{unit_name(incident.law, incident.registrant.unit)}登记"
        return f"{entered}；后经更正" if incident.clock_corrections else entered
    number = next(
        number
        for number, event in enumerate(opened.events, start=opened.first_number)
        if event.kind == "obligation_opened" and event.obligation.id == duty.id
    )
    return f"第 {number} 号记录"


def _calendar(incident: Incident) -> str:
    years = "、".join(map(str, incident.law.calendar.years)) or "无"
    return f"工作日历：{years}年"


def _course(
    incident: Incident, duty: Obligation, decisions: Sequence[Decision], sentences: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """The events about the duty, its papers and what fulfilled it, the earliest first; texts of people are told by their length."""
    lengths = {name: f"（原文 {length(name)} 字）" for name in references(tuple(decisions))}
    numbers = _about(duty, decisions)
    told = timeline(incident, filled(tuple(decisions), lengths), sentences)
    for entry in sorted(_flat(told), key=lambda entry: entry.number):
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


def _about(duty: Obligation, decisions: Iterable[Decision]) -> dict[int, CaseEvent]:
    wanted = {name for name in (duty.id, duty.evidence) if name}
    return {
        number: event
        for decided in decisions
        for number, event in enumerate(decided.events, start=decided.first_number)
        if _is_about(event, wanted) and not _is_of_another(event, duty.id)
    }


def _flat(entries: Iterable[Entry]) -> Iterator[Entry]:
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


def _publication(incident: Incident, duty: Obligation) -> dict[str, Any] | None:
    """The publication by which the duty was met; None where there is none, or it was met by something else."""
    met_by = next((item for item in incident.publications if item.id == duty.evidence), None)
    return _told(incident, met_by) if met_by is not None else None


def _told(incident: Incident, item: Publication) -> dict[str, Any]:
    held = incident.held_draft(item.draft)
    return {
        "id": item.id,
        "title": held.title if held else "",
        "form": word(item.form),
        "channels": platforms(incident.law, item.channels),
        "published_at": iso(item.published_at),
        "received_at": iso(item.received_at),
        "withdrawn_at": iso(item.withdrawn_at) if item.withdrawn_at else None,
        "superseded_by": list(item.superseded_by),
        "irregular": [word(rule) for rule in item.irregular],
        "evidence": [{"url": proof.url, "sha256": proof.sha256} for proof in item.evidence],
    }


def verdict(incident: Incident, duty: Obligation, at: datetime) -> tuple[str, str]:
    """Who failed, in Chinese and English; `at` is when the last record of the case was made."""
    who = holder_name(incident, duty.unit)
    name = unit_name(incident.law, duty.unit or incident.receiving_office)
    chinese, english = _verdict(duty, at, who, name)
    if duty.reopened_at is not None:
        chinese += f"此前的公布已撤回，{absolute(duty.reopened_at)} 起重新应办。"
        english += f" What had met it was withdrawn: owed again since {absolute(duty.reopened_at)}."
    if duty.status is Status.BREACHED and not duty.scored:
        chinese += (
            "不计考评。" if _was_late_already(duty) else "承办单位在到期之后才确定，或属内部目标，不计考评。"
        )
        english += " Not scored."
    if duty.status is Status.BREACHED and incident.oversight.tolerates(duty.id):
        chinese += "已获容错，免予扣分；超时记录保留。"
        english += " Deductions were waived; the breach stays on record."
    if incident.drill is not None:
        chinese, english = f"演练，不是真实事件。{chinese}", f"A drill. {english}"
    return chinese, english


def _verdict(duty: Obligation, at: datetime, who: str, name: str) -> tuple[str, str]:
    due, done = absolute(duty.due_at), duty.fulfilled_at
    match duty.status:
        case Status.OPEN:
            return (
                f"尚无定论：到期时刻 {due}，截至本凭证所列最后一条记录尚未完成，也没有记下超时。",
                f"Open: due {due}; neither done nor breached by the last record named here.",
            )
        case Status.ON_TIME | Status.ON_TIME_LATE_EVIDENCE if done is not None:
            why, by = _second_look(duty)
            spare = duration(max(duty.due_at - done, timedelta(0)))
            return (
                f"按时{why}：{who}于 {absolute(done)} 完成，比到期时刻 {due} 早 {spare}。没有单位失责。",
                f"On time{by}: done {absolute(done)}, due {due}. Nobody failed.",
            )
        case Status.BREACHED:
            return _breached(duty, at, who, name)
        case Status.PASSED:
            return (
                f"提示时限 {due} 已过，此前没有收到{who}的办理。{_why_no_breach(duty)}，不计超时，不计考评。",
                f"A limit that is no breach, due {due}, went by.",
            )
        case Status.SUPERSEDED | Status.VOID if duty.superseded_at is not None:
            return _ended(duty, absolute(duty.superseded_at))
        case _:
            return word(duty.status), duty.status.value


def _second_look(duty: Obligation) -> tuple[str, str]:
    """By what a breach that was recorded turned out to be none, where it did."""
    if duty.status is not Status.ON_TIME_LATE_EVIDENCE:
        return "", ""
    if was_counted_again(duty):
        return (
            "（工作日历补齐后重新计算，原记超时不成立）",
            " (counted again by the working calendar entered since)",
        )
    return "（证据后补，经认定）", " (by evidence registered late, and accepted)"


def _why_no_breach(duty: Obligation) -> str:
    if not duty.advisory:
        return "它产生时已经过期"
    return "这是上位规定的提示" if duty.kind in OVERLAY_KINDS else "这只是提示"


def _ended(duty: Obligation, at: str) -> tuple[str, str]:
    """What fell away without a breach that stands: done already, gone by, or before it was due."""
    ended, told = (
        ("由新的任务接替", "another duty took its place")
        if duty.status is Status.SUPERSEDED
        else ("不再需要", "it fell away")
    )
    if duty.fulfilled_at is not None:
        done = absolute(duty.fulfilled_at)
        return f"{done} 已经办理；{at} {ended}。没有单位失责。", f"Done {done}; {at}: {told}. Nobody failed."
    if duty.superseded_at is not None and duty.superseded_at > duty.due_at:
        gone, gone_by = _gone_by(duty, absolute(duty.due_at))
        return f"{gone}；{at} {ended}。没有单位失责。", f"{gone_by}; {at}: {told}. Nobody failed."
    return (
        f"未到期即终止：{at} {ended}，此前没有超时。没有单位失责。",
        f"Ended before it was due ({at}): {told}. Nobody failed.",
    )


def _gone_by(duty: Obligation, due: str) -> tuple[str, str]:
    """Why a due instant that went by before the duty fell away is no breach: advice, late already, or taken back."""
    if duty.advisory:
        return f"提示时限 {due} 已过，不计超时", f"A limit that is no breach, due {due}, went by"
    if duty.created_at > duty.due_at:
        return f"到期时刻 {due} 已过，它产生时已经过期，不计超时", f"Due {due}, before it arose: no breach"
    return f"到期时刻 {due} 已过，所记超时已撤回", f"Due {due}; the breach that was recorded is taken back"


def _was_late_already(duty: Obligation) -> bool:
    """Whether its unit was named only when the due instant had gone by."""
    return not duty.scored and duty.created_at > duty.due_at


def _breached(duty: Obligation, at: datetime, who: str, name: str) -> tuple[str, str]:
    chinese, english = _missed(duty, at, who)
    if duty.provisional:
        return chinese, english
    if _was_late_already(duty):
        return (
            f"{chinese}失责的不是{name}：到期之后才由其承办；此前由谁承担，见本件其他任务的凭证。",
            f"{english} {name} did not fail: it was named after the due instant; see the obligation before.",
        )
    return f"{chinese}失责的是{name}。", f"{english} {name} failed."


def _missed(duty: Obligation, at: datetime, who: str) -> tuple[str, str]:
    """What was not done by the due instant, and what was done since; nothing of whose fault it is."""
    due, done = absolute(duty.due_at), duty.fulfilled_at
    if done is not None and duty.provisional:
        return (
            f"暂定超时：到期时刻 {due} 之前没有收到{who}的办理；其称已于 {absolute(done)} 办理，证据后补，尚待认定。",
            f"Breached for now: done {absolute(done)} by evidence registered late, which is still to be judged.",
        )
    if done is not None and done <= duty.due_at:
        return (
            f"超时：到期时刻 {due} 之前没有收到{who}的办理；其称已于 {absolute(done)} 办理，登记在到期之后，没有认定为按时。",
            f"Breached: due {due}; said to be done {absolute(done)}, registered after it was due and not accepted as timely.",
        )
    if done is not None:
        return (
            f"超时：{who}没有在 {due} 前完成，{absolute(done)} 才补办，晚了 {duration(done - duty.due_at)}。",
            f"Breached: due {due}, done {absolute(done)}, late by {_in_english(done - duty.due_at)}.",
        )
    if duty.superseded_at is not None:
        return (
            f"超时：{who}没有在 {due} 前完成；{absolute(duty.superseded_at)} 起由其他任务接替或不再需要。",
            f"Breached: due {due}, never done; it ended {absolute(duty.superseded_at)}.",
        )
    late = duration(max(at - duty.due_at, timedelta(0)))
    return (
        f"超时：{who}没有在 {due} 前完成，截至 {absolute(at)} 仍未完成，已超 {late}。",
        f"Breached: due {due}, not done by {absolute(at)}, {_in_english(at - duty.due_at)} late.",
    )


def _in_english(span: timedelta) -> str:
    minutes = max(int(span.total_seconds()), 0) // 60
    return f"{minutes // 60} h {minutes % 60:02} min"
