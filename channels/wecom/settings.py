"""Which robot of WeCom (or of 政务微信, which has the same interface at an address of its own)
sends the messages.
"""

import re
from collections.abc import Mapping
from typing import Final

from channels.robot import RobotSettings, apart, member, robot

OFFICIAL: Final = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
_WHOLE: Final = re.compile(
    r"(?P<url>[^?#]*)\?(?:[^#]*&)?key=(?P<key>[^&#]*)[^#]*(?:#.*)?"
)  # as the provider shows it, key and all


def read(values: Mapping[str, str]) -> RobotSettings:
    """The settings that a form or a row holds; raises BadSettings with the name of the first that is none."""
    return robot(values, _WHOLE, OFFICIAL, is_signed=False)


def taken_apart(values: Mapping[str, str]) -> dict[str, str]:
    """What was typed, with the key in its own place where the whole address was pasted;
    raises BadSettings for two keys.
    """
    return apart(values, _WHOLE, OFFICIAL)


def address(text: str, field: str = "address") -> str:
    """The mobile number or the member's id by which a person is mentioned; raises BadSettings."""
    return member(text, field)
