"""What Temporal's own pages show of a case: codes, instants and numbers, no names and no content."""

from datetime import datetime

from domain.case.obligations import Status
from domain.case.state import Incident
from domain.terms.workdays import SHANGHAI


def summary(incident: Incident, alarm: datetime) -> str:
    """One line for the timer: what falls due next, or the next look of the clock."""
    due = min((duty for duty in incident.obligations if duty.status is Status.OPEN), key=lambda duty: duty.due_at,
              default=None)  # fmt: skip
    waits_for = f"{due.kind} {due.unit or '-'} due {_local(due.due_at)}" if due else "next step"
    return f"{_local(alarm)} · {waits_for}"


def current_details(incident: Incident) -> str:
    """The case in a few lines of Markdown: stage, level, grade, class, units, and each duty that is owed."""
    lines = [
        f"**{incident.number}** · {incident.stage} · {incident.response_class}",
        f"level {incident.level or '-'} · grade {incident.grade} · events {incident.event_number}",
        f"first responsible: {', '.join(incident.first_responsible) or '-'}",
        "",
        "| duty | unit | due (Asia/Shanghai) | status |",
        "|---|---|---|---|",
    ]
    owed = sorted((duty for duty in incident.obligations if duty.is_owed), key=lambda duty: duty.due_at)
    lines += [
        f"| {duty.kind} | {duty.unit or '-'} | {_local(duty.due_at)} | {duty.status} |" for duty in owed
    ]
    return "\n".join(lines)


def _local(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
