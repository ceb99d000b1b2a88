"""Verifies an evidence bundle by the standard library alone and openssl; in each bundle as `verify.py`.

Nothing is unpacked and nothing is written, save three small files for openssl in a folder that is removed.
"""

import base64
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from audit.bundle.certificate import BOUNDS, HOUSE_SAYS, CertificateCheck, is_certificate, wrong_codes
from audit.bundle.container import MALFORMED, Wrong, read_arguments, unpacked
from audit.bundle.core import LARGEST_JSON, canonical, climbed, in_strings, lines, plain, sha256
from audit.bundle.hashes import checkpoint_lines
from audit.bundle.signature import UNPROVEN, Openssl, Signs, is_announced, line_of, signature_parts
from audit.bundle.stamps import Stamps, of_stamps, openssl_stamps

FORMAT = "huiying-bundle/1"
USAGE = """核验回应证据包或时限凭证。 Verify an evidence bundle or a deadline certificate of Huiying:
  （文件须能读取。 The files must be there to be read.）
  python3 verify.py BUNDLE.zip [--checkpoints FILE] [--code CODE]
  python3 verify.py CERTIFICATE.json [--checkpoints FILE] [--code CODE]"""
RECORDS = {  # the files of records, one a line: the kind of their leaves
    "book/entries.jsonl": "audit_entry",
    "case/attachments.jsonl": "attachment",
    "case/decisions.jsonl": "decision",
    "case/forked.jsonl": "forked_decision",
    "case/gave_way.jsonl": "decision",
    "case/histories.jsonl": "history",
    "case/reductions.jsonl": "reduction",
    "proof/export.jsonl": "audit_entry",
}
PROOF: tuple[str, ...] = (
    "proof/checkpoint.body",
    "proof/checkpoint.sig",
    "proof/checkpoint.txt",
    "proof/export.jsonl",
)
PROOF += ("proof/key.pem", "proof/keys.txt", "proof/leaves.jsonl", "proof/stamps.jsonl")


# --- the steps ----------------------------------------------------------------------------------------------


