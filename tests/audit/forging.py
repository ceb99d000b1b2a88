"""What somebody can do who has a bundle in hand:
change its files, pack it anew, and make its manifest fit.
"""

import json
from collections.abc import Callable
from typing import Any

from audit.bundle.container import packed, unpacked
from audit.bundle.core import sha256
from audit.bundle.exporting import Bundle
from audit.bundle.verify import PROOF, verified
from storage.signed_notes import is_signature

Files = dict[str, bytes]


def faults(content: bytes) -> list[str]:
    verifier, _ = verified(content, is_signature)
    return [str(wrong) for wrong in verifier.wrong]


def fitted(files: Files) -> Files:
    """Files with a manifest that names them all, where it can be read."""
    try:
        content = json.loads(files["manifest.json"])
        content["files"] = {
            name: {"sha256": sha256(one), "size": len(one)}
            for name, one in files.items()
            if name not in PROOF and name != "manifest.json"
        }
    except (KeyError, TypeError, ValueError):
        return files
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)
    return {**files, "manifest.json": f"{text}\n".encode()}


def repacked(bundle: Bundle, change: Callable[[Files], Any], *, manifest: bool = True) -> list[str]:
    """What is said after somebody changed files, packed them anew, and made the manifest fit."""
    files = dict(unpacked(bundle.content))
    change(files)
    return faults(packed(fitted(files) if manifest else files))
