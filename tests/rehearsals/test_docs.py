"""`docs/rehearsals.md` says what the format is: its tables are written from the code, and its example agrees."""

import re
from pathlib import Path

import pytest

from domain.catalogue import COMMANDS
from rehearsals import reference
from rehearsals.document import HEADER_KEYS, INCIDENT_KEYS, load
from rehearsals.keys import KEYS
from rehearsals.pure import rehearse_purely
from rehearsals.steps import STEP_KEYS
from tests.rehearsals.conftest import ROOT

DOCUMENT = (ROOT / "docs" / "rehearsals.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", [reference.commands, reference.keys, reference.words])
def test_the_tables_are_those_that_the_code_writes(table: object):
    assert callable(table)
    assert "\n".join(table()) in DOCUMENT


@pytest.mark.parametrize("name", [*COMMANDS, *KEYS, *HEADER_KEYS, *INCIDENT_KEYS, *STEP_KEYS])
def test_every_word_of_the_format_is_named(name: str):
    assert re.search(rf"`[^`]*\b{name}\b[^`]*`", DOCUMENT)


def test_the_example_agrees(tmp_path: Path):
    (example,) = re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)
    file = tmp_path / "example.yaml"
    file.write_text(example, encoding="utf-8")
    (verdict,) = rehearse_purely(load(file))
    assert [finding for finding in verdict.findings if not finding.agrees] == []
    assert len(verdict.findings) > 5
