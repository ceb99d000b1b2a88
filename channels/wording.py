"""The words that every message has: which incident, what is to be done, until when;
in Chinese, whose phone it is nobody knows here.
"""

from collections.abc import Iterator
from typing import Final

from channels.message import Message
from words.wording import absolute

_HOUSE: Final = "【回应】"
_AGAIN: Final = "（重发）"


def headline(message: Message) -> str:
    """One line: the house, whether it is sent again, the incident's number, the deed, and its due instant."""
    due = f"，{absolute(message.due_at)}截止" if message.due_at else ""
    return f"{_HOUSE}{_AGAIN if message.again else ''}{message.number} {message.deed}{due}"


def lines(message: Message) -> Iterator[str]:
    """The whole message: the headline, then how to say that it was heard."""
    yield headline(message)
    yield (
        "请尽快登录系统办理。"
        if not message.link
        else "已知悉请打开下面的链接确认（24 小时内有效，只用一次）；未确认将逐级通知他人。"
    )
    if message.link:
        yield message.link
