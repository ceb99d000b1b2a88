"""Who failed, in a sentence of Chinese and one of English, as a certificate says it."""

from datetime import datetime, timedelta

from domain.case.obligations import OVERLAY_KINDS, Obligation, Status
from domain.case.state import Incident
from words.cards import holder_name, unit_name
from words.computation import was_counted_again
from words.labels import word
from words.wording import absolute, duration


def verdict(incident: Incident, obligation: Obligation, at: datetime) -> tuple[str, str]:
    """Who failed, in Chinese and English; `at` is when the last record of the case was made."""
    who = holder_name(incident, obligation.unit)
    name = unit_name(incident.law, obligation.unit or incident.receiving_office)
    chinese, english = _verdict(obligation, at, who, name)
    if obligation.reopened_at is not None:
        chinese += f"此前的公布已撤回，{absolute(obligation.reopened_at)} 起重新应办。"
        english += f" What had met it was withdrawn: owed again since {absolute(obligation.reopened_at)}."
    if obligation.status is Status.BREACHED and not obligation.scored:
        chinese += (
            "不计考评。"
            if _was_late_already(obligation)
            else "承办单位在到期之后才确定，或属内部目标，不计考评。"
        )
        english += " Not scored."
    if obligation.status is Status.BREACHED and incident.oversight.tolerates(obligation.id):
        chinese += "已获容错，免予扣分；超时记录保留。"
        english += " Deductions were waived; the breach stays on record."
    if incident.drill is not None:
        chinese, english = f"演练，不是真实事件。{chinese}", f"A drill. {english}"
    return chinese, english


def _verdict(obligation: Obligation, at: datetime, who: str, name: str) -> tuple[str, str]:
    due, done = absolute(obligation.due_at), obligation.fulfilled_at
    match obligation.status:
        case Status.OPEN:
            return (
                f"尚无定论：到期时刻 {due}，截至本凭证所列最后一条记录尚未完成，也没有记下超时。",
                f"Open: due {due}; neither done nor breached by the last record named here.",
            )
        case Status.ON_TIME | Status.ON_TIME_LATE_EVIDENCE if done is not None:
            why, by = _second_look(obligation)
            spare = duration(max(obligation.due_at - done, timedelta(0)))
            return (
                f"按时{why}：{who}于 {absolute(done)} 完成，比到期时刻 {due} 早 {spare}。没有单位失责。",
                f"On time{by}: done {absolute(done)}, due {due}. Nobody failed.",
            )
        case Status.BREACHED:
            return _breached(obligation, at, who, name)
        case Status.PASSED:
            return (
                (
                    f"提示时限 {due} 已过，此前没有收到{who}的办理。"
                    f"{_why_no_breach(obligation)}，不计超时，不计考评。"
                ),
                f"A limit that is no breach, due {due}, went by.",
            )
        case Status.SUPERSEDED | Status.VOID if obligation.superseded_at is not None:
            return _ended(obligation, absolute(obligation.superseded_at))
        case _:
            return word(obligation.status), obligation.status.value


def _second_look(obligation: Obligation) -> tuple[str, str]:
    """By what a breach that was recorded turned out to be none, where it did."""
    if obligation.status is not Status.ON_TIME_LATE_EVIDENCE:
        return "", ""
    if was_counted_again(obligation):
        return (
            "（工作日历补齐后重新计算，原记超时不成立）",
            " (counted again by the working calendar entered since)",
        )
    return "（证据后补，经认定）", " (by evidence registered late, and accepted)"


def _why_no_breach(obligation: Obligation) -> str:
    if not obligation.advisory:
        return "它产生时已经过期"
    return "这是上位规定的提示" if obligation.kind in OVERLAY_KINDS else "这只是提示"


