"""A step at the very instant at which the clock acts, or a second beside it,
gives on the server what the rules alone give.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from domain.terms.workdays import SHANGHAI
from rehearsals.document import Rehearsal, load
from rehearsals.folding import fold_rehearsal
from rehearsals.progress import SilentProgress
from rehearsals.pure import rehearse_purely
from rehearsals.skipping import rehearse_exactly
from settings import Settings
from tests.rehearsals.conftest import without_clock
from worker import build_worker

HEAD = (Path(__file__).parent / "files" / "edges.yaml").read_text(encoding="utf-8")
BEGINS = datetime(2026, 6, 1, 8, tzinfo=SHANGHAI)
ENDS = datetime(2026, 7, 1, 8, tzinfo=SHANGHAI)

OPENED = """\
      - at: +5m
        as: 市政府办公室/monitor
        register:
          title: 停水
          discovered_at: {discovered_at}
          sources: [{{at: -20m, platform: 微信, gist: 停水}}]
          involved: [{{unit: 青溪镇, role: accountable}}]
          metrics: [{{at: +0m, posts: 12, reads: 15000, comments: 130}}]
"""


def office(at: str, command: str) -> str:
    return f"      - {{at: {at}, as: 市政府办公室/handler, {command}}}\n"


def town(at: str, command: str, role: str = "handler") -> str:
    return f"      - {{at: {at}, as: 青溪镇/{role}, {command}}}\n"


def reviewed(at: str, draft: str, content: str = "{}") -> str:
    stages = {"spokesperson": "初审", "deputy_leader": "复审", "principal_leader": "终审"}
    return town(at, f"draft_response: {content}") + "".join(
        town(at, f"review_draft: {{draft: {draft}, stage: {stage}, approved: true}}", role)
        for role, stage in stages.items()
    )


def published(at: str, draft: str = "draft-1") -> str:
    return town(at, f"publish: {{draft: {draft}}}")


JUDGED = office("+10m", "judge: {}")
ASSIGNED = JUDGED + office("+20m", "assign: {first: 青溪镇}")
READY = ASSIGNED + town("+25m", "sign_for: ") + office("+2h", "conclude: {}") + reviewed("+3h", "draft-1")
ASKED = office("+10m", "request_verification: {questions: 是否属实}") + office("+10m", "judge: {}")
INTERIM = (
    "{form: 阶段性回应, result: '', interim: {verifying: 原因, verifying_by: 市水利局, next_update_at: +28h}}"
)
PROMISED = (
    ASSIGNED
    + reviewed("+3h", "draft-1", INTERIM)
    + published("+4h")
    + office("+5h", "conclude: {}")
    + reviewed("+6h", "draft-2")
)
WITHDRAWN = (
    READY
    + published("+4h")
    + town(
        "+4h",
        (
            "withdraw_publication: {publication: publication-1, withdrawn_at: now, reason: 误发,"
            " because_of_error: false}"
        ),
        "deputy_leader",
    )
    + reviewed("+5h", "draft-2")
)
URGENT = (
    office("+10m", "judge: {level: L4, key_categories: [K4], emergency_grade: 重大}")
    + office("+10m", "assign: {first: 青溪镇}")
    + office("+2h", "conclude: {}")
    + reviewed("+3h", "draft-1")
)

# Per edge: the steps before it, the step at it, and its instants.
Edge = tuple[str, Callable[[str], str], tuple[timedelta, ...]]


def instants(*hours: float, until: int = 2) -> tuple[timedelta, ...]:
    """Each instant, with the seconds after it."""
    return tuple(timedelta(hours=hour, seconds=second) for hour in hours for second in range(until + 1))


EDGES: dict[str, Edge] = {
    "reminders": (READY, published, instants(24, 36, 43.2, until=1)),
    "due": (READY, published, instants(48, until=2)),
    "ladder": (READY, published, instants(72, 96, until=1)),
    "urgent": (URGENT, published, instants(5, 12, 18, 24, until=1)),
    "assign": (JUDGED, lambda at: office(at, "assign: {first: 青溪镇}"), instants(35 / 60, until=1)),
    "sign": (ASSIGNED, lambda at: town(at, "sign_for: "), instants(50 / 60)),
    "verify": (
        ASKED,
        lambda at: office(at, "answer_verification: {answer: 属实, result: 有}").replace(
            "市政府办公室", "市网信办"
        ),
        instants(130 / 60),
    ),
    "promise": (PROMISED, lambda at: published(at, "draft-2"), instants(16, 22, 25.6, 28, until=1)),
    "replacement": (WITHDRAWN, lambda at: published(at, "draft-2"), instants(6)),
    "report": (
        READY + published("+4h"),
        lambda at: town(at, "report_up: {to: 市政府办公室, report: 已办}"),
        instants(28, until=1),
    ),
}
GROUPS = (
    ("reminders", "due"),
    ("ladder", "assign", "sign"),
    ("urgent", "verify"),
    ("promise", "replacement", "report"),
)


def incidents(groups: Sequence[str], place: str) -> str:
    """A file with an incident per instant; with "end" all those instants are the one at which
    the file ends.
    """
    text = HEAD + "incidents:\n"
    for name in groups:
        before, step, edges = EDGES[name]
        for number, edge in enumerate(edges):
            begins = ENDS - edge if place == "end" else BEGINS
            opened = OPENED.format(discovered_at=begins.isoformat())
            at = f"+{int(edge.total_seconds())}s"
            text += f"  {name}-{number}:\n    steps:\n{opened}{before}{step(at)}"
    return text


@pytest.mark.parametrize("place", ["middle", "end"])
@pytest.mark.parametrize("groups", GROUPS, ids="-".join)
async def test_a_step_at_the_edge_gives_what_the_rules_alone_give(
    groups: Sequence[str], place: str, written: Callable[[str], Path], settings: Settings
):
    rehearsal = load(written(incidents(groups, place)))
    async with asyncio.timeout(60):
        verdicts = await rehearse_exactly(rehearsal, settings, build_worker, SilentProgress())
    assert events_of_rules(rehearsal) == {
        verdict.plan.name: [without_clock(fact.event) for fact in verdict.account.facts]
        for verdict in verdicts
        if verdict.account is not None
    }
    assert [finding for verdict in verdicts for finding in verdict.findings if not finding.agrees] == []


def events_of_rules(rehearsal: Rehearsal) -> dict[str, list[object]]:
    """What the rules alone make of each incident, by its name."""
    return {
        folded.plan.name: [without_clock(event) for made in folded.decisions for event in made.events]
        for folded in fold_rehearsal(rehearsal)
    }


CLOSED = (
    READY
    + published("+4h")
    + town("+5h", "report_up: {to: 市政府办公室, report: 已办}")
    + town("+5h", "record_handling: {text: 已修}")
    + office("+100h", "close: {opinion: 同意, heat_override: 平稳, papers_waiver: 另册}").replace(
        "/handler", "/deputy_leader"
    )
)


async def test_from_the_instant_of_archiving_on_a_case_is_gone(
    written: Callable[[str], Path], settings: Settings
):
    # thirty days after the close are a Sunday: it is archived at the end of Monday, 6 July (DD-28)
    late = office("+855h59m58s", "record_concern: {text: 何时}, refused: wrong_stage") + office(
        "+855h59m59s", "record_concern: {text: 何时}, refused: gone"
    )
    opened = OPENED.format(discovered_at=BEGINS.isoformat())
    rehearsal = load(written(f"{HEAD}incidents:\n  a:\n    steps:\n{opened}{CLOSED}{late}"))
    for verdicts in (
        rehearse_purely(rehearsal),
        await rehearse_exactly(rehearsal, settings, build_worker, SilentProgress()),
    ):
        assert [finding for verdict in verdicts for finding in verdict.findings if not finding.agrees] == []