class Verifier:
    """The steps of a verification over unpacked files; what is wrong is gathered, each with its place."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.wrong: list[Wrong] = []
        self.notes: list[tuple[str, str]] = []
        self.manifest: dict[str, Any] = {}
        self.records: dict[tuple[str, int], dict[str, Any]] = {}

    def run(self) -> None:
        """Every step; one that cannot read what it needs says so, and the next goes on."""
        self.step("manifest.json", self.of_manifest)
        for name in RECORDS:
            self.step(name, lambda name=name: self.read(name))  # type: ignore[misc]  # a default that is bound now
        self.step("case/decisions.jsonl", self.of_decisions)
        self.step("case/texts.jsonl", self.of_texts)
        self.step("case/attachments.jsonl", lambda: self.of_files("case/attachments.jsonl"))
        self.step("case/histories.jsonl", lambda: self.of_files("case/histories.jsonl"))
        self.step("book/entries.jsonl", self.of_entries)
        self.step("proof/export.jsonl", self.of_export)
        self.step("proof/leaves.jsonl", self.of_leaves)

    def step(self, place: str, do: Callable[[], None]) -> None:
        """One step."""
        try:
            do()
        except Wrong as wrong:
            self.wrong.append(wrong)
        except MALFORMED:
            self.tell(place, "读不懂", "cannot be read")

    def tell(self, place: str, chinese: str, english: str) -> None:
        """Note what is wrong."""
        self.wrong.append(Wrong(place, chinese, english))

    def must(self, is_so: bool, place: str, chinese: str, english: str) -> None:  # noqa: FBT001  read as a sentence: it must be so
        """Note what is wrong unless it is so."""
        if not is_so:
            self.tell(place, chinese, english)

    def of_manifest(self) -> None:
        """Every file is named with its digest, and there is no other."""
        if "manifest.json" not in self.files:
            raise Wrong(
                "manifest.json", "缺少清单，不是回应证据包", "no manifest: this is no bundle of Huiying"
            )
        if len(self.files["manifest.json"]) > LARGEST_JSON:
            raise Wrong("manifest.json", "大得不合情理", "larger than any bundle's")
        self.manifest = json.loads(self.files["manifest.json"])
        form = self.manifest["format"]
        if form != FORMAT:
            raise Wrong(
                "manifest.json",
                f"格式 {form!s:.40} 由别的版本写成",
                f"written in another format, {form!s:.40}",
            )
        named = self.manifest["files"]
        for name in sorted({*named, *self.files} - {"manifest.json"} - set(PROOF)):
            content, about = self.files.get(name), named.get(name)
            self.must(content is not None, name, "缺少文件", "a file is missing")
            self.must(about is not None, name, "清单里没有这个文件", "the manifest does not name this file")
            if content is not None and about is not None:
                is_same = (sha256(content), len(content)) == (about["sha256"], about["size"])
                self.must(is_same, name, "与清单的校验值不符", "not what the manifest says of it")
        for name in set(PROOF) - set(self.files):
            self.tell(name, "缺少文件", "a file is missing")

    def read(self, name: str) -> None:
        """The records of a file, each of its kind and of this case."""
        for number, record in enumerate(lines(self.files, name), start=1):
            sealed = record["sealed"]
            self.records[name, number] = record
            is_ours = sealed.get("incident_id", self.manifest["incident_id"]) == self.manifest["incident_id"]
            self.must(
                sealed["kind"] == RECORDS[name] and is_ours,
                f"{name} line {number}",
                "不是本件的这类记录",
                "a record of another kind or case",
            )

    def of_file(self, name: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
        """The records of a file: place, record, and what was sealed of it."""
        for (file, number), record in self.records.items():
            if file == name:
                yield f"{name} line {number}", record, record["sealed"]

    def of_decisions(self) -> None:
        """The chain of the case from its first decision on, and decisions that gave way or forked."""
        before, last, reduced = "0" * 64, 0, 0
        for place, record, sealed in self.of_file("case/decisions.jsonl"):
            place = f"{place} (events {sealed['first_number']} to {sealed['last_number']})"  # noqa: PLW2901
            count = len(json.loads(record["text"])["events"])
            numbers = (last + 1, last + count)
            is_next = (sealed["first_number"], sealed["last_number"]) == numbers and count > 0
            self.must(is_next, place, "编号不连续", "numbers do not follow each other")
            self.must(
                sealed["previous_hash"] == before, place, "与上一条不相连", "not joined to the one before"
            )
            self.sealed_text(place, record, sealed)
            reduced += "reduced" in record
            before, last = sealed["hash"], sealed["last_number"]
        self.must(last > 0, "case/decisions.jsonl", "没有决定", "no decision")
        for place, record, sealed in self.of_file("case/gave_way.jsonl"):
            self.sealed_text(place, record, sealed)
        for place, record, sealed in self.of_file("case/forked.jsonl"):
            self.must(
                sha256(record["text"].encode()) == sealed["sha256"],
                place,
                "内容与封存的不符",
                "not what was sealed",
            )
        if reduced:
            self.note(
                f"{reduced} 条决定的文字已依规删减",
                f"{reduced} decisions were reduced: their content is not provable",
            )

    def sealed_text(self, place: str, record: dict[str, Any], sealed: dict[str, Any]) -> None:
        """The text of a decision against its seal, or for one of 0.3 against what it was reduced to."""
        if "reduced" in record:
            is_so = sha256(record["text"].encode()) == record["reduced"]["sha256"]
        else:
            is_so = sha256(f"{sealed['previous_hash']}{record['text']}".encode()) == sealed["hash"]
        self.must(is_so, place, "内容与封存的不符", "not what was sealed")

    def of_texts(self) -> None:
        """Each reference in the decisions has the text that it names, or says why it has none."""
        wanted = {
            reference
            for name in ("case/decisions.jsonl", "case/gave_way.jsonl", "case/forked.jsonl")
            for _, record, _ in self.of_file(name)
            for reference in in_strings(json.loads(record["text"]))
        }
        gone = 0
        for number, line in enumerate(lines(self.files, "case/texts.jsonl"), start=1):
            place, name = f"case/texts.jsonl line {number}", line["reference"]
            self.must(name in wanted, place, "没有决定提到这段文字", "a text that no decision names")
            wanted.discard(name)
            if "gone" in line:
                gone += 1
                continue
            salted = hashlib.sha256(f"{line['salt']}\n{line['text']}".encode()).digest()
            digest = base64.urlsafe_b64encode(salted).decode().rstrip("=")
            is_so = name == f"text:{digest}:{len(line['text'])}"
            self.must(is_so, place, "文字与决定所引不符", "a text that is not what its reference says")
        for name in sorted(wanted):
            self.tell("case/texts.jsonl", f"缺少文字 {name}", f"the text {name} is missing")
        if gone:
            self.note(f"{gone} 段文字已删减或不在", f"{gone} texts were reduced or are not there")

    def of_files(self, name: str) -> None:
        """Files and histories against what was sealed; those left out are known by digest alone."""
        left_out = 0
        for place, record, sealed in self.of_file(name):
            if record["file"] is None:
                left_out += 1
                continue
            expected = record["reduced"]["sha256"] if "reduced" in record else sealed["sha256"]
            content = self.files.get(record["file"])
            is_so = content is not None and sha256(content) == expected
            self.must(is_so, f"{place}, {record['file']!s:.60}", "内容与封存的不符", "not what was sealed")
        if left_out:
            self.note(
                f"{name}：{left_out} 个文件未附，只留校验值",
                f"{name}: {left_out} files left out, known by digest",
            )

    def of_entries(self) -> None:
        """The extract of the audit book: each entry is what its seal says."""
        for name in ("book/entries.jsonl", "proof/export.jsonl"):
            for place, record, sealed in self.of_file(name):
                is_so = sha256(f"{record['before']}\n{record['text']}".encode()) == sealed["seal"]
                entry = json.loads(record["text"])
                self.must(is_so, place, "与封存的不符", "not what was sealed")
                is_ours = entry["subject"].split("/")[0] == self.manifest["incident_id"]
                is_placed = entry["position"] == sealed["position"]
                self.must(is_ours and is_placed, place, "不是本件的条目", "no entry about this case")

        if left_out := self.manifest.get("left_out"):
            self.note(
                f"审计簿中另有更早的 {left_out!s:.9} 条未附",
                f"{left_out!s:.9} earlier entries of the audit book are left out",
            )

    def of_export(self) -> None:
        """The book's entry of the handing out names the manifest, and with it every file."""
        entries = [record for _, record, _ in self.of_file("proof/export.jsonl")]
        entry = json.loads(entries[0]["text"]) if len(entries) == 1 else {}
        named = json.loads(entry.get("detail", "{}")).get("bundle")
        is_so = entry.get("deed") == "export" and named == sha256(self.files["manifest.json"])
        self.must(
            is_so,
            "proof/export.jsonl",
            "出具条目没有写明这份清单",
            "the entry of the export does not name this manifest",
        )

    def of_certificates(self, is_signed: Signs) -> None:
        """Each certificate holds by itself, and its records are those of the case."""
        known = {record["sealed"]["hash"] for _, record, _ in self.of_file("case/decisions.jsonl")}
        answers: dict[tuple[bytes, bytes, bytes], bool] = {}

        def once(body: bytes, signature: bytes, key: bytes) -> bool:
            parts = body, signature, key
            if parts not in answers:
                answers[parts] = is_signed(*parts)
            return answers[parts]

        for name in sorted(self.files):
            if name.startswith("certificates/") and name.endswith(".json"):
                check = CertificateCheck(self.files[name], name)
                check.run(once)
                self.wrong += check.wrong
                records = [] if check.wrong else check.content["records"]
                is_ours = all(record["sealed"]["hash"] in known for record in records)
                self.must(is_ours, name, "所依记录不在本包", "rests on records that are not in the bundle")

    def of_leaves(self) -> None:
        """Each record has one leaf, whose proof leads to the root that the checkpoint signs."""
        body = self.files["proof/checkpoint.body"].decode()
        origin, size, root, by = checkpoint_lines(body)
        self.must(
            origin == self.manifest["origin"],
            "proof/checkpoint.body",
            "是另一套系统的存证点",
            "of another log",
        )
        left, indexes = dict(self.records), set()
        for number, leaf in enumerate(lines(self.files, "proof/leaves.jsonl"), start=1):
            place = f"proof/leaves.jsonl line {number}, {leaf['file']!s:.40} line {leaf['line']!s:.9}"
            record = left.pop((leaf["file"], leaf["line"]), None)
            if record is None or leaf["index"] in indexes:
                self.tell(place, "不知证明的是哪条记录", "proves no record, or one twice")
                continue
            indexes.add(leaf["index"])
            reached = climbed(canonical(record["sealed"]), leaf["index"], int(size), leaf["path"], by)
            is_so = reached == base64.b64decode(root, validate=True)
            self.must(is_so, place, "不在存证日志之中", "not in the sealed log")
        for name, line in left:
            self.tell(f"{name} line {line}", "没有包含证明", "no proof that it is in the log")

    def of_stamps(self, stamped: Stamps) -> None:
        """Each time stamp is on a checkpoint with which this log begins."""
        indexes = [leaf["index"] for leaf in lines(self.files, "proof/leaves.jsonl")]
        wrong, notes = of_stamps(self.files, lines(self.files, "proof/stamps.jsonl"), indexes, stamped)
        self.wrong += wrong
        self.notes += notes

    def note(self, chinese: str, english: str) -> None:
        """Note what whoever reads the verdict ought to know."""
        self.notes.append((chinese, english))


