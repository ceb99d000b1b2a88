"""`huiying law recount`: each case with a limit in working days is put under the calendar once,
and what came of it is listed (DD-39).
"""

import json
from collections.abc import Mapping

import httpx2
import pytest

from terminal.calendars import count_again
from terminal.client import Web

MOVED = {
    "kind": "rebased",
    "retimed": [
        {
            "obligation": "RECTIFY:urban_management:supervision_order-1",
            "former_due_at": "2027-01-05T15:59:59Z",
            "due_at": "2027-01-07T15:59:59Z",
        }
    ],
}
WITHDRAWN = {"kind": "breach_withdrawn", "obligation": "RECTIFY:urban_management:supervision_order-1"}
ON_TIME = {**WITHDRAWN, "kind": "late_evidence_reviewed"}


class Served:
    """The web as the terminal meets it: two lists of obligations, and an answer for each case."""

    def __init__(self, **answers: httpx2.Response) -> None:
        self.answers = answers
        self.sent: list[tuple[str, object]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            names = list(self.answers)
            wanted = names[:1] if "status" in request.url.params else names
            return httpx2.Response(
                200, json={"items": [{"incident_id": one, "number": f"{one}号"} for one in wanted]}
            )
        incident = request.url.path.split("/")[-2]
        self.sent.append((incident, json.loads(request.content)))
        return self.answers[incident]


def taken(*events: Mapping[str, object]) -> httpx2.Response:
    return httpx2.Response(200, json={"events": [{"number": 9, "event": event} for event in events]})


def declined(reason: str) -> httpx2.Response:
    return httpx2.Response(409, json={"title": "未办理", "reason": reason})


def recounted(served: Served) -> None:
    with Web("http://huiying.test", "", transport=httpx2.MockTransport(served)) as web:
        count_again(web, reason="通知")


def test_each_case_is_asked_once_and_its_outcome_listed(capsys: pytest.CaptureFixture[str]):
    served = Served(
        a=taken(MOVED), b=taken(MOVED, WITHDRAWN), c=taken(MOVED, ON_TIME), d=declined("law_unchanged")
    )
    recounted(served)
    assert [(name, sent) for name, sent in served.sent] == [
        (name, {"reason": "通知", "calendar_only": True}) for name in "abcd"
    ]
    lines = capsys.readouterr().out.splitlines()
    assert [(line[0], "2027-01-07" in line) for line in lines[:4]] == [
        ("a", True),
        ("b", True),
        ("c", True),
        ("d", False),
    ]
    assert ("超时撤回" in lines[1], "改按按时计" in lines[2], "共 4 件" in lines[4]) == (True, True, True)


def test_a_case_that_could_not_be_counted_again_is_told_and_the_others_go_on(
    capsys: pytest.CaptureFixture[str],
):
    served = Served(a=declined("stale"), b=taken(MOVED))
    with pytest.raises(SystemExit, match="1"):
        recounted(served)
    assert "未办理" in capsys.readouterr().out
    assert len(served.sent) == 2
