"""A few seconds between clocks: what happened is not refused for them, promises stand as made (DD-38)."""

from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Any, get_args, get_type_hints

import pytest

from domain.case.records import Source
from domain.catalogue import COMMANDS
from domain.skew import HAPPENED, settled
from domain.steps.coordinate import ReceiveSuperiorNotice
from domain.steps.register import AddSource
from domain.terms.refusals import Reason
from domain.terms.vocabulary import ObligationKind, Platform
from tests.domain.cast import (
    ALICE,
    LAW,
    OFFICE,
    SUPERIOR,
    assigned,
    concluded,
    h,
    judged,
    published,
    registered,
    step,
)
from tests.domain.given import given

AHEAD = {"next_update_at", "feedback_due_at", "response_due_at", "due_at"}  # promises and limits


def seconds(count: int) -> timedelta:
    return timedelta(seconds=count)


def post(ahead: int):
    source = Source(at=h(1) + seconds(ahead), platform=Platform.WEIBO, gist="旧闻")
    return step(h(1), ALICE, AddSource(source=source))


@pytest.mark.parametrize("ahead", [0, 1, 5])
def test_what_happened_a_few_seconds_ahead_happened_now(ahead):
    assert given(registered()).when(post(ahead)).then("source_added").state.sources[1].at == h(1)
    assert given(registered(discovered_at=h(m=5) + seconds(ahead))).case.state.discovered_at == h(m=5)
    steps = (registered(), judged(), assigned(), concluded())
    text = published(at=h(2), said_at=h(2) + seconds(ahead))
    assert given(*steps, text).case.state.publications[0].published_at == h(2)


def test_what_lies_further_ahead_is_refused():
    given(registered()).when(post(6)).refused(Reason.IN_THE_FUTURE, "source.at")


def test_cases_of_earlier_editions_refuse_a_second():
    for edition in (1, 2):
        law = replace(LAW, edition=edition, digest=f"edition {edition}")
        given(registered(), law=law).when(post(1)).refused(Reason.IN_THE_FUTURE, "source.at")


def test_a_limit_a_second_ahead_stays_where_it_was_set():
    notice = ReceiveSuperiorNotice(
        sender=SUPERIOR, received_at=h(1) + seconds(3), requirement="回应", feedback_due_at=h(1) + seconds(4)
    )
    case = given(registered(), step(h(1), ALICE, notice)).case
    assert case.obligation(ObligationKind.SUP_FB, OFFICE).due_at == h(1) + seconds(4)


def test_what_needs_no_change_stays_the_same_object():
    command = AddSource(source=Source(at=h(), platform=Platform.WEIBO, gist="旧闻"))
    assert settled(command, h(1), 3) is command


def instants(kind: Any) -> set[str]:
    """The names of the fields of a record that hold instants, those of its parts among them."""
    if not is_dataclass(kind):
        return {name for inner in get_args(kind) for name in instants(inner)}
    hints = get_type_hints(kind)
    own = {one.name for one in fields(kind) if datetime in (hints[one.name], *get_args(hints[one.name]))}
    return own | {name for one in fields(kind) for name in instants(hints[one.name])}


@pytest.mark.parametrize("kind", COMMANDS)
def test_every_instant_of_a_command_is_known_to_have_happened_or_to_lie_ahead(kind):
    assert instants(COMMANDS[kind]) <= HAPPENED | AHEAD
