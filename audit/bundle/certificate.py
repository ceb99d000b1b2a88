"""A deadline certificate as a verifier takes it: its records with their proofs, one checkpoint,
and the keys that vouch for it.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from audit.bundle.container import MALFORMED, Wrong
from audit.bundle.core import canonical, climbed, sha256
from audit.bundle.hashes import checkpoint_lines
from audit.bundle.signature import Signs, is_announced, line_of, pem_of, signature_parts, untyped

CERTIFICATE = "huiying-certificate/1"
LARGEST_CERTIFICATE = 64 << 20  # bytes
CODE = 32  # digits of the file's SHA-256 that are printed on the paper

HOUSE_SAYS = "出具单位称 The house says: "
_BOUNDS = (
    "of a certificate records, order and signature are proven; verdict, clock and publication are told by"
    " the house:"
    " this program does not work them out again, huiying audit check does, by the rules"
)
BOUNDS = (  # by a program that has not the rules
    (
        "时限凭证的记录、次序和签名已核对；裁定、时限、公布等由出具单位述明，本程序没有重算，huiying audit"
        " check 按规则重算"
    ),
    _BOUNDS,
)


def is_certificate(data: bytes) -> bool:
    """Whether a file is meant to be a certificate, and no bundle."""
    return data.startswith(b"{")


def has_code(data: bytes, code: str) -> bool:
    """Whether what is printed on a paper is of this file."""
    digits = "".join(code.split()).replace("-", "").lower()
    return len(digits) >= CODE and sha256(data).startswith(digits)


def wrong_codes(files: Iterable[bytes], code: str | None) -> Iterator[Wrong]:
    """What is wrong with a code that was given: that nothing is written there,
    or that none of these files bears it.
    """
    if code is not None and not code.strip():
        yield Wrong(
            "code", "核对码是空的，没有核对", "the code is empty: nothing was compared with the paper"
        )
    elif code is not None and not any(has_code(data, code) for data in files):
        yield Wrong("code", "与纸上的核对码不符", "not the file whose code the paper bears")


class CertificateCheck:
    """The steps over one certificate; what is wrong is gathered, each with its place."""

    def __init__(self, data: bytes, place: str = "") -> None:
        self.data, self.place = data, place
        self.wrong: list[Wrong] = []
        self.content: dict[str, Any] = {}
        self.proof: dict[str, bytes] = {}

    def run(self, is_signed: Signs) -> None:
        """Every step; where one cannot read what it needs the rest is not looked at."""
        try:
            self.read()
            self.of_records()
            self.of_export()
            self.of_signature(is_signed)
        except Wrong as wrong:
            self.wrong.append(Wrong(self.at(wrong.place), wrong.chinese, wrong.english))
        except MALFORMED:
            self.wrong.append(Wrong(self.at("certificate"), "读不懂", "cannot be read"))

    def at(self, place: str) -> str:
        """A place in the certificate, with its file."""
        return f"{self.place}: {place}" if self.place else place

    def must(self, is_so: bool, place: str, chinese: str, english: str) -> None:  # noqa: FBT001  read as a sentence: it must be so
        """Note what is wrong unless it is so."""
        if not is_so:
            self.wrong.append(Wrong(self.at(place), chinese, english))

    def read(self) -> None:
        """The one way in which it is written, and its format."""
        if len(self.data) > LARGEST_CERTIFICATE:
            raise Wrong("certificate", "大得不合情理", "larger than any certificate")
        self.content = json.loads(self.data)
        if self.data != canonical(self.content) + b"\n":
            raise Wrong("certificate", "不是应有的写法", "not written as it must be")
        form = self.content["format"]
        if form != CERTIFICATE:
            raise Wrong("format", f"格式 {form!s:.40} 由别的版本写成", f"another format, {form!s:.40}")
        checkpoint = self.content["checkpoint"]
        body, _, line = checkpoint.partition("\n\n")
        signature = base64.b64decode(line.split(" ")[2])
        keys, origin = self.content["keys"], body.split("\n")[0]
        lines = [line for line in keys.split("\n") if line.startswith(f"{origin}+{signature[:4].hex()}+")]
        key = untyped(base64.b64decode(lines[0].split("+", 2)[2]))
        self.proof = {
            "proof/checkpoint.txt": checkpoint.encode(),
            "proof/checkpoint.body": f"{body}\n".encode(),
            "proof/checkpoint.sig": signature[4:],
            "proof/key.pem": pem_of(key).encode(),
            "proof/keys.txt": keys.encode(),
        }

    def of_records(self) -> None:
        """Each record is a decision of the case, in their order, what was sealed, and in the log."""
        statement, last = self.content["statement"], 0
        for number, record in enumerate(self.content["records"], start=1):
            sealed, place = record["sealed"], f"record {number}"
            is_ours = (sealed["kind"], sealed["incident_id"]) == (
                "decision",
                statement["case"]["incident_id"],
            )
            self.must(
                is_ours and sealed["first_number"] > last, place, "不是本件的决定", "no decision of this case"
            )
            expected = record["reduced"]["sha256"] if "reduced" in record else sealed["hash"]
            before = "" if "reduced" in record else sealed["previous_hash"]
            is_whole = sha256(f"{before}{record['text']}".encode()) == expected
            self.must(is_whole, place, "内容与封存的不符", "not what was sealed")
            self.in_the_log(record, place)
            last = sealed["last_number"]
        listed = [(one["record"], one["hash"]) for one in statement["records"]]
        sealed = [record["sealed"] for record in self.content["records"]]
        is_so = listed == [(one["first_number"], one["hash"]) for one in sealed] and listed != []
        is_so = is_so and statement["until"]["record"] == last
        self.must(is_so, "statement", "所述记录与所附不符", "tells of other records than it has")

    def in_the_log(self, record: dict[str, Any], place: str) -> None:
        """Whether the proof of a record leads to the root that the checkpoint signs."""
        _, size, root, by = checkpoint_lines(self.content["checkpoint"].split("\n\n")[0])
        reached = climbed(canonical(record["sealed"]), record["index"], int(size), record["path"], by)
        is_there = reached == base64.b64decode(root, validate=True)
        self.must(is_there, place, "不在存证日志之中", "not in the sealed log")

    def of_export(self) -> None:
        """The entry of the audit book by which it was handed out names what it says, to the byte."""
        record, statement = self.content["export"], self.content["statement"]
        sealed, entry = record["sealed"], json.loads(record["text"])
        is_whole = sha256(f"{record['before']}\n{record['text']}".encode()) == sealed["seal"]
        is_whole = is_whole and sealed["kind"] == "audit_entry" and entry["position"] == sealed["position"]
        self.must(is_whole, "export", "与封存的不符", "not what was sealed")
        named = json.loads(entry["detail"]).get("certificates", "").split()
        is_named = sha256(canonical(statement)) in named and entry["deed"] == "export"
        is_ours = entry["subject"] == statement["case"]["incident_id"]
        self.must(
            is_named and is_ours,
            "statement",
            "出具条目没有写明这些内容",
            "the entry of the export does not name what it says",
        )
        self.in_the_log(record, "export")

    def of_signature(self, is_signed: Signs) -> None:
        """The checkpoint is signed by a key that stands in the chain of keys."""
        body, signature, key, _ = signature_parts(self.proof)
        self.must(is_signed(body, signature, key), "checkpoint", "签名不对", "the signature does not hold")
        is_vouched = is_announced(self.proof, is_signed)
        self.must(
            is_vouched, "keys", "密钥没有前一把的签署交接", "the key is not vouched for by the one before"
        )

    def of_outside(self, outside: str, note: Callable[[str, str], None]) -> None:
        """The key, against a file of checkpoints that was kept elsewhere."""
        if self.wrong or not outside:
            return
        body, _, key, name = signature_parts(self.proof)
        is_there = self.content["checkpoint"] in outside
        line = line_of(body.split(b"\n", 1)[0].decode(), name, key)
        self.must(
            is_there or line in outside.split("\n"),
            "checkpoint",
            "签署的密钥不在外存的存证点文件里",
            "signed by a key that the checkpoints kept outside do not know",
        )
        if not is_there:
            note("外存文件里还没有这个存证点", "the file outside does not hold this checkpoint (yet)")
