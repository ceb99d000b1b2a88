"""Whatever passes the edge, the rules answer or refuse: nothing a sender writes makes them stumble."""

import json
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from api.answers import incident_json
from api.command_routes import examples
from casework.edge import Malformed, read_command
from domain.case.state import Incident
from domain.catalogue import COMMANDS, Submission
from domain.incident import apply, decision, next_alarm
from domain.steps.register import Opening
from domain.terms.refusals import Refused
from domain.terms.roles import Actor
from storage.codec import INCIDENT
from storage.regulations import load_law
from tests.api.office import CAST, OFFICE, TOWN, TOWN_CHECKER, TOWN_DEPUTY, TOWN_LEADER

START = datetime(2026, 9, 7, 2, 5, tzinfo=UTC)
OPENING = Opening(incident_id="inc-" + "0" * 24, number="舆〔2026〕1号", law=load_law("gaoan-2020", 2026))
STORY: tuple[tuple[str, Actor, dict[str, Any]], ...] = (
    ("register", OFFICE, {}),
    ("request_verification", OFFICE, {}),
    ("judge", OFFICE, {"emergency_grade": "major", "level": "major_situation", "reason": "重大"}),
    ("assign", OFFICE, {}),
    ("sign_for", TOWN, {}),
    ("conclude", TOWN, {}),
    ("draft_response", TOWN, {"answers": []}),
    ("review_draft", TOWN_CHECKER, {}),
    ("review_draft", TOWN_DEPUTY, {"stage": "second_review"}),
    ("review_draft", TOWN_LEADER, {"stage": "final_review"}),
    ("publish", TOWN, {"published_at": "2026-09-07T15:00:00+08:00"}),
    ("report_up", TOWN, {}),
)


def submitted(kind: str, content: dict[str, Any], actor: Actor, at: datetime) -> Submission:
    command = read_command(kind, json.dumps(content).encode())
    opening = OPENING if kind == "register" else None
    return Submission(
        command=command, actor=actor, received_at=at, command_id="c", digest="d", opening=opening
    )


def told() -> list[Incident]:
    """One case after each step of a story."""
    cases: list[Incident] = []
    for number, (kind, actor, changes) in enumerate(STORY):
        at = START + timedelta(hours=number / 2)
        cause = submitted(kind, {**examples()[kind], **changes}, actor, at)
        before = cases[-1] if cases else None
        decided = decision(before, cause, at)
        assert decided is not None
        cases.append(apply(before, decided))
    return cases


CASES = told()
LAST = START + timedelta(days=1)
INSTANTS = st.sampled_from(
    [
        "2000-01-01T00:00:00Z",
        "2026-09-07T02:05:00Z",
        "2026-09-07T11:00:00+08:00",
        "2099-12-31T23:59:59+00:00",
        "2026-09-07",
    ]
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(10**13), max_value=10**13),
    st.text(max_size=8),
    INSTANTS,
    st.sampled_from(
        ["", "draft-1", "publication-1", "supervision_order-1", "qingxi", "gov_office", "transport", "0" * 64]
    ),
    st.lists(st.sampled_from(["qingxi", "transport", "atlantis", "website"]), max_size=3),
)


def places(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value inside."""
    inner = (
        content.items()
        if isinstance(content, dict)
        else enumerate(content)
        if isinstance(content, list)
        else ()
    )
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


@st.composite
def contents(draw: st.DrawFn) -> tuple[str, Any]:
    """An example of some command, with up to three of its values replaced."""
    kind = draw(st.sampled_from(sorted(COMMANDS)))
    content: Any = deepcopy(examples()[kind])
    for _ in range(draw(st.integers(0, 3))):
        found = [place for place in places(content) if place]
        if not found:
            break
        *way, key = draw(st.sampled_from(found))
        target = content
        for step in way:
            target = target[step]
        target[key] = draw(VALUES)
    return kind, content


@settings(max_examples=400)
@given(
    contents(), st.sampled_from(CASES), st.sampled_from(CAST), st.timedeltas(timedelta(0), timedelta(days=40))
)
def test_what_passes_the_edge_is_answered_or_refused_by_the_rules(
    sent: tuple[str, Any], case: Incident, actor: Actor, later: timedelta
):
    kind, content = sent
    now = LAST + later
    try:
        cause = submitted(kind, content, actor, now)
        before = None if kind == "register" else case
        decided = decision(before, cause, now)
    except (Malformed, Refused):
        return
    assert decided is not None
    after = apply(before, decided)
    assert INCIDENT.validate_json(INCIDENT.dump_json(after)) == after
    assert incident_json(after, now)["event_number"] == after.event_number
    alarm = next_alarm(after)
    assert alarm is None or alarm.tzinfo is not None


@settings(max_examples=200)
@given(st.sampled_from(sorted(COMMANDS)), st.binary(max_size=60))
def test_no_bytes_make_the_edge_stumble(kind: str, body: bytes):
    with suppress(Malformed):
        assert read_command(kind, body).kind == kind


def test_the_story_reaches_a_publication():
    assert CASES[-1].publications
