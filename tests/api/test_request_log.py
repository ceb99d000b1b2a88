"""Each request leaves one line without content, answers with a trace id,
and a defect tells nothing of itself.
"""

import json
from typing import Any

import pytest
from fastapi import APIRouter

import web as application
from api import health
from api.audit_book import unwritten
from api.request_log import configure_logging
from api.security import PUBLIC
from settings import Settings
from tests.api.office import TOWN, System, registration
from tests.api.problems import problem

SECRET = "某某人的身份证号"


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Any:
    """What the web process logs, line by line."""
    configure_logging("info")

    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]

    yield read
    configure_logging("error")


async def test_a_request_is_one_line_with_person_and_trace_id_and_no_content_or_token(
    system: System, lines: Any
):
    await system.register(TOWN, title=SECRET)
    await system.ask("GET", f"incidents?text={SECRET}", TOWN)
    await system.ask("GET", f"/{SECRET}", TOWN)
    found = lines()
    assert [(line["route"], line["status"]) for line in found][-2:] == [
        ("/api/v1/incidents", 200),
        ("-", 404),
    ]
    known = [line for line in found if line["route"] != "-"]
    assert {(line["person"], line["unit"]) for line in known} == {(TOWN.person, "qingxi")}
    text = json.dumps(found, ensure_ascii=False)
    assert SECRET not in text
    assert system.tokens[TOWN] not in text
    assert all(len(line["trace_id"]) == 32 and line["ms"] >= 0 for line in found)


async def test_a_refusal_is_told_by_its_code_alone(system: System, lines: Any):
    await system.give("incidents", registration(title=" "))
    assert lines()[-1]["problem"] == "missing_part"


async def test_health_is_not_told_while_all_is_well(system: System, lines: Any):
    await system.ask("GET", "/healthz", None)
    await system.ask("GET", "/readyz", None)
    assert lines() == []


async def test_the_trace_id_is_the_callers_own_where_it_has_one(system: System):
    mine = "0af7651916cd43dd8448eb211c80319c"
    given = {"traceparent": f"00-{mine}-b7ad6b7169203331-01"}
    assert (await system.ask("GET", "/healthz", None, headers=given)).headers["X-Trace-Id"] == mine
    odd = await system.ask("GET", "/healthz", None, headers={"traceparent": "<script>"})
    assert len(odd.headers["X-Trace-Id"]) == 32


async def test_every_answer_carries_safe_headers(system: System):
    for path in ("/healthz", "/api/v1/incidents", "/nowhere", "/docs", "/static/docs.js"):
        headers = (await system.ask("GET", path, None)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"
    assert (await system.ask("GET", "incidents")).headers["Cache-Control"] == "no-store"


async def test_a_defect_answers_500_with_a_trace_id_and_nothing_of_itself(
    system: System, lines: Any, monkeypatch: pytest.MonkeyPatch
):
    broken = APIRouter(dependencies=[PUBLIC])

    @broken.get("/healthz")
    @unwritten("a defect is told by the log")
    async def fail() -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr(health, "router", broken)
    app = application.create_app(Settings(database_url=system.settings.database_url))
    defective = System(app, system.database, system.settings, {})
    async with defective.http:
        answer = await defective.ask("GET", "/healthz", None)
        page = await defective.ask("GET", "/healthz", None, headers={"Accept": "text/html"})
    told = problem(answer, 500, "internal")
    assert (page.status_code, page.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert "系统内部错误" in page.text
    assert "Internal error" in page.text
    assert SECRET not in page.text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    assert "test_observed" not in answer.text
    defect, request, *_ = lines()
    assert (defect["event"], defect["type"], defect["trace_id"]) == ("defect", "ValueError", told["trace_id"])
    assert any("fail" in place for place in defect["at"])
    assert SECRET not in json.dumps([defect, request], ensure_ascii=False)
    assert request["status"] == 500
