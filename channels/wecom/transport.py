"""Hands a message to WeCom's robot, which answers 200 and says in `errcode` what became of it."""

from typing import Final
from urllib.parse import urlencode

from channels.message import Message, Taken
from channels.outgoing import Outgoing
from channels.robot import RobotSettings, code_in, numbered, post, require_taken
from channels.wecom.wording import content_of

_WHY: Final = numbered(
    {
        "provider_busy": (-1, 6000),
        "not_permitted": (
            40001,
            40014,
            93000,
            93004,
            93008,
            93017,
        ),  # no such key, robot taken out, group gone
        "rate_limited": (45009, 45033),
        "content_refused": (40008, 40058, 44004, 45002),
    }
)


def send(message: Message, settings: RobotSettings, to: str, out: Outgoing) -> Taken:
    """Have the robot take a message; raises NotTaken where it did not, with the word for its number."""
    url = f"{settings.url}?{urlencode({'key': settings.key})}"
    host, said = post(url, content_of(message, to), out)
    require_taken(code_in(said, "errcode"), _WHY, host)
    return Taken(provider=host, message_id=message.id)
