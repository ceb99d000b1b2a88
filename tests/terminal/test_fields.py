"""The content of a command from words of the command line, read by the command's own class."""

import json
from typing import Any

import pytest

from casework.edge import read_command
from domain.steps.judge import Judge
from domain.steps.respond import ReviewDraft
from terminal.fields import BadField, command_body


def body(kind: str, *words: str) -> dict[str, Any]:
    """What would be sent."""
    return dict(json.loads(command_body(kind, words)))


def test_text_numbers_truth_and_lists_are_read_as_the_command_asks():
    assert body("review_draft", "draft=draft-1", "stage=first_review", "approved=true") == {
        "draft": "draft-1",
        "stage": "first_review",
        "approved": True,
    }
    assert body("assign", "first=qingxi, health") == {"first": ["qingxi", "health"]}


def test_dots_reach_inside():
    names = ("nature", "intensity", "public_reaction", "media_involvement")
    made = body("judge", "level=general_matter", *(f"factors.{name}.score=2" for name in names))
    assert made["factors"]["nature"] == {"score": 2}


def test_json_stands_for_what_words_cannot_say():
    sources = '[{"at": "2026-09-07T10:00:00+08:00", "platform": "weibo", "gist": "a=b"}]'
    made = body("register", "title=x=y", "discovered_at=2026-09-07T10:00:00+08:00", f"sources:={sources}")
    assert made["title"] == "x=y"
    assert made["sources"][0]["gist"] == "a=b"


def test_what_is_made_passes_the_strict_reading_of_the_other_side():
    words = ["level=social_hotspot", "key_categories=vital_interest,other_major", "reason=理由"]
    names = ("nature", "intensity", "public_reaction", "media_involvement")
    made = command_body("judge", [*words, *(f"factors.{name}.score=3" for name in names)])
    read = read_command("judge", made)
    assert isinstance(read, Judge)
    assert read.factors.scores() == (3, 3, 3, 3)
    review = read_command(
        "review_draft", command_body("review_draft", ["draft=d", "stage=first_review", "approved=no"])
    )
    assert isinstance(review, ReviewDraft)
    assert review.approved is False


def test_a_command_without_fields_is_an_empty_object():
    assert body("sign_for") == {}


@pytest.mark.parametrize(
    "words",
    [
        ["reason"],
        ["=x"],
        ["reason=x", "reason=y"],
        ["reason=x", "reason.more=y"],
        ["reason:=not json"],
        ["nonsense=x", "reason=y"],
        ["reason.=x"],
        [],
    ],
)
def test_a_word_that_is_no_field_is_refused(words: list[str]):
    with pytest.raises(BadField):
        command_body("return_back", words)
