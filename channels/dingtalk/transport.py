"""Hands a message to DingTalk's robot, signed by HMAC-SHA256;
it answers 200 and says in `errcode` what became of it.
"""

import base64
import hashlib
import hmac
from typing import Final
from urllib.parse import urlencode

from channels.dingtalk.wording import content_of
from channels.message import Message, NotTaken, Taken
from channels.outgoing import Outgoing
from channels.robot import RobotSettings, code_in, numbered, post, require_taken

_WHY: Final = numbered(
    {
        "provider_busy": (-1,),
        # Wrong signature, old timestamp, missing keyword, foreign address (310000); no such token;
        # robot stopped; group gone.
        "not_permitted": (300001, 300005, 310000, 400013, 400101, 400102, 40014),
        "rate_limited": (130101, 410100, 90018),
        "content_refused": (40035, 400105, 430101, 430102, 430103, 430104, 460101),
    }
)
_FLOODED: Final = (
    1111  # the `status` by which a guard before the robot turns away who sends too fast; it says no `errcode`
)


def send(message: Message, settings: RobotSettings, to: str, out: Outgoing) -> Taken:
    """Have the robot take a message; raises NotTaken where it, or the guard before it, did not,
    with the word for the number.
    """
    stamp = str(int(message.at.timestamp() * 1000))
    query = {
        "access_token": settings.key,
        "timestamp": stamp,
        "sign": signature(settings.secret, stamp),
    }
    host, said = post(f"{settings.url}?{urlencode(query)}", content_of(message, to), out)
    if "errcode" not in said and said.get("status") == _FLOODED:
        raise NotTaken(f"rate_limited/{_FLOODED}", host)
    require_taken(code_in(said, "errcode"), _WHY, host)
    return Taken(provider=host, message_id=message.id)


def signature(secret: str, stamp: str) -> str:
    """HMAC-SHA256 under the secret over the instant in milliseconds,
    a line feed and the secret, in base64.
    """
    signed = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256)
    return base64.b64encode(signed.digest()).decode()
