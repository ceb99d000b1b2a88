"""Time stamps (RFC 3161) in a bundle: each on a checkpoint with which its log begins, checked by openssl."""

import base64
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from audit.bundle.container import Wrong
from audit.bundle.core import begins
from audit.bundle.hashes import checkpoint_lines

STAMPS = "stamps/"
PARTS = ("note", "pem", "tsq", "tsr")  # what is stamped, the authority's certificates, request, response
Stamps = Callable[[bytes, bytes, bytes, bytes], str | None]
"""Of these four: the instant that is stamped, empty where it does not hold, None where nobody can look."""
_ENCLOSED = "证书由出具单位附上，请与机构公布的核对"
_ENGLISH = "the certificates are as the house gave them: compare them with the authority's own"


def of_stamps(
    files: dict[str, bytes], proofs: Iterable[Any], indexes: list[int], stamped: Stamps
) -> tuple[list[Wrong], list[tuple[str, str]]]:
    """What is wrong with the stamps, and what each proves, by proofs of consistency and the places of the
    records' leaves.

    1. Each has its four files, and there are no others.
    2. What is stamped is a checkpoint of this log, and the log of the bundle's own checkpoint begins with it.
    3. The response stamps it, answers the request, and is borne out by the certificates
       as of its own instant.
    """
    wrong: list[Wrong] = []
    notes: list[tuple[str, str]] = []
    over = {name for name in files if name.startswith(STAMPS)}
    for number, proof in enumerate(proofs, start=1):
        place = f"{STAMPS}{number:04}"
        names = [f"{place}.{part}" for part in PARTS]
        if set(proof) != {"stamp", "path"} or proof["stamp"] != place or not over.issuperset(names):
            wrong.append(Wrong(place, "不是一个完整的时间戳", "no whole stamp"))
            continue
        over -= set(names)
        note, certificates, request, response = (files[name] for name in names)
        size = stamped_size(note, files["proof/checkpoint.body"], proof["path"])
        at = stamped(note, certificates, request, response) if size else ""
        if size == 0:
            wrong.append(Wrong(place, "所盖的不是本日志的存证点", "no checkpoint with which this log begins"))
        elif at is None:
            notes.append((f"时间戳 {place} 未能核对：没有 openssl", f"stamp {place} is unproven: no openssl"))
        elif not at:
            wrong.append(Wrong(place, "时间戳不成立", "the stamp does not hold"))
        else:
            count = sum(index < size for index in indexes)
            notes.append(
                (
                    f"时间戳：{at} 时本包 {len(indexes)} 条记录中的 {count} 条已经封存，{_ENCLOSED}",
                    f"stamped at {at}: {count} of the {len(indexes)} records were sealed by then; {_ENGLISH}",
                )
            )
    wrong += [Wrong(name, "没有证明的时间戳", "a stamp without a proof") for name in sorted(over)]
    return wrong, notes


def stamped_size(note: bytes, body: bytes, path: list[str]) -> int:
    """How many leaves a stamped checkpoint has with which the log under `body` begins;
    0 where it does not.
    """
    first = checkpoint_lines(note.decode().partition("\n\n")[0], STAMPS)
    second = checkpoint_lines(body.decode())
    is_ours = (first[0], first[3]) == (second[0], second[3]) and f"{int(first[1])}" == first[1]
    older, newer = (base64.b64decode(one[2], validate=True) for one in (first, second))
    holds = is_ours and begins(int(first[1]), int(second[1]), path, (older, newer), second[3])
    return int(first[1]) if holds else 0


def openssl_stamps(note: bytes, certificates: bytes, request: bytes, response: bytes) -> str | None:
    """Whether openssl accepts a stamp, as `Stamps` has it; that certificates ran out since is no matter."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in zip(PARTS, (note, certificates, request, response), strict=True):
            Path(folder, name).write_bytes(content)

        def run(command: str) -> str:
            words = command.split()
            done = subprocess.run(words, cwd=folder, capture_output=True, check=False)  # noqa: S603  as written here
            return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""

        try:
            text = run("openssl ts -reply -in tsr -text")
            match = re.search(
                r"^Time stamp: (\w{3} +\d+ \d\d:\d\d:\d\d)(?:\.\d+)? (\d{4}) GMT$", text, re.MULTILINE
            )
            if match is None:
                return ""
            at = datetime.strptime(" ".join(match.groups()), "%b %d %H:%M:%S %Y").replace(tzinfo=UTC)
            verify = f"openssl ts -verify -in tsr -CAfile pem -attime {int(at.timestamp())}"
            is_so = run(f"{verify} -data note") and run(f"{verify} -queryfile tsq")
        except OSError:
            return None
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if is_so else ""
