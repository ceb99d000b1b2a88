"""The law from the terminal: shown with its clauses, proposed by one leader,
confirmed or declined by another.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from domain.terms.roles import Actor
from terminal.app import app
from tests.api.office import CLERK, OFFICE, TOWN_DEPUTY, System, system
from tests.pages.serving import serving

Run = Callable[..., Awaitable[Result]]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[tuple[System, str]]:
    """The web over a ledger of its own; the law needs no Temporal."""
    async with system(tmp_path, "127.0.0.1:1") as made, serving(made.app, 0) as where:
        yield made, where


@pytest.fixture
def run(place: tuple[System, str]) -> Run:
    made, where = place

    async def call(*words: str, actor: Actor = OFFICE) -> Result:
        env = {"HUIYING_URL": where, "HUIYING_TOKEN": made.tokens[actor], "COLUMNS": "240", "NO_COLOR": "1"}
        return await asyncio.to_thread(CliRunner().invoke, app, ["law", *words], None, env)

    return call


async def test_a_change_goes_its_way_through_two_pairs_of_hands(run: Run):
    made = await run("propose", "limits.h48=PT36H", "--reason", "提速", actor=TOWN_DEPUTY)
    assert made.exit_code == 0, made.output
    assert "待确认" in made.stdout
    (number,) = re.findall(r"第 (\d+) 号", made.stdout)
    refused = await run("confirm", number, actor=TOWN_DEPUTY)
    assert refused.exit_code == 1
    assert "不能确认本人的提议" in refused.stderr
    done = await run("confirm", number)
    assert "已确认" in done.stdout
    shown = await run("show")
    assert shown.exit_code == 0, shown.output
    line = next(line for line in shown.stdout.splitlines() if "limits.h48" in line)
    assert "PT36H" in line
    assert "三(三)#4" in line
    assert f"default_v1+{number}" in shown.stdout


async def test_a_change_may_be_declined_with_a_reason(run: Run):
    await run("propose", "limits.rectify_workdays:=5", "--reason", "放宽", actor=TOWN_DEPUTY)
    told = await run("decline", "1", "--reason", "不必")
    assert (told.exit_code, "未同意" in told.stdout) == (0, True)
    assert "PT48H" in (await run("show")).stdout


@pytest.mark.parametrize(
    "words",
    [
        ("propose", "limits.h48", "--reason", "x"),
        ("propose", "limits.h48:=PT", "--reason", "x"),
        ("propose",),
    ],
)
async def test_what_is_no_name_and_value_is_a_usage_error(run: Run, words: tuple[str, ...]):
    result = await run(*words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


async def test_a_refusal_says_why_and_what_to_do(run: Run):
    result = await run("propose", "limits.h48=PT0S", "--reason", "x", actor=TOWN_DEPUTY)
    assert result.exit_code == 1
    assert "时限须大于零" in result.stderr.replace("\n", "")  # however wide the terminal is
    assert "序言#2" in result.stderr
    assert (await run("propose", "limits.h48=PT36H", "--reason", "x", actor=CLERK)).exit_code == 1


async def test_the_calendar_of_a_year_is_imported_from_a_file_and_confirmed_by_another(
    run: Run, tmp_path: Path
):
    file = tmp_path / "2027.yaml"
    file.write_text(
        "years:\n  2027:\n    holidays: [2027-01-01, 2027-10-01]\n    makeup_workdays: [2027-02-06]\n"
    )
    made = await run("calendar", str(file), "--reason", "通知", actor=TOWN_DEPUTY)
    assert made.exit_code == 0, made.output
    assert (await run("confirm", "1")).exit_code == 0
    assert "calendar.2027.holidays" in (await run("show")).stdout


async def test_a_file_that_is_no_calendar_is_refused_in_words(run: Run, tmp_path: Path):
    file = tmp_path / "wrong.yaml"
    file.write_text("2027: []\n")
    assert (await run("calendar", str(file), "--reason", "通知")).exit_code == 2


async def test_without_limits_in_working_days_nothing_is_counted_again(run: Run):
    told = await run("recount", "--reason", "通知")
    assert (told.exit_code, "共 0 件" in told.stdout) == (0, True), told.output
