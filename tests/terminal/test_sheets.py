"""`huiying import`: a sheet of posts becomes the items of one case, whatever often it is handed in (R302)."""

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
import typer
from openpyxl import Workbook

from domain.bounds import LARGEST_COMMAND
from terminal.client import Web
from terminal.sheets import take_in
from tests.intake.test_sheet_rows import SHEET

PLATFORMS = [
    {"code": code, "label": label, "label_en": code}
    for code, label in (("douyin", "抖音"), ("weibo", "微博"), ("tieba", "百度贴吧"), ("kuaishou", "快手"))
]


class Served:
    """The web as the terminal meets it."""

    def __init__(self, *, declines: int | None = None) -> None:
        self.declines = declines
        self.sent: list[tuple[str, str, dict[str, Any]]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            return httpx2.Response(200, json={"items": PLATFORMS})
        self.sent.append((request.url.path, request.headers["idempotency-key"], json.loads(request.content)))
        if self.declines == len(self.sent):
            return httpx2.Response(409, json={"title": "已归档", "reason": "wrong_stage"})
        return httpx2.Response(200, json={"incident_id": "i", "number": "1号", "events": []})


def handed_in(
    served: Served, file: Path, target: str = "new", title: str = "", discovered_at: str | None = None
) -> None:
    with Web("http://huiying.test", "", transport=httpx2.MockTransport(served)) as web:
        take_in(web, file, target=target, title=title, discovered_at=discovered_at)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    file = tmp_path / "export.csv"
    file.write_text(SHEET, encoding="gb18030")
    return file


IDENTITY = "inc-0123456789abcdef01234567"


def test_a_sheet_is_registered_as_one_case(sheet: Path):
    served = Served()
    handed_in(served, sheet, discovered_at="2026-11-29T09:00:00+08:00")
    ((path, _, content),) = served.sent
    assert path == "/api/v1/incidents"
    assert (content["title"], content["discovered_at"]) == (
        "青溪镇自来水又黄又臭",
        "2026-11-29T09:00:00+08:00",
    )
    assert [item["platform"] for item in content["sources"]] == ["douyin", "weibo", "tieba", "kuaishou"]
    assert content["sources"][0]["at"] == "2026-11-28T21:14:05+08:00"
    assert "用户" not in json.dumps(content, ensure_ascii=False)


def test_the_same_sheet_again_is_the_same_command(sheet: Path):
    served = Served()
    for _ in range(2):
        handed_in(served, sheet, title="青溪供水", discovered_at="2026-11-29T09:00:00+08:00")
    assert len({key for _, key, _ in served.sent}) == 1
    handed_in(served, sheet, target=IDENTITY)
    handed_in(served, sheet, target=IDENTITY)
    assert len(served.sent) == 2 + 8
    assert len({key for _, key, _ in served.sent}) == 1 + 4


class Keeping(Served):
    """The web as it keeps what came under a key, though the worker had died and its answer was lost."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: dict[str, bytes] = {}

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        kept = self.bodies.setdefault(request.headers.get("idempotency-key", ""), request.content)
        if request.method == "POST" and kept != request.content:
            content = {"type": "urn:huiying:problem:key_reused", "subject": IDENTITY, "title": "已提交过"}
            return httpx2.Response(422, json=content)
        return super().__call__(request)


def test_a_sheet_without_an_instant_opens_one_case_whenever_it_is_sent_again(
    sheet: Path, capsys: pytest.CaptureFixture[str]
):
    served = Keeping()
    handed_in(served, sheet)
    ((_, key, _),) = served.sent
    served.bodies[key] = b"of an earlier instant"
    handed_in(served, sheet)
    assert len(served.sent) == 1
    out = capsys.readouterr().out
    assert (IDENTITY in out, "不再重复登记" in out) == (True, True)


def test_the_rest_of_a_long_sheet_follows_into_the_case_that_it_opened_before(tmp_path: Path):
    file, served = tmp_path / "long.csv", Keeping()
    head, line = SHEET.splitlines()[:2]
    rows = [line.replace("青溪镇自来水又黄又臭", f"{place}{'路灯不亮' * 149}") for place in range(150)]
    file.write_text("\n".join((head, *rows)), encoding="utf-8")
    handed_in(served, file, discovered_at=None)
    (_, key, opening), *others = served.sent
    served.bodies[key] = b"of an earlier instant"
    served.sent.clear()
    handed_in(served, file, discovered_at=None)
    assert {path for path, _, _ in served.sent} == {f"/api/v1/incidents/{IDENTITY}/add_source"}
    assert len(opening["sources"]) + len(served.sent) == 150 == len(opening["sources"]) + len(others)


def test_another_instant_for_the_same_sheet_is_another_registration(sheet: Path):
    served = Keeping()
    for day in ("28", "29"):
        handed_in(served, sheet, discovered_at=f"2026-11-{day}T23:59:00+08:00")
    assert len({key for _, key, _ in served.sent}) == 2


def test_a_sheet_that_no_registration_carries_opens_a_case_and_the_rest_follows(tmp_path: Path):
    file, served = tmp_path / "long.csv", Served()
    head, line = SHEET.splitlines()[:2]
    rows = [line.replace("青溪镇自来水又黄又臭", f"{place}{'路灯不亮' * 149}") for place in range(150)]
    file.write_text("\n".join((head, *rows)), encoding="utf-8")
    handed_in(served, file, title="路灯", discovered_at="2026-11-29T09:00:00+08:00")
    (_, _, opening), *others = served.sent
    assert {path for path, _, _ in others} == {"/api/v1/incidents/i/add_source"}
    assert len(opening["sources"]) + len(others) == 150
    assert all(
        len(json.dumps(one, ensure_ascii=False).encode()) < LARGEST_COMMAND for _, _, one in served.sent
    )


def test_rows_go_into_a_running_case_one_by_one_and_one_that_is_declined_is_told(
    sheet: Path, capsys: pytest.CaptureFixture[str]
):
    served = Served(declines=2)
    with pytest.raises(SystemExit, match="1"):
        handed_in(served, sheet, target=IDENTITY)
    assert {path for path, _, _ in served.sent} == {f"/api/v1/incidents/{IDENTITY}/add_source"}
    out = capsys.readouterr().out
    assert ("已归档" in out, "已收 3 条" in out) == (True, True)


def test_nothing_is_handed_in_where_a_row_cannot_be_read(sheet: Path, capsys: pytest.CaptureFixture[str]):
    sheet.write_text(SHEET.replace("2026/11/28 21:20", "昨晚"), encoding="utf-8")
    served = Served()
    with pytest.raises(typer.Exit):
        handed_in(served, sheet)
    assert served.sent == []
    assert "第 3 行" in capsys.readouterr().err


def test_a_workbook_is_handed_in_as_a_sheet_is(sheet: Path, tmp_path: Path):
    book = Workbook()
    for line in SHEET.strip().splitlines():
        book.active.append(line.split(","))
    book.save(tmp_path / "export.xlsx")
    served = Served()
    handed_in(served, sheet, target=IDENTITY)
    handed_in(served, tmp_path / "export.xlsx", target=IDENTITY)
    keys = [key for _, key, _ in served.sent]
    assert keys[:4] == keys[4:]
