"""The format's page suffices: a verifier written from it alone agrees with the first on whole,
forged and hostile bundles.
"""

import random
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.bundle.container import packed, unpacked
from audit.bundle.exporting import Bundle, House, exported
from audit.bundle.verify import verified
from storage.database import Database
from storage.signed_notes import KeyAnnouncement, is_signature, key_line, key_text, signed
from tests.audit.conftest import ENDED, SILENT
from tests.audit.forging import Files, fitted
from tests.audit.sealed import LI, NOON
from tests.audit.second_verifier import verify

pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")


def second(whole: bytes) -> bool:
    """Whether the second verifier accepts; whatever it raises is a refusal."""
    try:
        verify(whole)
    except Exception:  # noqa: BLE001  it asserts and reads what may be anything
        return False
    return True


def first(whole: bytes) -> bool:
    return not verified(whole, is_signature)[0].wrong


async def test_both_accept_every_bundle_of_the_house(database: Database, house: House, worded: Bundle):
    for incident_id in (ENDED, SILENT):
        for with_files in (True, False):
            bundle = await exported(database, house, incident_id, LI, NOON, with_files=with_files)
            verify(bundle.content)
            assert first(bundle.content)
    verify(worded.content)


def test_both_refuse_what_is_changed_anywhere(worded: Bundle):
    """A byte here and there, by seed, in the file as it is and in each of its files packed anew with
    the manifest made to fit.
    """
    chance = random.Random(20260930)
    whole = worded.content
    for _ in range(300):
        changed = bytearray(whole)
        changed[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        assert (first(bytes(changed)), second(bytes(changed))) == (False, False)
    files = unpacked(whole)
    for name in files:
        for _ in range(12 if files[name] else 0):
            content = bytearray(files[name])
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            for forged in (
                packed({**files, name: bytes(content)}),
                packed(fitted({**files, name: bytes(content)})),
            ):
                assert first(forged) == second(forged), (name, first(forged))


FURTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def _announced_beside(files: Files) -> None:
    """A further key at its own word, which no key before it vouches for."""
    log = files["proof/keys.txt"].decode().split("\n")[1]
    line = key_line(log, FURTHER.public_key())
    text = key_text(KeyAnnouncement(origin=log, line=line, before="", at=NOON))
    files["proof/keys.txt"] += f"{signed(text, log, [FURTHER])}\n".encode()


def _signed_beside(files: Files) -> None:
    """A further signature below the house's own announcement."""
    notes = files["proof/keys.txt"].decode()
    log = notes.split("\n")[1]
    text = notes.partition("\n\n")[0] + "\n"
    mark = signed(text, log, [FURTHER]).partition("\n\n")[2]
    files["proof/keys.txt"] = f"{notes[:-1]}{mark}\n".encode()


@pytest.mark.parametrize("change", [_announced_beside, _signed_beside])
def test_both_refuse_keys_that_are_no_chain(worded: Bundle, change: Callable[[Files], None]):
    files = dict(unpacked(worded.content))
    change(files)
    assert (first(packed(files)), second(packed(files))) == (False, False)


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files.pop("proof/leaves.jsonl"),
        lambda files: files.pop("proof/key.pem"),
        lambda files: files.pop("case/decisions.jsonl"),
        lambda files: files.update({"case/texts.jsonl": b""}),
        lambda files: files.update({"proof/more": b""}),
        lambda files: files.update({"proof/leaves.jsonl": files["proof/leaves.jsonl"] * 2}),
    ],
)
def test_both_refuse_what_is_missing_or_too_much(worded: Bundle, change: Callable[[Files], object]):
    files = dict(unpacked(worded.content))
    change(files)
    for forged in (packed(files), packed(fitted(files))):
        assert (first(forged), second(forged)) == (False, False)
