"""平台与渠道名录: where the public speaks, where one publishes, and where else items come from,
as data of the regulation (DD-32).
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.terms.vocabulary import PUBLIC_PLATFORMS, PUBLISHING_PLATFORMS, Platform


class PlatformKind(StrEnum):
    """What an entry of the register is."""

    PUBLIC = "public_platform"
    OWN_CHANNEL = "own_channel"
    BROADCAST = "broadcast"
    HOTLINE = "hotline"
    SUPERIOR = "superior"
    REPORT = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformEntry:
    """One platform or channel: its names, what it is, whether it counts for coverage (R365),
    and whether one publishes on it.
    """

    code: str
    zh: str = ""
    en: str = ""
    kind: PlatformKind
    coverage: bool = False
    publishing: bool = False


def _kind_before(platform: Platform) -> PlatformKind:
    if platform in PUBLIC_PLATFORMS:
        return PlatformKind.PUBLIC
    if platform in {Platform.TELEVISION, Platform.RADIO}:
        return PlatformKind.BROADCAST
    return PlatformKind.OWN_CHANNEL if platform in PUBLISHING_PLATFORMS else PlatformKind(platform.value)


# What stands for the register in a law that was frozen before it was data; its names are those of the labels.
BEFORE_THE_REGISTER = tuple(
    PlatformEntry(
        code=platform.value,
        kind=_kind_before(platform),
        coverage=platform in PUBLIC_PLATFORMS,
        publishing=platform in PUBLISHING_PLATFORMS,
    )
    for platform in Platform
)
