"""A rehearsal of calls says who was told in which minute, by which channel and after whose silence,
and nobody else.
"""

from pathlib import Path

import pytest

from rehearsals.calling import rehearse_calls
from rehearsals.command import UNUSABLE, rehearse
from rehearsals.comparing import Disagreement
from rehearsals.document import load
from rehearsals.source import Faulty
from settings import Settings
from tests.rehearsals.conftest import ROOT
from worker import build_worker

FOLDER = ROOT / "rehearsals" / "calls"
STORY = (FOLDER / "night-of-an-emergency.yaml").read_text(encoding="utf-8")


async def found(file: Path, settings: Settings) -> list[Disagreement]:
    """What does not agree."""
    rehearsal = load(file)
    assert rehearsal.calls is not None
    (verdict,) = await rehearse_calls(rehearsal, rehearsal.calls, settings, build_worker)
    assert verdict.agrees is all(finding.agrees for finding in verdict.findings)
    return [finding for finding in verdict.findings if not finding.agrees]


def written(folder: Path, *changes: tuple[str, str]) -> Path:
    """The story of the night, changed."""
    text = STORY
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    file = folder / "changed.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.stem)
async def test_the_calls_of_each_file_agree_to_the_minute(file: Path, settings: Settings):
    assert await found(file, settings) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("+10m, who: li", "+11m, who: li"),
        ("who: zhang, as: backup, channel: wecom", "who: zhang, as: backup, channel: webhook"),
        ("who: mayor.deputy, as: 分管副市长", "who: mayor.deputy, as: mayor"),
        ("again: true, after: zhang}\n  until", "again: false}\n  until"),
        ("again: true, after: zhang}\n  until", "after: mayor}\n  until"),
    ],
)
async def test_a_wrong_expectation_is_reported_with_what_was_instead(
    tmp_path: Path, settings: Settings, before: str, after: str
):
    wrong = await found(written(tmp_path, (before, after)), settings)
    assert [finding.unwanted for finding in wrong] == [False, True]
    assert wrong[0].actual is not None


async def test_whoever_is_told_beside_is_reported(tmp_path: Path, settings: Settings):
    line = "    - {at: +0m, who: office, as: 市政府办公室, channel: dingtalk}\n"
    (finding,) = await found(written(tmp_path, (line, "")), settings)
    assert finding.unwanted
    assert finding.expected["who"] == "office"


async def test_an_answer_of_another_unit_ends_nothing(tmp_path: Path, settings: Settings):
    wrong = await found(written(tmp_path, ("answers: li", "answers: mayor")), settings)
    assert [finding.subject for finding in wrong] == ["answers", "told", "told"]  # +15m and +20m go on


async def test_who_has_no_link_answers_on_the_page(tmp_path: Path, settings: Settings):
    only_robots = [
        ("li, channels: [webhook]", "li, channels: [feishu]"),
        ("who: li, as: deputy_leader, channel: webhook", "who: li, as: deputy_leader, channel: feishu"),
    ]
    assert await found(written(tmp_path, *only_robots), settings) == []


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("channels: [webhook, wecom]", "channels: [mail]", 9),
        ("who: office, as: 市政府办公室, channel: dingtalk", "who: offce", 23),
        ("as: backup", "as: backp", 25),
        ("again: false", "again: perhaps", 20),
        ("answers: li", "answers: li, breaks: wecom", 18),
        ("purpose: warning", "purpose: to_do", 7),
        ("purpose: warning, ", "", 7),
        ("  told:\n", "  tolt:\n", 19),
        ("calls:\n", "steps: []\ncalls:\n", 6),
    ],
)
def test_what_no_file_of_calls_says_is_refused_with_its_line(
    tmp_path: Path, before: str, after: str, line: int
):
    with pytest.raises(Faulty) as faulty:
        load(written(tmp_path, (before, after)))
    assert faulty.value.place.line == line


def test_calls_are_rehearsed_on_the_server_alone(tmp_path: Path, settings: Settings):
    assert rehearse([written(tmp_path)], settings=settings, build_worker=build_worker, pure=True) == UNUSABLE
