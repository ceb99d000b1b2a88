"""The working calendar from the terminal: a year proposed from a file,
and the cases that fell back counted again by it (DD-39).
"""

import json
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import yaml
from rich.console import Console

from terminal.client import Declined, Web
from terminal.law import propose_values
from terminal.outcome import Exit, refuse_usage
from terminal.wordings import instant, plain

_PAGE: Final = 200
_ACCEPTED: Final = 202


def import_calendar(
    web: Web, file: Path, *, reason: str, effective_from: str | None, key: str | None
) -> None:
    """Propose the years of a file, as `calendar.yaml` has them;
    another person confirms them as any change of the law.
    """
    values = {f"calendar.{year}": days for year, days in _years(file).items()}
    propose_values(web, values, reason=reason, effective_from=effective_from, key=key)


def _years(file: Path) -> dict[int, dict[str, Any]]:
    try:
        loaded = yaml.safe_load(file.expanduser().read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise refuse_usage(f"读不了日历文件：{error}", "The file of the calendar cannot be read.") from None
    years = loaded.get("years") if isinstance(loaded, dict) else None
    if not isinstance(years, dict) or not years:
        raise refuse_usage(
            "文件应写作 years: {2027: {holidays: […], makeup_workdays: […]}}。",
            "Write years: {2027: {holidays: […], makeup_workdays: […]}}.",
        )
    return {year: json.loads(json.dumps(days, default=_written)) for year, days in years.items()}


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def count_again(web: Web, *, reason: str) -> None:
    """Put the calendar now in force into every case with a limit in working days that is open or was missed,
    and list what came of each.

    Each case decides by itself and records it; the status is 1 where one of them could not.
    """
    console = Console(highlight=False)
    cases = _concerned(web)
    outcomes = [_apply(web, console, incident, number, reason) for incident, number in cases.items()]
    console.print(f"共 {len(outcomes)} 件。 {len(outcomes)} cases.")
    if not all(outcomes):
        raise SystemExit(Exit.REFUSED)


def _concerned(web: Web) -> dict[str, str]:
    cases: dict[str, str] = {}
    for query in ({"settled": False}, {"status": "breached"}):
        cursor: str | None = None
        while True:
            page = web.get("/obligations", kind="RECTIFY", drill=False, limit=_PAGE, cursor=cursor, **query)
            cases |= {item["incident_id"]: item["number"] for item in page.content["items"]}
            cursor = page.next_cursor
            if cursor is None:
                break
    return cases


def _apply(web: Web, console: Console, incident: str, number: str, reason: str) -> bool:
    body = json.dumps({"reason": reason, "calendar_only": True}, ensure_ascii=False).encode()
    try:
        answer = web.give(f"/incidents/{incident}/rebase", body, key=uuid4().hex)
    except Declined as declined:
        unchanged = declined.problem.get("reason") == "law_unchanged"
        console.print(f"{plain(number)}　{plain(str(declined.problem.get('title', '')))}", soft_wrap=True)
        return unchanged
    if answer.status == _ACCEPTED:
        console.print(f"{plain(number)}　已受理，稍后记录 accepted, recorded later", soft_wrap=True)
        return True
    for line in _outcomes([item["event"] for item in answer.content["events"]]):
        console.print(f"{plain(number)}　{line}", soft_wrap=True)
    return True


def _outcomes(events: list[dict[str, Any]]) -> list[str]:
    """What became of each limit: moved to when from when, its breach withdrawn or turned on time;
    nothing moved.
    """
    ends = {
        "breach_withdrawn": "超时撤回，继续计时 breach withdrawn",
        "late_evidence_reviewed": "改按按时计 on time",
    }
    turned = {event["obligation"]: ends[event["kind"]] for event in events if event["kind"] in ends}
    limits = [item for event in events if event["kind"] == "rebased" for item in event["retimed"]]
    lines = [
        f"{plain(item['obligation'])}　{instant(item['former_due_at'])} → {instant(item['due_at'])}"
        f"{'　' + turned[item['obligation']] if item['obligation'] in turned else ''}"
        for item in limits
    ]
    return lines or ["时限不变 no limit moved"]
