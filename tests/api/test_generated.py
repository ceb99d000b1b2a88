"""Requests generated from the documentation, as it allows them and otherwise:
never a failure of the server, always words.

HUIYING_GENERATED says how many; `make hostile` asks for 50,000 (S4).
"""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import uuid4

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, openapi

from tests.api.office import AUDITOR, CLERK, OFFICE, OUTSIDER, TOWN, TOWN_LEADER, System, registration

ASKED: Final = int(os.environ.get("HUIYING_GENERATED", "2000"))
CALLERS: Final = (OFFICE, CLERK, TOWN, TOWN_LEADER, OUTSIDER, AUDITOR, None)
HEAD: Final = "urn:huiying:problem:"


def cases(operations: Sequence[Any], incident: str) -> st.SearchStrategy[Any]:
    """A request of any operation, in both manners, on a case that exists or one that does not."""
    manners = [
        operation.as_strategy(generation_mode=mode, **known)
        for operation in operations
        for mode in GenerationMode
        for known in ({}, {"path_parameters": {"incident_id": incident}})
        if not known or "{incident_id}" in operation.path
    ]
    return st.sampled_from(manners).flatmap(lambda manner: manner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request as it goes over the wire."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


def prepared(case: Any) -> Prepared:
    """A generated request, put into bytes by the library that its generator is made for."""
    told = case.as_transport_kwargs(base_url="http://huiying.test")
    told.pop("cookies", None)
    request = requests.Request(**told).prepare()
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    headers = {name: str(value) for name, value in request.headers.items() if name.lower() != "authorization"}
    return Prepared(
        method=str(request.method), url=str(request.url), headers=headers, body=cast("bytes", body)
    )


@pytest.mark.timeout(max(300, ASKED // 4))
async def test_what_the_documentation_allows_or_forbids_is_answered_in_words(system: System):
    incident = str((await system.recorded("incidents", registration())).json()["incident"]["incident_id"])
    schema = openapi.from_dict(system.app.openapi())
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 80
    loop, answered = asyncio.get_running_loop(), Counter[int]()

    async def asked(request: Prepared, caller: int, *, with_key: bool) -> list[str]:
        actor = CALLERS[caller]
        headers = dict(request.headers)
        if actor is not None:
            headers["Authorization"] = f"Bearer {system.tokens[actor]}"
        if with_key:  # else few would come further than the header that is missing
            headers["Idempotency-Key"] = uuid4().hex
        answer = await system.http.request(request.method, request.url, headers=headers, content=request.body)
        answered[answer.status_code] += 1
        return wrong(answer.status_code, answer.headers.get("content-type", ""), answer.text)

    @settings(
        max_examples=ASKED,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases(operations, incident), caller=st.integers(0, len(CALLERS) - 1), with_key=st.booleans())
    def ask(case: Any, caller: int, with_key: bool) -> None:  # noqa: FBT001  Hypothesis gives it by name
        asking = asked(prepared(case), caller, with_key=with_key)
        told = asyncio.run_coroutine_threadsafe(asking, loop).result(30)
        assert told == [], (case.method, case.path, case.path_parameters, case.query, case.body)

    await asyncio.to_thread(ask)
    assert sum(answered.values()) >= ASKED * 0.8
    assert {200, 401, 404, 422} <= set(answered)


def wrong(status: int, kind: str, text: str) -> list[str]:
    """What is wrong with an answer."""
    faults = [f"{status}: {text[:300]}"] if status >= 500 else []
    if status >= 400:
        faults += [] if kind == "application/problem+json" else [f"{status} is {kind}"]
        content = json.loads(text)
        faults += [] if content["type"].startswith(HEAD) else [content["type"]]
        faults += [name for name in ("title", "title_en", "detail", "detail_en") if not content.get(name)]
    return faults + [word for word in ("Traceback", ".py", "sqlalchemy") if word in text]