def verified(
    data: bytes, is_signed: Signs, outside: str = "", stamped: Stamps = openssl_stamps
) -> tuple[Verifier, dict[str, bytes]]:
    """Verify the bytes of a bundle; `outside` is the text of a file of checkpoints from elsewhere."""
    try:
        files = unpacked(data)
    except Wrong as wrong:
        verifier = Verifier({})
        verifier.wrong.append(wrong)
        return verifier, {}
    verifier = Verifier(files)
    verifier.run()

    def of_signature() -> None:
        body, signature, key, name = signature_parts(files)
        is_good = is_signed(body, signature, key)
        verifier.must(is_good, "proof/checkpoint.txt", "签名不对", "the signature does not hold")
        line = line_of(body.split(b"\n", 1)[0].decode(), name, key)
        if outside:
            note = files["proof/checkpoint.txt"].decode()
            is_there = note in outside
            verifier.must(
                is_there or line in outside.split("\n"),
                "proof/checkpoint.txt",
                "签署的密钥不在外存的存证点文件里",
                "signed by a key that the checkpoints kept outside do not know",
            )
            if not is_there:
                verifier.note(
                    "外存文件里还没有这个存证点", "the file outside does not hold this checkpoint (yet)"
                )

    def of_keys() -> None:
        verifier.must(
            is_announced(files, is_signed),
            "proof/keys.txt",
            "密钥没有前一把的签署交接",
            "the key is not vouched for by the one before",
        )

    verifier.step("certificates", lambda: verifier.of_certificates(is_signed))
    verifier.step("proof/checkpoint.txt", of_signature)
    verifier.step("proof/keys.txt", of_keys)
    verifier.step("proof/stamps.jsonl", lambda: verifier.of_stamps(stamped))
    return verifier, files


