"""Hands a card to Feishu's robot, signed in the body;
it answers 200 and says in `code` (formerly `StatusCode`) what became of it.
"""

import base64
import hashlib
import hmac
from typing import Final

from channels.feishu.wording import card_of
from channels.message import Message, Taken
from channels.outgoing import Outgoing
from channels.robot import RobotSettings, code_in, numbered, post, require_taken

_WHY: Final = numbered(
    {
        "provider_busy": (-1, 1500),
        "not_permitted": (
            19001,
            19021,
            19022,
            19024,
        ),  # no such robot, signature or instant, address, keyword
        "rate_limited": (11232, 99991400),
        "content_refused": (9499, 11246, 19002),
    }
)


def send(message: Message, settings: RobotSettings, to: str, out: Outgoing) -> Taken:
    """Have the robot take a card; raises NotTaken where it did not, with the word for its number."""
    stamp = str(int(message.at.timestamp()))
    content = {
        "timestamp": stamp,
        "sign": signature(settings.secret, stamp),
        "msg_type": "interactive",
        "card": card_of(message, to),
    }
    host, said = post(f"{settings.url}/{settings.key}", content, out)
    require_taken(code_in(said, "code", "StatusCode"), _WHY, host)
    return Taken(provider=host, message_id=message.id)


def signature(secret: str, stamp: str) -> str:
    """HMAC-SHA256 over nothing, under the instant in seconds, a line feed and the secret, in base64."""
    signed = hmac.new(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256)
    return base64.b64encode(signed.digest()).decode()
