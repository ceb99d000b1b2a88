"""The incident that an address names; what cannot be the id of one is not there."""

import re
from typing import Annotated

from fastapi import Depends, Path

from casework.outcomes import NotFound

_ID = re.compile(r"inc-[0-9a-f]{24}").fullmatch


def known_id(incident_id: str) -> str:
    """The incident's id; raises NotFound for what cannot be one."""
    if not _ID(incident_id):
        raise NotFound
    return incident_id


# Asynchronous, though it waits for nothing: a plain function would be handed to a thread.
async def _in_address(
    incident_id: Annotated[
        str, Path(examples=["inc-0123456789abcdef01234567"], description="事件编号。 The incident's id.")
    ],
) -> str:
    return known_id(incident_id)


IncidentId = Annotated[str, Depends(_in_address)]
