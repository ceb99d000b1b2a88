"""保存期限: for how many months the words of the public stand beside a closed case,
before they are reduced to figures.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Months from the close of a case, and from that of one whose file is kept for good."""

    posts_months: int
    permanent_posts_months: int
