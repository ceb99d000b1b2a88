"""When the words of the public are reduced: so many months after the close,
later or never where something holds the case.
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from audit.reducing import of_the_public
from domain.case.superiors import Incoming
from domain.law.retention import Retention, RetentionClass
from domain.rules.retention import destroyed_from, is_permanent, reduced_from, retention_class
from domain.steps.close import Archive
from domain.terms.free_texts import is_reference, public_references, references, referred
from domain.terms.instants import months_after
from domain.terms.vocabulary import PaperKind, WarningLevel
from storage.regulations import regulations, retention
from tests.domain.cast import ALICE, SUPERIOR, closed, draft, h, registration, step
from tests.domain.given import Case
from tests.domain.test_close import READY

MONTHS = Retention(posts_months=6, permanent_posts_months=12)
ARCHIVED = Case().give((*READY, closed(), step(h(241), ALICE, Archive()))).state


@pytest.mark.parametrize("name", regulations())
def test_every_regulation_sets_the_months(name: str):
    months = retention(name)
    assert 0 < months.posts_months <= months.permanent_posts_months


def test_an_archived_case_keeps_its_posts_for_the_months_after_its_close():
    assert ARCHIVED.closed_at is not None
    assert reduced_from(ARCHIVED, MONTHS) == months_after(ARCHIVED.closed_at, 6)


def test_a_case_whose_file_is_kept_for_good_keeps_them_longer():
    grave = replace(ARCHIVED, level=WarningLevel.MAJOR_SITUATION)
    assert is_permanent(grave)
    assert not is_permanent(ARCHIVED)
    assert grave.closed_at is not None
    assert reduced_from(grave, MONTHS) == months_after(grave.closed_at, 12)


def test_a_case_that_is_not_archived_keeps_them():
    assert reduced_from(replace(ARCHIVED, archived_at=None), MONTHS) is None


def test_the_same_day_so_many_months_later_or_the_last_of_that_month():
    assert months_after(datetime(2026, 8, 30, 18, tzinfo=UTC), 6) == datetime(2027, 2, 27, 18, tzinfo=UTC)
    assert months_after(datetime(2026, 1, 15, tzinfo=UTC), 12) == datetime(2027, 1, 15, tzinfo=UTC)


def test_posts_and_what_the_public_asks_are_of_the_public_and_nothing_else():
    command, _ = referred(registration(concerns=("何时恢复",)), "s")
    public = public_references(command)
    assert public == {*(source.gist for source in command.sources), *command.concerns}
    assert all(map(is_reference, public))
    judgement, _ = referred(READY[1].command, "s")
    assert list(references(judgement))
    assert public_references(judgement) == frozenset()


def test_what_a_superior_asks_stays_though_it_is_the_gist_of_the_first_item():
    """R308: where nothing else is known yet the requirement is the source;
    it is an official paper, and no post.
    """
    notice = Incoming(sender=SUPERIOR, received_at=h(), requirement="核实反馈")
    command, _ = referred(registration(superior_notice=notice, sources=(), concerns=("何时恢复",)), "s")
    case = Case().give((step(h(m=5), ALICE, command),))
    assert case.state.sources[0].gist == case.state.superior_notices[0].requirement
    assert public_references(case.state) == set(command.concerns)
    assert of_the_public(case.decisions) == set(command.concerns)


def test_a_part_that_a_step_leaves_out_holds_nothing_of_the_public():
    command, _ = referred(draft(), "s")
    assert command.interim is None
    assert public_references(command) == frozenset()


@pytest.mark.parametrize(
    ("level", "kept", "last"),
    [
        (WarningLevel.SOCIAL_HOTSPOT, RetentionClass.SHORT, "2036-12-31T16:00:00+00:00"),
        (WarningLevel.COMPLEX_SENSITIVE, RetentionClass.LONG, "2056-12-31T16:00:00+00:00"),
        (WarningLevel.MAJOR_SITUATION, RetentionClass.PERMANENT, None),
    ],
)
def test_the_file_of_a_case_is_kept_by_its_weight_from_the_new_year_on(
    level: WarningLevel, kept: RetentionClass, last: str | None
):
    """Practice 2.6: L4 for good, L3 for thirty years, others for ten."""
    case = replace(ARCHIVED, level=level)
    assert retention_class(case) is kept
    due = destroyed_from(case, MONTHS)
    assert (due.astimezone(UTC).isoformat() if due else None) == last
    assert destroyed_from(replace(case, archived_at=None), MONTHS) is None


def test_supervision_and_a_superiors_notice_keep_a_file_for_the_long_term():
    assert retention_class(ARCHIVED) is RetentionClass.SHORT
    told = Case().give((*READY, closed(), step(h(241), ALICE, Archive()))).state
    order = replace(told.papers[0], kind=PaperKind.SUPERVISION_ORDER)
    assert retention_class(replace(told, papers=(order,))) is RetentionClass.LONG
