"""A message as DingTalk's robot takes it: a text in which who is mentioned is named too."""

from typing import Any

from channels.message import Message
from channels.robot import is_mobile, text_of


def content_of(message: Message, to: str) -> dict[str, Any]:
    """The body of a message."""
    mentioned = "atMobiles" if is_mobile(to) else "atUserIds"
    return {
        "msgtype": "text",
        "text": {"content": f"{text_of(message)}\n@{to}"},
        "at": {mentioned: [to], "isAtAll": False},
    }