def certified(
    data: bytes, is_signed: Signs, outside: str = "", code: str | None = None
) -> tuple[CertificateCheck, list[tuple[str, str]]]:
    """Verify the bytes of a certificate that stands alone, against the code on its paper if any."""
    notes: list[tuple[str, str]] = []
    check = CertificateCheck(data)
    check.run(is_signed)
    check.of_outside(outside, lambda chinese, english: notes.append((chinese, english)))
    check.wrong += wrong_codes([data], code)
    return check, notes


def main(arguments: list[str]) -> int:
    """Verify and print; 0 where all holds, 1 where not, 2 where nobody can say: no file, or no openssl."""
    what = read_arguments(arguments)
    if what is None:
        print(USAGE)
        return 2
    data, outside, code = what
    by_openssl = Openssl()
    if is_certificate(data):
        check, notes = certified(data, by_openssl, outside, code)
        wrong, proof = check.wrong, check.proof
        name = "" if wrong else f"{HOUSE_SAYS}{check.content['statement']['verdict']['chinese']}"
        notes.append(BOUNDS)
    else:
        verifier, proof = verified(data, by_openssl, outside)
        wrong, notes = [*verifier.wrong, *wrong_codes(proof.values(), code)], verifier.notes
        notes += [BOUNDS] * any(name.startswith("certificates/") for name in proof)
        name = "" if wrong else f"{verifier.manifest['number']} {verifier.manifest['incident_id']}"
    for chinese, english in notes:
        print(plain(f"· {chinese}。 {english}."))
    for one in wrong:
        print(plain(f"✗ {one.place}: {one.chinese}。 {one.english}."))
    if wrong:
        print("不符。 It does NOT hold.")
        return 1
    print_checkpoint(name, proof)
    print(UNPROVEN if by_openssl.is_missing else "相符。 All of it holds.")
    return 2 if by_openssl.is_missing else 0


def print_checkpoint(name: str, proof: dict[str, bytes]) -> None:
    """Of what it is, and under which checkpoint and key."""
    body = proof["proof/checkpoint.body"].decode().split("\n")
    *_, key = signature_parts(proof)
    print(plain(f"✓ {name}"))
    print(plain(f"  {body[0]}，{body[1]} 片叶，{body[3]}，密钥 {key}。 {body[1]} leaves, key {key}."))
    print("  密钥真伪请与另行取得的存证点核对。 Compare the key with checkpoints from elsewhere.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
