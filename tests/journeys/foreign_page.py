"""A page of somebody else, open in a browser of the machine: it sends what browsers send without asking,
to the engine's HTTP API.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2

from settings import Settings
from tests.deploy.system import System

# As a form or a simple request of another site has it: no browser asks beforehand.
_HEADERS = {"Content-Type": "text/plain;charset=UTF-8", "Origin": "https://elsewhere.example"}
_LISTENS = "0A"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignPage:
    """The HTTP API of the engine at a port that the page has come to know."""

    port: int
    namespace: str

    async def attack(self, incident_id: str, case: str) -> list[int]:
        """Signal, start, update, terminate and cancel, by name and by query; the statuses.

        `case` is in base64.
        """
        payloads = {"payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": case}]}
        begun = {"workflowType": {"name": "Incident"}, "taskQueue": {"name": "huiying"}, "input": payloads}
        reason = {"reason": "elsewhere"}
        query = 'WorkflowType = "Incident"'
        batch = {"jobId": uuid4().hex, "visibilityQuery": query, **reason}
        own = f"workflows/{incident_id}"
        return [
            await self._post(f"{own}/signal/submit_later", {"input": payloads}),
            await self._post(
                f"{own}/update/submit", {"request": {"input": {"name": "submit", "args": payloads}}}
            ),
            await self._post(f"workflows/inc-{uuid4().hex[:24]}", begun),
            await self._post(f"{own}/cancel", reason),
            await self._post(f"{own}/terminate", reason),
            await self._post(
                f"batch-operations/{batch['jobId']}",
                {**batch, "signalOperation": {"signal": "submit_later", "input": payloads}},
            ),
            await self._post(
                f"batch-operations/{uuid4().hex}",
                {**batch, "terminationOperation": {"identity": "elsewhere"}},
            ),
        ]

    async def _post(self, path: str, content: dict[str, Any]) -> int:
        address = f"http://127.0.0.1:{self.port}/api/v1/namespaces/{self.namespace}/{path}"
        async with httpx2.AsyncClient(timeout=10) as http:
            return (await http.post(address, json=content, headers=_HEADERS)).status_code


async def opened(settings: Settings, system: System) -> ForeignPage:
    """The page once it has come upon the port, as by trying all; it is none of those that are set."""
    known = {settings.temporal_port, settings.temporal_metrics_port, settings.temporal_ui_port}
    ports = _ports_of(system.pids()["start-dev"])
    assert settings.temporal_ui_port not in ports  # the engine's own pages are off
    for port in ports - known:
        with suppress(httpx2.HTTPError):
            async with httpx2.AsyncClient(timeout=5) as http:
                answer = await http.get(f"http://127.0.0.1:{port}/api/v1/cluster-info")
            if answer.status_code == httpx2.codes.OK:
                return ForeignPage(port=port, namespace=settings.temporal_namespace)
    raise AssertionError(f"none of {ports} answers")


def _ports_of(pid: int) -> set[int]:
    """The ports that a process listens on, by the kernel's tables."""
    sockets = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            sockets.add(str(link.readlink()))
    ports = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            _, local, _, state, _, _, _, _, _, inode, *_ = line.split()
            if state == _LISTENS and f"socket:[{inode}]" in sockets:
                ports.add(int(local.rpartition(":")[2], 16))
    return ports
