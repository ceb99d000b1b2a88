"""What became of the messages of a notice, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from domain.hearing import Hearer
from domain.law.hearing_table import Recipient
from storage.receipts import CallStatus, ReceiptEntry
from words.deliveries import detail_words
from words.labels import label, word
from words.language import say
from words.wording import MomentText, moment

_GOOD: Final = frozenset({CallStatus.SENT, CallStatus.ACKNOWLEDGED, CallStatus.JOINED, CallStatus.LAPSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One receipt for readers: when, who as what, by which channel, what happened,
    at which server, and why.
    """

    at: MomentText
    who: str
    channel: str
    status: str
    why: str
    is_good: bool
    is_again: bool


def receipt_lines(entries: Iterable[ReceiptEntry]) -> tuple[ReceiptLine, ...]:
    """The receipts in their order; that a message was begun is left out once its outcome is known."""
    listed = list(entries)
    ended = {entry.attempt for entry in listed if entry.status is not CallStatus.BEGUN}
    return tuple(
        _line(entry) for entry in listed if entry.status is not CallStatus.BEGUN or entry.attempt not in ended
    )


def _line(entry: ReceiptEntry) -> ReceiptLine:
    person = entry.person or say("无人")
    if entry.deputy_for:
        person = say("{deputy}（代理 {person}）", deputy=person, person=entry.deputy_for)
    return ReceiptLine(
        at=moment(entry.at.replace(microsecond=0)),
        who=say("{hearer} {person}", hearer=hearer_words(entry.hearer), person=person),
        channel=label("call_channels", entry.channel).here if entry.channel else "",
        status=word(entry.status),
        why=" ".join(filter(None, (entry.provider, detail_words(entry.detail)))),
        is_good=entry.status in _GOOD,
        is_again=entry.again,
    )


def hearer_words(codes: str) -> str:
    """The posts that were called, in words."""
    return say("、").join(_hearer(code) for code in codes.split(",") if code)


def _hearer(code: str) -> str:
    return (
        word(Hearer(code))
        if code in set(Hearer)
        else word(Recipient(code))
        if code in set(Recipient)
        else code
    )
