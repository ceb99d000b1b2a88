"""The keys that sign checkpoints under audit: one chain, each a file of this house,
each as it was announced.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final

from audit.differences import Difference, DifferenceKind
from storage.checkpoint_keys import CheckpointKeys, KeyUnreadable
from storage.checkpoints import StoredKey
from storage.signed_notes import NoteUnreadable, PublicKey, announcement_of, key_of, note_of, raw, vouched

LOG: Final = "sealed-log"
_UNPROVEN: Final = "未能证实："
_NO_FILES: Final = (
    "未能证实：密钥目录里没有签署密钥，未与之核对。 The folder of keys has no key that signs:"
    " none was compared."
)
_NOT_COMPARED: Final = (
    "未能证实：签署密钥的文件读不了，未与之核对：{0}。 Files of keys that sign cannot be read."
)
_NOT_ANNOUNCED: Final = (
    "密钥目录里的 {0} 不在库中：启用时中断，或库中记录被删。 A key that signs is announced nowhere:"
    " its start broke off, or it was erased."
)


def of_log(expected: str, standing: str) -> Difference:
    """A difference of the log itself."""
    return Difference(
        incident_id=LOG, number=None, kind=DifferenceKind.SEALED, expected=expected, actual=standing
    )


def vouched_keys(announcements: Sequence[str]) -> tuple[dict[str, PublicKey], list[Difference]]:
    """The keys that their announcements vouch for, by their ids, and those that none does."""
    keys, wrong = vouched(announcements)
    differences = [
        of_log(f"key {place + 1} signed by itself and by the one before", why) for place, why in wrong.items()
    ]
    return keys, differences


def of_key_files(
    announced: Sequence[StoredKey], signing: CheckpointKeys
) -> tuple[list[Difference], tuple[str, ...]]:
    """The keys of the database against the files here,
    one that never was a file of this house being somebody else's; and what ought to be known.
    """
    differences: list[Difference] = []
    try:
        names = signing.names()
        if announced and not names:
            return [], (_NO_FILES,)
        for place, one in enumerate(announced, start=1):
            with suppress(NoteUnreadable):  # which is told where its signatures are looked at
                announcement = announcement_of(note_of(one.note))
                name, public = key_of(announcement.line if announcement else "")
                private = signing.private(name)
                if private is None or raw(private.public_key()) != raw(public):
                    differences.append(
                        of_log(f"key {place} as a file of this house", f"no file of the key {name}")
                    )
    except KeyUnreadable as error:
        return differences, (_NOT_COMPARED.format(error),)
    left = sorted(set(names) - {one.key for one in announced})
    return differences, (_NOT_ANNOUNCED.format(" ".join(left)),) if left else ()


def of_key_columns(announced: Sequence[StoredKey]) -> Iterator[Difference]:
    """Keys that stand in the database under another name or instant than they were announced by."""
    for place, one in enumerate(announced, start=1):
        with suppress(NoteUnreadable):  # which is told where its signatures are looked at
            announcement = announcement_of(note_of(one.note))
            says = (announcement.line.split("+")[1], announcement.at) if announcement else None
            if says != (one.key, one.at):
                yield of_log(f"key {place} as its announcement has it", "another name or instant")


def is_unproven(why: str) -> bool:
    """Whether what is said of the files of keys is that they could not be looked at."""
    return why.startswith(_UNPROVEN)
