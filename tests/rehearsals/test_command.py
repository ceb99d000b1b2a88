"""`huiying rehearse`: which files it takes, what it tells, and its exit status."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from rehearsals.command import rehearse
from settings import Settings
from tests.rehearsals.conftest import HEAD, LINES
from worker import build_worker

FILES = Path(__file__).parent / "files"


class Told:
    """One call of the command: its status and what it printed."""

    def __init__(self, settings: Settings, *files: Path, live: bool = False, pure: bool = True) -> None:
        out = StringIO()
        console = Console(file=out, width=160)
        self.status = rehearse(
            files, settings=settings, build_worker=build_worker, live=live, pure=pure, console=console
        )
        self.text = out.getvalue()


def test_without_files_it_takes_all_of_the_folder_and_answers_zero_when_all_agree(settings: Settings):
    told = Told(settings)
    assert told.status == 0
    for name in ("P1", "P3", "P5"):
        assert f"✓ rehearsals/{name}.yaml" in told.text.replace(f"{Path.cwd()}/", "")


def test_it_shows_expected_beside_actual_and_answers_one_when_something_differs(
    settings: Settings, written: Callable[[str], Path]
):
    file = written(f"{HEAD}expect: {{stage: judged}}\n")
    told = Told(settings, FILES / "weekend.yaml", file)
    assert told.status == 1
    (row,) = [line for line in told.text.splitlines() if "✗" in line and "stage" in line]
    assert row.index("judged") < row.index("registered")
    assert f"✗ {file}：1 项中 1 项不符" in told.text


def test_a_faulty_file_is_named_with_its_line_before_anything_runs(
    settings: Settings, written: Callable[[str], Path]
):
    file = written(f"{HEAD}expect: {{stge: judged}}\n")
    told = Told(settings, FILES / "weekend.yaml", file)
    assert told.status == 2
    assert told.text.startswith(f"{file}:{LINES + 1}: ")
    assert "Did you mean 'stage'?" in told.text
    assert len(told.text.splitlines()) == 1


def test_files_that_stop_the_system_do_not_run_live(settings: Settings):
    told = Told(settings, FILES / "outage.yaml", live=True, pure=False)
    assert told.status == 2
    assert "--live" in told.text


def test_a_live_rehearsal_without_a_system_names_the_way(settings: Settings):
    told = Told(settings, FILES / "evening.yaml", live=True, pure=False)
    assert told.status == 2
    assert "make run" in told.text


def test_by_default_it_runs_on_the_time_skipping_server(settings: Settings):
    told = Told(settings, FILES / "weekend.yaml", pure=False)
    assert told.status == 0
    assert "符合" in told.text


@pytest.mark.parametrize("shown", ["2026-06-07 17:50:00", "不得有", "RESP48"])
def test_values_are_shown_as_people_read_them(shown: str, settings: Settings, written: Callable[[str], Path]):
    text = (FILES / "weekend.yaml").read_text(encoding="utf-8") + "  no_papers: [{kind: 督办单}]\n"
    assert shown in Told(settings, written(text)).text
