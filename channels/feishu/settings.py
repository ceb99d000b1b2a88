"""Which robot of Feishu sends the cards, and the secret that signs them."""

import re
from collections.abc import Mapping
from typing import Final

from channels.message import BadSettings
from channels.robot import RobotSettings, apart, member, robot

OFFICIAL: Final = "https://open.feishu.cn/open-apis/bot/v2/hook"
_WHOLE: Final = re.compile(
    r"(?P<url>[^?#]*/hook)/(?P<key>[^/?#]+)/?(?:[?#].*)?"
)  # as the provider shows it, key and all
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read(values: Mapping[str, str]) -> RobotSettings:
    """The settings that a form or a row holds; raises BadSettings with the name of the first that is none."""
    return robot(values, _WHOLE, OFFICIAL, is_signed=True)


def taken_apart(values: Mapping[str, str]) -> dict[str, str]:
    """What was typed, with the key in its own place where the whole address was pasted;
    raises BadSettings for two keys.
    """
    return apart(values, _WHOLE, OFFICIAL)


def address(text: str, field: str = "address") -> str:
    """The user's id (`ou_…`, or the one that the organisation gave),
    since its robots mention nobody by number; raises BadSettings.
    """
    plain = member(text, field)
    if not _ID.fullmatch(plain):
        raise BadSettings(field)
    return plain
