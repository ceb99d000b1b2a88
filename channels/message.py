"""What goes out, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

LONGEST_CODE: Final = 60
_UNSURE: Final = frozenset({"timeout", "broken_off", "smtp_broken_off", "malformed"})
_STUMBLED: Final = "http_5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message to one person: by default number, deed and due instant alone, nothing that people wrote.

    `id` is the same however often the message is sent again; `attempt` names this sending. `link` is empty
    where the house has no address that a phone could open. `again` says that the person may have it already.
    """

    id: str
    attempt: str
    number: str
    deed: str
    purpose: str
    due_at: datetime | None
    at: datetime
    link: str = ""
    again: bool = False


def may_be_out(detail: str) -> bool:
    """Whether a failure with this code says nothing of whether the message went out."""
    return detail in _UNSURE or detail.startswith(_STUMBLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A provider took the message: its host, and under which name it knows the message."""

    provider: str
    message_id: str
    detail: str = ""


class NotTaken(Exception):  # noqa: N818  named for what happened
    """The channel does not work, whoever the message is for; `detail` is a code, never a provider's words.

    It may later.

    `outcome` is what receipts call it.
    """

    outcome: ClassVar[str] = "failed"

    def __init__(self, detail: str, provider: str = "") -> None:
        super().__init__(detail)
        self.detail = detail[:LONGEST_CODE]
        self.provider = provider


class Deferred(NotTaken):
    """The provider does not take this message for this address now; of the channel it says nothing."""

    outcome = "deferred"


class Rejected(NotTaken):
    """The provider will never take this message for this address; of the channel it says nothing."""

    outcome = "refused"


class BadSettings(Exception):  # noqa: N818  named for what was found
    """A setting of a channel, or an address, is none; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field
