"""A message as WeCom's robot takes it: a text of at most 2,048 bytes, and whom it mentions."""

from typing import Any, Final

from channels.message import Message
from channels.robot import is_mobile, text_of

_LONGEST: Final = 2048  # bytes


def content_of(message: Message, to: str) -> dict[str, Any]:
    """The body of a message."""
    text = text_of(message).encode()[:_LONGEST].decode(errors="ignore")
    mentioned = "mentioned_mobile_list" if is_mobile(to) else "mentioned_list"
    return {"msgtype": "text", "text": {"content": text, mentioned: [to]}}
