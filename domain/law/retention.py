"""保存期限: how long the file of a case is kept, and for how many months the words of the public stand
beside a closed case, before they are reduced to figures.
"""

from dataclasses import dataclass
from enum import StrEnum


class RetentionClass(StrEnum):
    """保管期限 of the file of a case (国家档案局令8号): for good, for the long term or for the short one."""

    PERMANENT = "permanent"
    LONG = "long"
    SHORT = "short"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Months from the close of a case, and from that of one whose file is kept for good; and the years for
    which the file of any other is kept.
    """

    posts_months: int
    permanent_posts_months: int
    long_years: int = 30
    short_years: int = 10