def _ended(obligation: Obligation, at: str) -> tuple[str, str]:
    """What fell away without a breach that stands: done already, gone by, or before it was due."""
    ended, how_ended = (
        ("由新的任务接替", "another obligation took its place")
        if obligation.status is Status.SUPERSEDED
        else ("不再需要", "it fell away")
    )
    if obligation.fulfilled_at is not None:
        done = absolute(obligation.fulfilled_at)
        return (
            f"{done} 已经办理；{at} {ended}。没有单位失责。",
            f"Done {done}; {at}: {how_ended}. Nobody failed.",
        )
    if obligation.superseded_at is not None and obligation.superseded_at > obligation.due_at:
        gone, gone_by = _gone_by(obligation, absolute(obligation.due_at))
        return f"{gone}；{at} {ended}。没有单位失责。", f"{gone_by}; {at}: {how_ended}. Nobody failed."
    return (
        f"未到期即终止：{at} {ended}，此前没有超时。没有单位失责。",
        f"Ended before it was due ({at}): {how_ended}. Nobody failed.",
    )


def _gone_by(obligation: Obligation, due: str) -> tuple[str, str]:
    """Why a due instant that went by before the obligation fell away is no breach:
    advice, late already, or taken back.
    """
    if obligation.advisory:
        return f"提示时限 {due} 已过，不计超时", f"A limit that is no breach, due {due}, went by"
    if obligation.created_at > obligation.due_at:
        return f"到期时刻 {due} 已过，它产生时已经过期，不计超时", f"Due {due}, before it arose: no breach"
    return f"到期时刻 {due} 已过，所记超时已撤回", f"Due {due}; the breach that was recorded is taken back"


def _was_late_already(obligation: Obligation) -> bool:
    """Whether its unit was named only when the due instant had gone by."""
    return not obligation.scored and obligation.created_at > obligation.due_at


def _breached(obligation: Obligation, at: datetime, who: str, name: str) -> tuple[str, str]:
    chinese, english = _missed(obligation, at, who)
    if obligation.provisional:
        return chinese, english
    if _was_late_already(obligation):
        return (
            f"{chinese}失责的不是{name}：到期之后才由其承办；此前由谁承担，见本件其他任务的凭证。",
            f"{english} {name} did not fail: it was named after the due instant; see the obligation before.",
        )
    return f"{chinese}失责的是{name}。", f"{english} {name} failed."


def _missed(obligation: Obligation, at: datetime, who: str) -> tuple[str, str]:
    """What was not done by the due instant, and what was done since; nothing of whose fault it is."""
    due, done = absolute(obligation.due_at), obligation.fulfilled_at
    if done is not None and obligation.provisional:
        return (
            (
                f"暂定超时：到期时刻 {due} 之前没有收到{who}的办理；其称已于 {absolute(done)} 办理，"
                "证据后补，尚待认定。"
            ),
            (
                f"Breached for now: done {absolute(done)} by evidence registered late,"
                " which is still to be judged."
            ),
        )
    if done is not None and done <= obligation.due_at:
        return (
            (
                f"超时：到期时刻 {due} 之前没有收到{who}的办理；其称已于 {absolute(done)} 办理，"
                "登记在到期之后，没有认定为按时。"
            ),
            (
                f"Breached: due {due}; said to be done {absolute(done)}, registered after it was due and"
                " not accepted as timely."
            ),
        )
    if done is not None:
        return (
            (
                f"超时：{who}没有在 {due} 前完成，{absolute(done)} 才补办，"
                f"晚了 {duration(done - obligation.due_at)}。"
            ),
            f"Breached: due {due}, done {absolute(done)}, late by {_in_english(done - obligation.due_at)}.",
        )
    if obligation.superseded_at is not None:
        return (
            (
                f"超时：{who}没有在 {due} 前完成；"
                f"{absolute(obligation.superseded_at)} 起由其他任务接替或不再需要。"
            ),
            f"Breached: due {due}, never done; it ended {absolute(obligation.superseded_at)}.",
        )
    late = duration(max(at - obligation.due_at, timedelta(0)))
    return (
        f"超时：{who}没有在 {due} 前完成，截至 {absolute(at)} 仍未完成，已超 {late}。",
        f"Breached: due {due}, not done by {absolute(at)}, {_in_english(at - obligation.due_at)} late.",
    )


def _in_english(span: timedelta) -> str:
    minutes = max(int(span.total_seconds()), 0) // 60
    return f"{minutes // 60} h {minutes % 60:02} min"
