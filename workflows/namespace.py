"""What Temporal's namespace says of itself: which installation its cases belong to,
and how far their log had come.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from temporalio.api.namespace.v1 import UpdateNamespaceInfo
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client

_PATIENCE: Final = timedelta(seconds=5)
_INSTALLATION: Final = "huiying-installation"
_POSITION: Final = "huiying-log-position"
_DECISIONS: Final = "huiying-log-decisions"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespaceNote:
    """The installation that a namespace belongs to, empty before its first start,
    and the log's marks when it was written.
    """

    installation: str = ""
    position: int = 0
    decisions: int = 0


async def namespace_note(client: Client) -> NamespaceNote:
    """What the namespace says; raises RPCError when Temporal does not answer."""
    request = DescribeNamespaceRequest(namespace=client.namespace)
    data = (await client.workflow_service.describe_namespace(request, timeout=_PATIENCE)).namespace_info.data
    return NamespaceNote(
        installation=data.get(_INSTALLATION, ""),
        position=_number(data, _POSITION),
        decisions=_number(data, _DECISIONS),
    )


def _number(data: Mapping[str, str], name: str) -> int:
    text = data.get(name, "")
    return int(text) if text.isdecimal() else 0


async def write_namespace_note(client: Client, note: NamespaceNote) -> None:
    """Write it into the namespace; other entries there are left alone."""
    data = {
        _INSTALLATION: note.installation,
        _POSITION: str(note.position),
        _DECISIONS: str(note.decisions),
    }
    request = UpdateNamespaceRequest(namespace=client.namespace, update_info=UpdateNamespaceInfo(data=data))
    await client.workflow_service.update_namespace(request, timeout=_PATIENCE)
