"""What the ledger tells of one incident: its key categories, when each stage was reached,
and what went out that could not (R117, R105, DD-30).
"""

from desk.ledger.view import COLUMNS, ON_PAGE, values
from domain.law.levels import Metrics
from domain.steps.reads import RecordReads
from domain.steps.register import RecordMetrics
from domain.terms.vocabulary import KeyCategory, Platform, PublicationForm
from tests.domain.cast import (
    ALICE,
    BOB,
    assigned,
    concluded,
    draft,
    h,
    handled,
    judged,
    publish,
    published,
    registered,
    step,
)
from tests.domain.given import given


def told(*steps):
    case = given(*steps).case
    return dict(zip((column.key for column in COLUMNS), values(case.state, h(300)), strict=True))


def test_key_categories_stand_in_their_column():
    important = judged(key_categories=(KeyCategory.VITAL_INTEREST, KeyCategory.EMERGENCY_DISASTER))
    assert (
        told(registered(), important)["categories"]
        == "涉及公众切身利益且产生较大影响、突发事件处置和自然灾害应对"
    )
    assert told(registered(), judged())["categories"] == ""


def test_each_stage_has_its_instant_and_what_was_not_reached_has_none():
    line = told(registered(), judged(), assigned(), concluded(), *published(at=h(12)))
    assert [
        line[name] for name in ("discovered", "registered", "judged", "verified", "published", "disposed")
    ] == [
        *(h(), h(m=5), h(m=15), h(1), h(12)),
        None,
    ]
    done = told(registered(), judged(), assigned(), concluded(), *published(at=h(12)), handled())
    assert done["disposed"] is not None


def test_an_irregular_publication_stands_there_with_the_rules_that_it_broke():
    text = step(h(2), BOB, draft(PublicationForm.SITUATION_NOTICE))
    out = step(h(3), BOB, publish(h(3), anyway="媒体提前刊发"))
    line = told(registered(), judged(), assigned(), text, out)
    assert line["irregular"].startswith("市城市管理局（")
    assert "审" in line["irregular"]
    assert told(registered(), judged(), assigned(), concluded(), *published())["irregular"] == ""


def test_coverage_and_reach_stand_there_as_far_as_they_are_known():
    line = told(registered(), judged(), assigned(), concluded(), *published(at=h(12)))
    assert (line["coverage"], line["reach"]) == ("0.0%", None)
    counts = step(h(12.5), ALICE, RecordMetrics(metrics=Metrics(at=h(12.5), reads=20_000)))
    reads = RecordReads(
        publication="publication-1",
        channel=Platform.WECHAT,
        counted_at=h(13),
        reads=5_000,
        figure_source="后台",
    )
    line = told(
        *(registered(metrics=()), judged(), assigned(), concluded(), *published(at=h(12)), counts),
        step(h(13), BOB, reads),
    )
    assert line["reach"] == "25.0%"


def test_the_page_leaves_to_the_sheet_what_would_make_it_too_wide():
    assert {column.key for column in COLUMNS} - {column.key for column in ON_PAGE} == {
        *("links", "registered", "stage", "marking", "verified", "judged", "disposed", "coverage", "reach"),
    }
