"""A second verifier of bundles, written from `docs/bundle.md` alone: it shares no line with the first.

Everything is asserted; whatever is not as the page says raises.
"""

import hashlib
import json
import re
import subprocess
import zipfile
from base64 import b64decode, b64encode, urlsafe_b64encode
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

KINDS = {
    "book/entries.jsonl": "audit_entry",
    "case/attachments.jsonl": "attachment",
    "case/decisions.jsonl": "decision",
    "case/forked.jsonl": "forked_decision",
    "case/gave_way.jsonl": "decision",
    "case/histories.jsonl": "history",
    "case/reductions.jsonl": "reduction",
    "proof/export.jsonl": "audit_entry",
}

PROOF = {
    f"proof/{name}"
    for name in (
        *("checkpoint.body", "checkpoint.sig", "checkpoint.txt", "export.jsonl", "key.pem", "keys.txt"),
        *("leaves.jsonl", "stamps.jsonl"),
    )
}


def written(files: list[tuple[str, bytes]]) -> bytes:
    """The file as Python's own program for zips writes it, with what the page fixes."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
        for name, data in files:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o100644 << 16
            archive.writestr(info, data)
    return content.getvalue()


def read(whole: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        names = archive.namelist()
        assert names == sorted(set(names)), "order of names"
        part = r"[A-Za-z0-9][A-Za-z0-9_.-]*"
        assert all(re.fullmatch(rf"{part}(/{part})*", name) for name in names), "names"
        assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())
        files = [(name, archive.read(name)) for name in names]
    assert written(files) == whole, "bytes"
    return dict(files)


def one_way(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def hashed(*parts: str) -> str:
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def values(files: dict[str, bytes], name: str) -> list[Any]:
    text = files.get(name, b"").decode()
    assert text == "" or text.endswith("\n")
    lines = text.split("\n")[:-1]
    parsed = [json.loads(line) for line in lines]
    assert [one_way(value) for value in parsed] == lines, name
    return parsed


def root_by(leaf: str, index: int, size: int, path: list[str], name: str) -> bytes:
    """RFC 9162 2.1.3.2, step by step as it stands there."""
    assert index < size
    fn, sn = index, size - 1
    r = hashlib.new(name, b"\x00" + leaf.encode()).digest()
    for text in path:
        p = bytes.fromhex(text)
        assert sn != 0
        if fn % 2 == 1 or fn == sn:
            r = hashlib.new(name, b"\x01" + p + r).digest()
            if fn % 2 == 0:
                while fn % 2 == 0 and fn != 0:
                    fn //= 2
                    sn //= 2
        else:
            r = hashlib.new(name, b"\x01" + r + p).digest()
        fn //= 2
        sn //= 2
    assert sn == 0
    return r


def strings(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value}
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for one in inside for text in strings(one)}


def verify(whole: bytes) -> None:
    files = read(whole)
    manifest = json.loads(files["manifest.json"])
    assert manifest["format"] == "huiying-bundle/1"
    case = manifest["incident_id"]
    assert {name for name in files if name.startswith("proof/")} == PROOF
    covered = {name for name in files if name != "manifest.json" and not name.startswith("proof/")}
    assert set(manifest["files"]) == covered, "manifest"
    for name in covered:
        about = manifest["files"][name]
        assert about == {"sha256": hashlib.sha256(files[name]).hexdigest(), "size": len(files[name])}, name
    records = {name: values(files, name) for name in KINDS}
    for name, some in records.items():
        for record in some:
            assert record["sealed"]["kind"] == KINDS[name]
            assert record["sealed"].get("incident_id", case) == case
    decided(files, records)
    for record in (*records["case/attachments.jsonl"], *records["case/histories.jsonl"]):
        if record["file"] is not None:
            expected = record.get("reduced", record["sealed"])["sha256"]
            assert hashlib.sha256(files[record["file"]]).hexdigest() == expected
    for record in (*records["book/entries.jsonl"], *records["proof/export.jsonl"]):
        assert hashed(record["before"], "\n", record["text"]) == record["sealed"]["seal"]
        entry = json.loads(record["text"])
        assert entry["position"] == record["sealed"]["position"]
        assert entry["subject"] == case or entry["subject"].startswith(f"{case}/")
    (export,) = records["proof/export.jsonl"]
    entry = json.loads(export["text"])
    assert entry["deed"] == "export"
    assert json.loads(entry["detail"])["bundle"] == hashlib.sha256(files["manifest.json"]).hexdigest()
    size, root, by = signature(files, manifest["origin"])
    wanted = {(name, line) for name, some in records.items() for line in range(1, len(some) + 1)}
    indexes = set()
    for leaf in values(files, "proof/leaves.jsonl"):
        wanted.remove((leaf["file"], leaf["line"]))
        sealed = records[leaf["file"]][leaf["line"] - 1]["sealed"]
        assert root_by(one_way(sealed), leaf["index"], size, leaf["path"], by) == root
        indexes.add(leaf["index"])
    assert not wanted
    stamps(files, manifest["origin"], size, root, by)
    assert len(indexes) == sum(map(len, records.values()))


def stamps(files: dict[str, bytes], origin: str, size: int, root: bytes, by: str) -> None:
    """Each stamp by openssl alone, and the proof that this log goes on from what is stamped."""
    names = set()
    for number, line in enumerate(values(files, "proof/stamps.jsonl"), start=1):
        assert sorted(line) == ["path", "stamp"]
        assert line["stamp"] == f"stamps/{number:04d}"
        names |= {f"{line['stamp']}.{part}" for part in ("note", "tsq", "tsr", "pem")}
        note = files[f"{line['stamp']}.note"]
        log, count, head, _, *rest = note.decode().split("\n\n")[0].split("\n")
        assert (log, str(int(count)), hash_named(rest)) == (origin, count, by)
        assert all(re.fullmatch("[0-9a-f]{64}", one) for one in line["path"])
        path = [bytes.fromhex(one) for one in line["path"]]
        assert both_roots(int(count), size, b64decode(head, validate=True), path, by) == (
            b64decode(head),
            root,
        )
        with TemporaryDirectory() as folder:
            for part in ("note", "tsq", "tsr", "pem"):
                Path(folder, part).write_bytes(files[f"{line['stamp']}.{part}"])
            for what in (["-data", "note"], ["-queryfile", "tsq"]):
                command = ["openssl", "ts", "-verify", "-in", "tsr", "-CAfile", "pem", *what]
                subprocess.run(command, cwd=folder, check=True, capture_output=True)
    assert {name for name in files if name.startswith("stamps/")} == names


def both_roots(first: int, second: int, head: bytes, path: list[bytes], by: str) -> tuple[bytes, bytes]:
    """RFC 9162 2.1.4.2, step by step as it stands there."""
    assert 0 < first <= second
    if first == second:
        assert not path
        return head, head
    assert path
    if first.bit_count() == 1:
        path = [head, *path]
    fn, sn = first - 1, second - 1
    while fn % 2 == 1:
        fn //= 2
        sn //= 2
    fr = sr = path[0]
    for c in path[1:]:
        assert sn != 0
        if fn % 2 == 1 or fn == sn:
            fr = hashlib.new(by, b"\x01" + c + fr).digest()
            sr = hashlib.new(by, b"\x01" + c + sr).digest()
            while fn % 2 == 0 and fn != 0:
                fn //= 2
                sn //= 2
        else:
            sr = hashlib.new(by, b"\x01" + sr + c).digest()
        fn //= 2
        sn //= 2
    assert sn == 0
    return fr, sr


def decided(files: dict[str, bytes], records: dict[str, list[Any]]) -> None:
    before, number = "0" * 64, 0
    for record in records["case/decisions.jsonl"]:
        sealed, events = record["sealed"], json.loads(record["text"])["events"]
        assert events
        assert (sealed["first_number"], sealed["last_number"]) == (number + 1, number + len(events))
        assert sealed["previous_hash"] == before
        before, number = sealed["hash"], sealed["last_number"]
    assert number
    for record in (*records["case/decisions.jsonl"], *records["case/gave_way.jsonl"]):
        if "reduced" in record:
            assert hashed(record["text"]) == record["reduced"]["sha256"]
        else:
            assert hashed(record["sealed"]["previous_hash"], record["text"]) == record["sealed"]["hash"]
    for record in records["case/forked.jsonl"]:
        assert hashed(record["text"]) == record["sealed"]["sha256"]
    texts = [
        json.loads(record["text"])
        for name in ("case/decisions.jsonl", "case/gave_way.jsonl", "case/forked.jsonl")
        for record in records[name]
    ]
    form = re.compile(r"text:[A-Za-z0-9_-]{43}:\d{1,9}")
    wanted = sorted(text for text in strings(texts) if form.fullmatch(text))
    lines = values(files, "case/texts.jsonl")
    assert sorted(line["reference"] for line in lines) == wanted
    for line in lines:
        if "gone" not in line:
            digest = hashlib.sha256(f"{line['salt']}\n{line['text']}".encode()).digest()
            name = urlsafe_b64encode(digest).decode().strip("=")
            assert line["reference"] == f"text:{name}:{len(line['text'])}"


def hash_named(lines: list[str]) -> str:
    """The hash that a fifth line of a checkpoint names; without one SHA-256."""
    assert lines in ([], ["hash sm3"])
    return "sm3" if lines else "sha256"


def signature(files: dict[str, bytes], origin: str) -> tuple[int, bytes, str]:
    """Size, root and hash of the checkpoint, once its signature holds."""
    body, mark = files["proof/checkpoint.body"], files["proof/checkpoint.sig"]
    plain = key_in(files["proof/key.pem"])
    holds(plain, mark, body)
    name, size, root, _, *rest = body.decode().splitlines()
    assert name == origin
    tag = hashlib.sha256(f"{name}\n".encode() + plain).digest()[:4]
    line = f"— {name} {b64encode(tag + mark).decode()}\n"
    assert files["proof/checkpoint.txt"] == body + b"\n" + line.encode()
    announced = b64encode(plain).decode()
    assert f"{name}+{tag.hex()}+{announced}" in chain(files["proof/keys.txt"].decode(), name)
    return int(size), b64decode(root), hash_named(rest)


def key_in(pem: bytes) -> bytes:
    """The key of a file with its type before it."""
    lines = pem.decode().splitlines()
    der = b64decode("".join(lines[1:-1]), validate=True)
    assert pem.decode() == "\n".join(
        ("-----BEGIN PUBLIC KEY-----", *re.findall(".{1,64}", b64encode(der).decode()), lines[-1], "")
    )
    assert lines[-1] == "-----END PUBLIC KEY-----"
    if len(der) == 44:
        key = load_pem_public_key(pem)
        assert isinstance(key, Ed25519PublicKey)
        assert key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == der
        return b"\x01" + der[-32:]
    assert der[:-65].hex() == SM2_KEY
    return b"\xffSM2" + der[-65:]


SM2_KEY = "3059301306072a8648ce3d020106082a811ccf5501822d034200"


def holds(public: bytes, mark: bytes, body: bytes) -> None:
    """By a key of Ed25519 as a library has it, by one of SM2 as openssl does."""
    if public[:1] == b"\x01":
        Ed25519PublicKey.from_public_bytes(public[1:]).verify(mark, body)
        return
    assert (public[:4], len(public)) == (b"\xffSM2", 69)
    with TemporaryDirectory() as folder:
        for name, content in (("k", bytes.fromhex(SM2_KEY) + public[4:]), ("b", body), ("s", mark)):
            Path(folder, name).write_bytes(content)
        command = "openssl pkeyutl -verify -pubin -keyform DER -inkey k -rawin -in b -sigfile s -digest sm3"
        command += " -pkeyopt distid:1234567812345678"
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)


def chain(text: str, origin: str) -> list[str]:
    """The lines of the keys, each announced under the signatures of itself and of the one before,
    and of no other.
    """
    lines: list[str] = []
    form = re.compile(r"huiying/key/v1\n(.*)\n(.*)\n(.*)\n(.*)\n\n((?:— .*\n)+)\n")
    assert "".join(note.group() for note in form.finditer(text)) == text
    for note in form.finditer(text):
        log, line, before, when, marks = note.groups()
        assert (log, before) == (origin, lines[-1] if lines else "-")
        assert line not in lines
        body = f"huiying/key/v1\n{log}\n{line}\n{before}\n{when}\n".encode()
        signers = [line, *lines[-1:]]
        assert len(marks.splitlines()) == len(signers)
        for signer in signers:
            public = b64decode(signer.split("+", 2)[2], validate=True)
            tag = hashlib.sha256(f"{origin}\n".encode() + public).digest()[:4]
            assert signer == f"{origin}+{tag.hex()}+{b64encode(public).decode()}"
            mine = [mark for mark in marks.splitlines() if b64decode(mark.split(" ")[2])[:4] == tag]
            assert len(mine) == 1
            whole = b64decode(mine[0].split(" ")[2], validate=True)
            assert mine[0] == f"— {origin} {b64encode(whole).decode()}"
            holds(public, whole[4:], body)
        lines.append(line)
    return lines
