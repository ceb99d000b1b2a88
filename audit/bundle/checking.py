"""`huiying audit check`: a bundle without server and database, by the verifier that lies in it,
and by the rules themselves.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from audit.bundle.certificate import is_certificate, wrong_codes
from audit.bundle.container import Wrong
from audit.bundle.signature import signature_parts
from audit.bundle.verify import Verifier, certified, verified
from audit.decided import decided_again
from audit.stamping import stamped_by_library
from domain.catalogue import Decision
from papers.following import case_of, following, parted
from papers.outcome import obligation_of
from storage.codec import DECISION
from storage.signed_notes import is_signature, notes_in, vouched

_NOT_COMPARED: Final = (
    "密钥未与外存的存证点核对（--checkpoints）",
    "the key was not compared with checkpoints from elsewhere",
)
_MEMBERS: Final = {
    "owed": "责任",
    "law": "规定",
    "clock": "时限",
    "outcome": "结果",
    "verdict": "裁定",
    "publication": "公布",
}
_NOTE: Final = (
    "经过、通知和回执、恢复记录、题名和分级由出具单位述明，没有重算",
    (
        "course, notices and receipts, healings, title and grade are told by the house,"
        " and were not worked out again"
    ),
)
LARGEST: Final = 2 << 30  # bytes of a file that is looked into


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleVerdict:
    """What the check of a bundle came to: of which case, under which checkpoint and key,
    what a certificate `says`, what is wrong, and what ought to be known.

    Each thing is said in Chinese and English; what is wrong has its place.
    """

    number: str = ""
    incident_id: str = ""
    checkpoint: str = ""
    key: str = ""
    says: str = ""
    wrong: tuple[Wrong, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong


def checked(file: Path, outside: Path | None = None, code: str | None = None) -> BundleVerdict:
    """Check a bundle or a certificate that somebody handed over, whatever it is;
    nothing is unpacked, and nothing written.

    `code` is what is printed on the paper of a certificate, None where there is none to compare;
    an empty one is wrong.

    1. Every byte, digest, link, text, proof and the signature, as the verifier in the bundle does it.
    2. Each decision once more by the rules of this release, under the edition of the case.
    """
    try:
        data = _read(file)
        known = outside.read_text(encoding="utf-8", errors="replace") if outside is not None else ""
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return BundleVerdict(wrong=(Wrong(file.name, f"读不了（{reason}）", f"cannot be read ({reason})"),))
    except Wrong as unfit:
        return BundleVerdict(wrong=(unfit,))
    known = known or ("-" if outside is not None else "")
    if is_certificate(data):
        return _of_certificate(data, known, code)
    verifier, files = verified(data, is_signature, known, stamped_by_library)
    notes = list(verifier.notes)
    wrong = [*verifier.wrong]
    if not wrong:
        wrong += [*_of_keys(files), *_by_the_rules(verifier), *_of_certificates(verifier)]
    wrong += wrong_codes(files.values(), code)
    if outside is None:
        notes.append(_NOT_COMPARED)
    return _verdict(verifier, files, wrong, notes)


def _of_certificate(data: bytes, known: str, code: str | None) -> BundleVerdict:
    """A certificate that stands alone."""
    check, notes = certified(data, is_signature, known, code)
    if not known:
        notes.append(_NOT_COMPARED)
    notes.append(_NOTE)
    wrong = [*check.wrong] or [*by_its_records(check.content, check.content["records"], "certificate")]
    if wrong:
        return BundleVerdict(wrong=tuple(wrong), notes=tuple(notes))
    case = check.content["statement"]["case"]
    *_, key = signature_parts(check.proof)
    return BundleVerdict(
        number=str(case["number"]),
        incident_id=str(case["incident_id"]),
        checkpoint=check.content["checkpoint"],
        key=key,
        says=str(check.content["statement"]["verdict"]["chinese"]),
        notes=tuple(notes),
    )


def _of_certificates(verifier: Verifier) -> Iterator[Wrong]:
    """The certificates in a bundle, each against the records that it names and against all
    of the case until then.
    """
    records = [record for _, record, _ in verifier.of_file("case/decisions.jsonl")]
    for name, data in verifier.files.items():
        if name.startswith("certificates/") and name.endswith(".json"):
            content = json.loads(data)
            wrong = [*by_its_records(content, content["records"], name)]
            until = content["statement"]["until"]["record"]
            whole = [record for record in records if record["sealed"]["last_number"] <= until]
            yield from wrong or by_its_records(content, whole, name)


def by_its_records(
    content: Mapping[str, Any], records: Sequence[Mapping[str, Any]], place: str
) -> Iterator[Wrong]:
    """Where a certificate says another thing than follows by the rules from records."""
    said = content["statement"]
    try:
        decisions = [DECISION.validate_json(record["text"]) for record in records]
    except ValidationError:
        yield Wrong(place, "本版本读不懂所附记录，请用写成它的版本", "records of another release")
        return
    for name in _parted(said, decisions):
        yield Wrong(
            place,
            f"所称{_MEMBERS[name]}与所附记录不符",
            f"says another {name} than its records: the rules read them otherwise",
        )


def _parted(said: Mapping[str, Any], decisions: Sequence[Decision]) -> list[str]:
    try:
        obligation, case = obligation_of(decisions, said["outcome"]["id"]), case_of(decisions)
        if obligation is None or case is None:
            return ["outcome"]
        return parted(said, following(case, obligation, decisions))
    except Exception:  # noqa: BLE001  what a house made up may raise anything
        return ["outcome"]


def _read(file: Path) -> bytes:
    if not file.is_file():
        raise Wrong(file.name, "不是文件", "not a file")
    if file.stat().st_size > LARGEST:
        raise Wrong(file.name, "大得不合情理", "larger than any bundle")
    return file.read_bytes()


def _verdict(
    verifier: Verifier, files: dict[str, bytes], wrong: list[Wrong], notes: list[tuple[str, str]]
) -> BundleVerdict:
    if wrong:
        return BundleVerdict(wrong=tuple(wrong), notes=tuple(notes))
    *_, key = signature_parts(files)
    return BundleVerdict(
        number=str(verifier.manifest["number"]),
        incident_id=str(verifier.manifest["incident_id"]),
        checkpoint=files["proof/checkpoint.txt"].decode(),
        key=key,
        notes=tuple(notes),
    )


def _of_keys(files: dict[str, bytes]) -> Iterator[Wrong]:
    """Whether the announcements in the bundle lead, each signed by the one before, to the key that signed."""
    *_, name = signature_parts(files)
    try:
        notes = [note for _, note in notes_in(files["proof/keys.txt"].decode())]
        keys, not_vouched = vouched(notes)
    except UnicodeDecodeError:
        keys, not_vouched = {}, {}
    if name not in keys or not_vouched:
        yield Wrong(
            "proof/keys.txt", "密钥没有前一把的签署交接", "the key is not vouched for by the one before"
        )


def _by_the_rules(verifier: Verifier) -> Iterator[Wrong]:
    """Decisions that the rules do not repeat; those that a later release wrote cannot be read by this one."""
    decisions, incident_id = [], str(verifier.manifest["incident_id"])
    for place, record, _ in verifier.of_file("case/decisions.jsonl"):
        if "reduced" in record:
            return  # the rules would judge by texts that are gone
        try:
            decisions.append(DECISION.validate_json(record["text"]))
        except ValidationError:
            yield Wrong(
                place,
                "本版本读不懂这条决定，请用写成它的版本",
                "no decision of this release: use that which wrote it",
            )
            return
    differences, folded = decided_again(incident_id, decisions)
    for difference in differences:
        yield Wrong(
            f"event {difference.number}", "规则重算的结果不同", f"the rules decide otherwise: {difference}"
        )
    if folded is None or folded.incident_id != incident_id:
        yield Wrong("case/decisions.jsonl", "不是这件事件的记录", "not the log of this incident")
