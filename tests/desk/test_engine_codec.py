"""The codec endpoint for Temporal's own pages: off by default, for one post and one origin,
and bound to the case that a payload names.
"""

import json
from base64 import b64decode
from typing import Any

from google.protobuf.json_format import MessageToDict
from temporalio.api.common.v1 import Payload, Payloads

from tests.desk.conftest import Office
from tests.desk.seat import Seat
from tests.desk.test_steps import TITLE, registered
from workflows.client import connect

PATH = "/engine/decode"
ORIGIN = "http://127.0.0.1:8233"


async def beginning(office: Office, incident_id: str) -> Payload:
    """The sealed argument by which the case was begun."""
    settings = office.system.settings
    client = await connect(settings.temporal_address, settings.temporal_namespace, settings.keys_dir)
    history = await client.get_workflow_handle(incident_id).fetch_history()
    return history.events[0].workflow_execution_started_event_attributes.input.payloads[0]


async def shown(seat: Seat, payload: Payload, origin: str = ORIGIN) -> tuple[int, Any]:
    answer = await seat.http.post(
        PATH, json=MessageToDict(Payloads(payloads=[payload])), headers={"Origin": origin}
    )
    if answer.status_code != 200:
        return answer.status_code, None
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    return 200, json.loads(b64decode(answer.json()["payloads"][0]["data"]))


async def test_payloads_are_opened_where_settings_say_so_and_for_the_case_that_they_name(office: Office):
    leader, administrator = await office.sits("office.leader"), await office.sits("sys.admin")
    ones, others = [await beginning(office, (await registered(leader)).rpartition("/")[2]) for _ in range(2)]
    assert (await shown(administrator, ones))[0] == 404
    assert (await administrator.http.options(PATH)).status_code == 404
    app = office.system.app
    before = app.state.settings
    app.state.settings = before.model_copy(update={"temporal_codec_origin": ORIGIN})
    try:
        assert (await administrator.http.options(PATH)).status_code == 204
        status, case = await shown(administrator, ones)
        assert (status, case["submission"]["command"]["title"]) == (200, TITLE)
        moved = Payload(metadata={**ones.metadata, "case": others.metadata["case"]}, data=ones.data)
        assert await shown(administrator, moved) == (200, "not opened: changed")
        assert (await shown(administrator, ones, "https://elsewhere.example"))[0] == 403
        assert (await shown(leader, ones))[0] == 403
        assert (await shown(await office.seat(), ones))[0] == 401
        plain = Payload(metadata={"encoding": b"json/plain"}, data=b'"as it is"')
        assert await shown(administrator, plain) == (200, "as it is")
        for body in (b"\xff", b"{", b'{"payloads": 3}', b'{"payloads": [{"data": 7}]}'):
            answer = await administrator.http.post(
                PATH, content=body, headers={"Origin": ORIGIN, "Content-Type": "application/json"}
            )
            assert answer.status_code == 422, body
    finally:
        app.state.settings = before
