"""One incident in the terminal: who holds the ball, its limits with their computation, and its timeline."""

from dataclasses import fields
from datetime import datetime
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from domain.case.state import Incident
from domain.law.regulation import Law
from domain.terms.workdays import SHANGHAI
from settings import REGULATION
from storage.codec import EVENT, INCIDENT
from storage.regulations import load_law
from terminal.client import Web
from terminal.session import incident_id
from terminal.wordings import instant, left, lit, mark_words, obligation_of, plain, word
from words.cards import holder_name, unit_name
from words.event_text.description import describe
from words.holders import holders
from words.labels import label, label_of
from words.timeline import SYSTEM
from words.wording import absolute

_PAGE: Final = 200


def show_incident(web: Web, target: str, *, english: bool) -> None:
    """Print the incident that a target names."""
    path = f"/incidents/{incident_id(web, target)}"
    content = web.get(path).content
    incident = _incident(content)
    as_of = datetime.fromisoformat(content["as_of"])
    console = Console()
    _head(console, incident, english=english)
    for holder in holders(incident, as_of):
        due = f"，{holder.due.text} 前，{holder.countdown.text}" if holder.due and holder.countdown else ""
        console.print(f"  [bold]{plain(holder.unit)}[/] {plain(holder.deed)}{due}")
    console.print(_obligations(incident, web.get(f"{path}/obligations").content["items"], english=english))
    console.print(_timeline(incident, _events(web, path), english=english))


def _incident(content: dict[str, Any]) -> Incident:
    """The incident in an answer, under the law of that name as this checkout has it:
    it serves for names alone.
    """
    members = {field.name: content[field.name] for field in fields(Incident) if field.name != "law"}
    registered = datetime.fromisoformat(content["registered_at"]).astimezone(SHANGHAI)
    law = _law(str(content["law"]["regulation"]), registered.year)
    incident: Incident = INCIDENT.validate_python({**members, "law": law})
    return incident


def _law(regulation: str, year: int) -> Law:
    try:
        return load_law(regulation, year)
    except FileNotFoundError:
        return load_law(REGULATION, year)


def _head(console: Console, incident: Incident, *, english: bool) -> None:
    drill = "[black on yellow] 演练 DRILL [/] " if incident.drill else ""
    mark = plain(mark_words(incident.gravest_marking, english=english))
    console.print(
        f"{drill}[bold]{mark}{plain(incident.title)}[/] {plain(incident.number)} {incident.incident_id}"
    )
    level = word(incident.level, english=english) if incident.level else "未研判 not judged"
    console.print(
        f"阶段 stage: {word(incident.stage, english=english)}　预警等级 level: {level}　"
        f"突发事件等级 grade: {word(incident.grade, english=english)}　"
        f"类别 class: {word(incident.response_class, english=english)}　第 {incident.event_number} 号记录"
    )
    console.print("现由谁办 who holds the ball:")


def _obligations(incident: Incident, items: list[dict[str, Any]], *, english: bool) -> Table:
    table = Table(title="时限任务 obligations", title_justify="left", show_lines=True)
    for heading in (
        "灯 lamp",
        "任务 obligation",
        "单位 unit",
        "到期 due",
        "状态 status",
        "算法与依据 computed from, clause",
    ):
        table.add_column(heading, overflow="fold")
    for item in items:
        obligation, seconds = obligation_of(item), item["remaining_seconds"]
        remaining = f"\n{left(seconds, english=english)}" if seconds is not None else ""
        table.add_row(
            lit(obligation, datetime.fromisoformat(item["as_of"]), english=english),
            word(obligation.kind, english=english),
            plain(holder_name(incident, obligation.unit)),
            absolute(obligation.due_at) + remaining,
            word(obligation.status, english=english),
            plain(f"{item['computed_text']}（{obligation.clause}）"),
        )
    return table


def _events(web: Web, path: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    after: str | None = "0"
    while after is not None:
        answer = web.get(f"{path}/events", after=after, limit=_PAGE)
        events += answer.content["items"]
        after = answer.next_cursor
    return events


def _timeline(incident: Incident, events: list[dict[str, Any]], *, english: bool) -> Table:
    table = Table(title="时间线 timeline", title_justify="left")
    for heading in ("序号 no.", "发生 happened", "记录 recorded", "何人 who", "事项 what"):
        table.add_column(heading, overflow="fold")
    for item in events:
        event = EVENT.validate_python(item["event"])
        happened, recorded = absolute(event.at), instant(item["recorded_at"])
        who = SYSTEM
        if event.by is not None:
            who = f"{unit_name(incident.law, event.by.unit)} {label_of(event.by.role).zh} {event.by.person}"
        names = label("events", event.kind)
        name = names.en if english else names.zh
        what = f"{name}　{describe(event, incident)}"
        table.add_row(
            str(item["number"]), happened, recorded if recorded != happened else "", plain(who), plain(what)
        )
    return table
