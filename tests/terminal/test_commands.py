"""The terminal against a whole system: server, worker, ledger, and the web behind a port."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from domain.terms.roles import Actor
from domain.terms.workdays import SHANGHAI
from terminal.app import app
from tests.api.office import OFFICE, OUTSIDER, TOWN, System, address, start_temporal, system
from tests.pages.serving import serving

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.asyncio(loop_scope="module")
Run = Callable[..., Awaitable[Result]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[System, str]]:
    """A running system and its address."""
    async with (
        await start_temporal() as environment,
        system(tmp_path_factory.mktemp("ledger"), address(environment)) as made,
        await made.worker(),
        serving(made.app, 0) as where,
    ):
        yield made, where


@pytest.fixture
def run(place: tuple[System, str]) -> Run:
    """Runs the terminal as an actor, on a wide screen."""
    made, where = place

    async def call(*words: str, actor: Actor | None = OFFICE, given: str | None = None) -> Result:
        token = made.tokens[actor] if actor else ""
        env = {"HUIYING_URL": where, "HUIYING_TOKEN": token, "COLUMNS": "240", "NO_COLOR": "1"}
        return await asyncio.to_thread(CliRunner().invoke, app, list(words), given, env)

    return call


def registration(title: str) -> list[str]:
    now = datetime.now(UTC)
    source = {"at": (now - timedelta(hours=2)).isoformat(), "platform": "douyin", "gist": "夜间照明不足"}
    return [
        f"title={title}",
        f"discovered_at={(now - timedelta(hours=1)).isoformat()}",
        "topic=道路运输",
        f"sources:={json.dumps([source])}",
        'involved:=[{"unit": "qingxi", "role": "accountable"}]',
    ]


async def registered(run: Run, title: str) -> str:
    result = await run("submit", "new", "register", *registration(title))
    assert result.exit_code == 0, result.output
    found = re.search(r"inc-[0-9a-f]{24}", result.output)
    assert found
    return found[0]


async def test_an_incident_is_registered_listed_and_shown(run: Run):
    incident_id = await registered(run, "青溪镇路灯不亮")
    listed = await run("list")
    assert listed.exit_code == 0, listed.output
    line = next(line for line in listed.output.splitlines() if "青溪镇路灯不亮" in line)
    assert any(
        left in line for left in ("还剩 47小时00分", "还剩 46小时")
    )  # read within its first minute, or after
    assert "绿" in line
    shown = await run("show", incident_id)
    assert shown.exit_code == 0, shown.output
    assert re.search(r"发现时间 .* \+ 48小时 = ", shown.output)
    assert "三(三)#4" in shown.output
    assert "市政府办公室 研判定级" in shown.output
    assert "已登记　《青溪镇路灯不亮》" in shown.output


async def test_a_marked_incident_says_so_before_its_title(run: Run):
    incident_id = await registered(run, "标识样件")
    marked = await run("submit", incident_id, "set_marking", "marking=internal", "reason=含未公开安排")
    assert marked.exit_code == 0, marked.output
    for words in (("list",), ("show", incident_id)):
        assert "【内部】标识样件" in (await run(*words)).output


async def test_an_incident_is_known_by_its_number_too(run: Run):
    incident_id = await registered(run, "以编号查看")
    by_id = await run("show", incident_id)
    number = re.search(r"舆〔\d+〕\d+号", by_id.output)
    assert number
    by_number = await run("show", number[0])
    assert by_number.exit_code == 0
    assert incident_id in by_number.output
    nobody = await run("show", "舆〔1999〕1号")
    assert nobody.exit_code == 2
    assert "没有编号或标识" in nobody.output


async def test_a_sheet_of_posts_is_taken_in_once_and_goes_on_into_the_same_case(run: Run, tmp_path: Path):
    posted = datetime.now(SHANGHAI) - timedelta(hours=2)
    rows = [
        f"云岭供水变黄{number},{site},甲,{posted:%Y-%m-%d %H:%M:%S},https://example.org/{number},1.2万"
        for number, site in enumerate(("抖音", "新浪微博", "百度贴吧", "快手"))
    ]
    sheet = tmp_path / "export.csv"
    sheet.write_text("\n".join(("标题,来源,作者,发布时间,链接,点赞数", *rows)), encoding="gb18030")
    taken = await run(
        "import", str(sheet), "--discovered-at", datetime.now(UTC).isoformat(timespec="seconds")
    )
    assert taken.exit_code == 0, taken.output
    (incident_id,) = re.findall(r"inc-[0-9a-f]{24}", taken.output)
    sheet.write_text(sheet.read_text("gb18030") + f"\n又见一条,知乎,乙,{posted:%Y/%m/%d %H:%M},,3", "gb18030")
    again = await run("import", str(sheet), "--into", incident_id)
    assert again.exit_code == 0, again.output
    assert "已收 5 条" in again.output


async def test_names_come_in_english_when_asked(run: Run):
    incident_id = await registered(run, "English names")
    listed, shown = await run("list", "--en"), await run("show", incident_id, "--en")
    assert "left" in listed.output
    assert "registered" in listed.output
    assert "response within 48 hours" in shown.output


async def test_a_step_is_given_from_words_a_file_or_standard_input(run: Run, tmp_path: Path):
    incident_id = await registered(run, "三种给法")
    factors = {name: {"score": 1} for name in ("nature", "intensity", "public_reaction", "media_involvement")}
    judged = json.dumps({"level": "general_matter", "factors": factors})
    file = tmp_path / "judge.json"
    file.write_text(judged, encoding="utf-8")
    by_file = await run("submit", incident_id, "judge", "--data", str(file))
    assert by_file.exit_code == 0, by_file.output
    assert "已办理：研判 · Judge" in by_file.output
    by_words = await run("submit", incident_id, "assign", "first=qingxi")
    assert by_words.exit_code == 0, by_words.output
    by_input = await run("submit", incident_id, "sign_for", "--data", "-", actor=TOWN, given="{}")
    assert by_input.exit_code == 0, by_input.output


async def test_the_same_key_has_one_effect(run: Run):
    incident_id = await registered(run, "同一编号")
    first = await run("submit", incident_id, "record_concern", "text=何时修好", "--key", "concern-1")
    again = await run("submit", incident_id, "record_concern", "text=何时修好", "--key", "concern-1")
    other = await run("submit", incident_id, "record_concern", "text=另一句话", "--key", "concern-1")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.output == again.output
    assert "Idempotency-Key: concern-1" in first.output
    assert other.exit_code == 1
    assert other.stderr.count("422") == 1


async def test_a_refusal_says_in_both_languages_what_to_do(run: Run):
    incident_id = await registered(run, "先研判")
    result = await run("submit", incident_id, "assign", "first=qingxi")
    assert result.exit_code == 1
    assert "409" in result.stderr
    assert re.search(r"[\u4e00-\u9fff]", result.stderr)
    assert re.search(r"[A-Za-z]{4,} [a-z]+ ", result.stderr)
    assert "依据" in result.stderr


async def test_what_one_saw_may_be_made_a_condition(run: Run):
    incident_id = await registered(run, "所见为准")
    assert (await run("submit", incident_id, "record_concern", "text=一")).exit_code == 0
    stale = await run("submit", incident_id, "record_concern", "text=二", "--if-match", "1")
    assert stale.exit_code == 1
    assert "412" in stale.stderr


async def test_malformed_content_names_each_fault(run: Run):
    result = await run("submit", "new", "register", "--data", "-", given='{"title": 7}')
    assert result.exit_code == 1
    assert "/title" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["submit", "new", "sign_for"],
        ["submit", "inc-000000000000000000000000", "register", "title=x"],
        ["submit", "inc-000000000000000000000000", "sing_for"],
        ["submit", "inc-000000000000000000000000", "sign_for", "nonsense=1"],
        ["submit", "inc-000000000000000000000000", "sign_for", "a=1", "--data", "-"],
        ["submit", "inc-000000000000000000000000", "sign_for", "--data", "/no/such/file.json"],
        ["list", "--token-file", "/no/such/token"],
        ["list", "--limit", "0"],
        ["nonsense"],
    ],
)
async def test_wrong_words_end_with_status_two_and_send_nothing(run: Run, words: list[str]):
    result = await run(*words, actor=None)
    assert result.exit_code == 2, result.output


async def test_a_mistyped_command_is_told_what_was_meant(run: Run):
    result = await run("submit", "inc-000000000000000000000000", "sing_for")
    assert "sign_for" in result.stderr


async def test_without_a_token_and_for_what_is_not_ones_own_the_answer_is_no(run: Run):
    incident_id = await registered(run, "他人不得见")
    nobody = await run("list", actor=None)
    outsider = await run("show", incident_id, actor=OUTSIDER)
    assert (nobody.exit_code, outsider.exit_code) == (1, 1)
    assert "401" in nobody.stderr
    assert "404" in outsider.stderr


async def test_a_token_may_lie_in_a_file(run: Run, place: tuple[System, str], tmp_path: Path):
    file = tmp_path / "token"
    file.write_text(place[0].tokens[OFFICE] + "\n", encoding="utf-8")
    result = await run("list", "--token-file", str(file), actor=None)
    assert result.exit_code == 0, result.output


async def test_a_service_that_is_not_there_ends_with_status_three():
    env = {"HUIYING_URL": "http://127.0.0.1:1"}
    for words in (["list"], ["watch", "--once"], ["submit", "new", "register", *registration("无人应答")]):
        result = await asyncio.to_thread(CliRunner().invoke, app, words, None, env)
        assert result.exit_code == 3, result.output
        assert "连不上服务" in result.stderr
        assert "cannot be reached" in result.stderr


async def test_watch_shows_what_is_owed_once(run: Run):
    await registered(run, "倒计时一次")
    result = await run("watch", "--once")
    assert result.exit_code == 0, result.output
    line = next(line for line in result.output.splitlines() if "倒计时一次" in line)
    assert any(
        left in line for left in ("还剩 47小时00分", "还剩 46小时")
    )  # read within its first minute, or after
    assert "48小时内予以回应" in line
    assert "市政府办公室（交办前代持）" in line


async def test_hostile_text_is_neither_markup_nor_control(run: Run):
    incident_id = await registered(run, "[red]危险[/red] [link=x]")
    for words in (["list"], ["show", incident_id], ["watch", "--once"]):
        result = await run(*words)
        assert "[red]危险[/red] [link=x]" in result.output


async def test_watch_counts_on_and_ends_cleanly_with_ctrl_c(place: tuple[System, str]):
    made, where = place
    env = {**os.environ, "HUIYING_URL": where, "HUIYING_TOKEN": made.tokens[OFFICE], "TERM": "xterm"}
    env |= {"COLUMNS": "200", "LINES": "50"}
    screen, behind = os.openpty()
    words = [sys.executable, "-c", "from terminal.app import app; app()", "watch", "--every", "1"]
    process = await asyncio.create_subprocess_exec(
        *words, cwd=ROOT, env=env, stdin=behind, stdout=behind, stderr=behind
    )
    os.close(behind)
    text = await asyncio.to_thread(_read_until, screen, "时限倒计时", 3)
    process.send_signal(signal.SIGINT)
    text += await asyncio.to_thread(_read_until, screen, "Stopped", 1)
    assert await asyncio.wait_for(process.wait(), 60) == 0
    os.close(screen)
    assert "Traceback" not in text


def _read_until(screen: int, wanted: str, times: int) -> str:
    """What a terminal shows until it has shown the text so many times, or has ended."""
    found = b""
    while found.decode(errors="ignore").count(wanted) < times:
        try:
            chunk = os.read(screen, 4096)
        except OSError:
            break
        if not chunk:
            break
        found += chunk
    text = found.decode(errors="ignore")
    assert text.count(wanted) >= times, text
    return text
