"""Which robot of WeCom (or of 政务微信, which has the same interface at an address of its own) sends the messages."""

from collections.abc import Mapping
from typing import Final

from channels.robot import RobotSettings, member, robot

OFFICIAL: Final = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"


def read(values: Mapping[str, str]) -> RobotSettings:
    """The settings that a form or a row holds; raises BadSettings with the name of the first that is none."""
    return robot(values, OFFICIAL, is_signed=False)


def address(text: str, field: str = "address") -> str:
    """The mobile number or the member's id by which a person is mentioned; raises BadSettings."""
    return member(text, field)
