"""Files that are no bundles, or made to do harm: each gets a verdict in words, and nothing is touched."""

import os
import zipfile
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from audit.bundle.checking import checked
from audit.bundle.container import packed, unpacked
from audit.bundle.exporting import Bundle
from tests.audit.forging import Files, repacked

pytestmark = pytest.mark.filterwarnings("ignore:Cannot find activity to cancel")


def zipped(**options: Any) -> bytes:
    """A file as an ordinary program packs it: names and contents, as links, deflated."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", options.get("compression", zipfile.ZIP_STORED)) as archive:
        for name, data in options["files"]:
            info = zipfile.ZipInfo(name)
            info.external_attr = options.get("mode", 0o100644) << 16
            info.compress_type = options.get("compression", zipfile.ZIP_STORED)
            archive.writestr(info, data)
    return content.getvalue()


HOSTILE = {
    "nothing": b"",
    "text": "不是压缩包".encode(),
    "zeros": bytes(1 << 20),
    "slip": zipped(files=[("../../outside", b"x")]),
    "absolute": zipped(files=[("/tmp/outside", b"x")]),
    "device": zipped(files=[("C:\\outside", b"x")]),
    "link": zipped(files=[("manifest.json", b"/etc/passwd")], mode=0o120777),
    "bomb": zipped(files=[("manifest.json", bytes(50 << 20))], compression=zipfile.ZIP_DEFLATED),
    "doubled": zipped(files=[("a", b"1"), ("b", b"2")]).replace(b"b", b"a"),
    "foreign": zipped(files=[("word/document.xml", b"<x/>")]),
    "size": b"PK\3\4" + b"\xff" * 26,
    "many": b"PK\3\4" * 10_000,
    "no-manifest": packed({"a": b"x"}),
    "empty": packed({}),
    "deep": packed({"manifest.json": b"[" * 1_000_000}),
    "huge-number": packed({"manifest.json": b'{"format":' + b"9" * 100_000 + b"}"}),
    "no-object": packed({"manifest.json": b"[]"}),
    "no-text": packed({"manifest.json": b"\xff\xfe"}),
    "half": packed({"manifest.json": b'{"format":"huiying-bundle/1"}'}),
    "newer": packed({"manifest.json": b'{"format":"huiying-bundle/7","files":{}}'}),
    "lists": packed({"manifest.json": b'{"format":"huiying-bundle/1","files":[1],"incident_id":{}}'}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_a_verdict_and_touches_nothing(name: str, tmp_path: Path, capsys: Any):
    folder = tmp_path / "folder"
    folder.mkdir()
    file = folder / "bundle.zip"
    file.write_bytes(HOSTILE[name])
    verdict = checked(file)
    assert verdict.wrong
    assert all(wrong.chinese and wrong.english and wrong.place for wrong in verdict.wrong)
    assert [one.name for one in tmp_path.rglob("*")] == ["folder", "bundle.zip"]
    if name == "newer":
        assert "huiying-bundle/7" in verdict.wrong[0].english


def replaced(name: str, content: bytes, files: Files) -> None:
    files[name] = content


@pytest.mark.parametrize(
    "inside", [b"[" * 100_000 + b"\n", b"{}\n", b"null\n", b"1e999\n", b"\xff\n", b"9" * 5000 + b"\n"]
)
def test_hostile_lines_in_any_file_get_a_verdict(worded: Bundle, inside: bytes):
    for name in unpacked(worded.content):
        if name.startswith(("case/", "book/", "proof/")):
            said = repacked(worded, partial(replaced, name, inside))
            assert said, name


def test_what_is_no_file_gets_a_verdict(tmp_path: Path):
    assert not checked(tmp_path).holds
    assert not checked(tmp_path / "missing.zip").holds
    os.mkfifo(tmp_path / "pipe")
    assert not checked(tmp_path / "pipe").holds
    (tmp_path / "sparse").touch()
    os.truncate(tmp_path / "sparse", 3 << 30)
    assert "larger" in checked(tmp_path / "sparse").wrong[0].english
