"""A message as the gateway reads it: JSON of the type `call`."""

import json

from channels.message import Message
from channels.wording import lines


def content_of(message: Message, to: str) -> bytes:
    """The body of a message; `text` is ready to be shown or spoken."""
    return json.dumps(
        {
            "type": "call",
            "timestamp": message.at.isoformat(),
            "data": {
                "to": to,
                "number": message.number,
                "purpose": message.purpose,
                "deed": message.deed,
                "due_at": message.due_at.isoformat() if message.due_at else None,
                "again": message.again,
                "link": message.link or None,
                "text": "\n".join(lines(message)),
            },
        },
        ensure_ascii=False,
    ).encode()
