"""`docs/rehearsals.md` says what the format is: its tables are written from the code,
and its example agrees.
"""

import re
from pathlib import Path

import pytest

from domain.catalogue import COMMANDS
from rehearsals import reference
from rehearsals.call_plan import CALL_KEYS, DEED_KEYS, NOTICE_KEYS, TOLD_KEYS
from rehearsals.calling import rehearse_calls
from rehearsals.document import HEADER_KEYS, INCIDENT_KEYS, load
from rehearsals.keys import KEYS
from rehearsals.pure import rehearse_purely
from rehearsals.steps import STEP_KEYS
from settings import Settings
from tests.rehearsals.conftest import ROOT
from worker import build_worker

DOCUMENT = (ROOT / "docs" / "rehearsals.md").read_text(encoding="utf-8")

EXAMPLES = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)  # of an incident, and of calls


@pytest.mark.parametrize("table", [reference.commands, reference.keys, reference.words])
def test_the_tables_are_those_that_the_code_writes(table: object):
    assert callable(table)
    assert "\n".join(table()) in DOCUMENT


@pytest.mark.parametrize(
    "name",
    [
        *(*COMMANDS, *KEYS, *HEADER_KEYS, *INCIDENT_KEYS, *STEP_KEYS),
        *(*CALL_KEYS, *NOTICE_KEYS, *DEED_KEYS, *TOLD_KEYS),
    ],
)
def test_every_word_of_the_format_is_named(name: str):
    assert re.search(rf"`[^`]*\b{name}\b[^`]*`", DOCUMENT)


def test_the_example_agrees(tmp_path: Path):
    example, _ = EXAMPLES
    file = tmp_path / "example.yaml"
    file.write_text(example, encoding="utf-8")
    (verdict,) = rehearse_purely(load(file))
    assert [finding for finding in verdict.findings if not finding.agrees] == []
    assert len(verdict.findings) > 5


async def test_the_example_of_calls_agrees(tmp_path: Path, settings: Settings):
    _, example = EXAMPLES
    file = tmp_path / "calls.yaml"
    file.write_text(example, encoding="utf-8")
    rehearsal = load(file)
    assert rehearsal.calls is not None
    (verdict,) = await rehearse_calls(rehearsal, rehearsal.calls, settings, build_worker)
    assert [finding for finding in verdict.findings if not finding.agrees] == []
    assert len(verdict.findings) == 5
