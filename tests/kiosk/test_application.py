"""The public's window: it serves what lies in its folder, whole and cacheable, and nothing else."""

import errno
import gzip
import os
from collections.abc import Mapping
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from kiosk.application import Kiosk

TEXT = ("公开回应" * 400).encode()
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "public"
    folder.mkdir()
    return folder


def put(folder: Path, name: str, content: bytes, *, squeezed: bytes | None = None) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    if squeezed is not None:
        beside = file.with_name(f"{file.name}.gz")
        beside.write_bytes(squeezed)
        instant = file.stat().st_mtime_ns
        os.utime(beside, ns=(instant, instant))


async def ask(
    kiosk: Kiosk, path: str, headers: Mapping[str, str] | None = None, method: str = "GET"
) -> Answer:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    heads = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    await kiosk({"type": "http", "method": method, "path": path, "headers": heads}, receive, send)
    start, body = sent
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body["body"]


async def test_a_page_is_served_with_what_caches_and_browsers_need(folder: Path):
    put(folder, "index.html", TEXT)
    status, head, body = await ask(Kiosk(folder), "/")
    assert (status, body) == (200, TEXT)
    assert head["content-type"] == "text/html; charset=utf-8"
    assert head["content-length"] == str(len(TEXT))
    assert head["cache-control"].startswith("public, max-age=60")
    assert "default-src 'none'" in head["content-security-policy"]
    assert "script" not in head["content-security-policy"]
    assert (head["x-content-type-options"], head["referrer-policy"]) == ("nosniff", "no-referrer")
    assert {"etag", "last-modified"} <= head.keys()
    assert "set-cookie" not in head


async def test_who_has_it_already_is_told_so_by_tag_or_by_instant(folder: Path):
    put(folder, "index.html", TEXT)
    kiosk = Kiosk(folder)
    _, head, _ = await ask(kiosk, "/")
    for known in (
        {"If-None-Match": head["etag"]},
        {"If-None-Match": f'"other", W/{head["etag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": head["last-modified"]},
    ):
        status, again, body = await ask(kiosk, "/", known)
        assert (status, body, again["etag"]) == (304, b"", head["etag"])
        assert "content-length" not in again
    earlier = formatdate(folder.joinpath("index.html").stat().st_mtime - 60, usegmt=True)
    for unknown in (
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": head["last-modified"]},  # the tag counts alone
        {"If-Modified-Since": earlier},
        {"If-Modified-Since": "yesterday"},
    ):
        assert (await ask(kiosk, "/", unknown))[0] == 200


async def test_a_squeezed_form_goes_to_who_reads_it_alone(folder: Path):
    put(folder, "index.html", TEXT, squeezed=gzip.compress(TEXT))
    kiosk = Kiosk(folder)
    for accepted in ("gzip", "br, GZIP;q=0.5", "*"):
        status, head, body = await ask(kiosk, "/", {"Accept-Encoding": accepted})
        assert (status, head["content-encoding"], head["vary"]) == (200, "gzip", "accept-encoding")
        assert gzip.decompress(body) == TEXT
    plain = (await ask(kiosk, "/"))[1]
    assert (plain["vary"], plain.get("content-encoding")) == ("accept-encoding", None)
    assert plain["etag"] != head["etag"]
    for refused in ("identity", "gzip;q=0", "br", "gzip;q=x", "*;q=0"):
        assert (await ask(kiosk, "/", {"Accept-Encoding": refused}))[2] == TEXT


async def test_a_squeezed_form_of_another_text_is_never_served(folder: Path):
    put(folder, "index.html", TEXT, squeezed=gzip.compress(b"older"))
    (folder / "index.html").write_bytes(b"newer")
    assert (await ask(Kiosk(folder), "/", {"Accept-Encoding": "gzip"}))[2] == b"newer"


async def test_what_is_replaced_or_taken_away_is_so_at_once(folder: Path):
    put(folder, "index.html", b"first")
    kiosk = Kiosk(folder)
    first = (await ask(kiosk, "/"))[1]["etag"]
    put(folder, ".next", b"again")
    (folder / ".next").replace(folder / "index.html")
    status, head, body = await ask(kiosk, "/", {"If-None-Match": first})
    assert (status, body) == (200, b"again")
    assert head["etag"] != first
    (folder / "index.html").unlink()
    assert (await ask(kiosk, "/", {"If-None-Match": first}))[0] == 404


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.html",
        "/responses/../../secret.html",
        "//etc/passwd.html",
        "/.index.html.next.html",
        "/index.html.gz",
        "/index.html/",
        "/link.html",
        "/responses",
        "/responses/",
        "/folder.html",
        "/pipe.html",
        "/notes.txt",
        "/index.HTML",
        "/index.html\x00.html",
        "/index.html\n",
        "/%2e%2e/secret.html",
        "/..\\secret.html",
        "/" + "a" * 5000 + ".html",
    ],
)
async def test_nothing_outside_the_folder_and_nothing_but_its_pages_is_served(folder: Path, path: str):
    put(folder, "index.html", TEXT)
    put(folder, ".index.html.next.html", b"half")
    put(folder, "notes.txt", b"notes")
    (folder / "folder.html").mkdir()
    (folder / "responses").mkdir()
    os.mkfifo(folder / "pipe.html")
    (folder.parent / "secret.html").write_bytes(b"secret")
    (folder / "link.html").symlink_to(folder.parent / "secret.html")
    status, head, body = await ask(Kiosk(folder), path)
    assert status == 404
    assert "没有这个页面" in body.decode()
    assert "There is no such page" in body.decode()
    assert head["cache-control"] == "no-cache"


async def test_the_exported_page_for_what_is_not_there_is_shown_where_there_is_one(folder: Path):
    put(folder, "404.html", b"<p>not there</p>")
    status, head, body = await ask(Kiosk(folder), "/none.html")
    assert (status, head["content-type"], body) == (404, "text/html; charset=utf-8", b"<p>not there</p>")


async def test_a_folder_that_is_not_there_yet_is_an_empty_one(tmp_path: Path):
    assert (await ask(Kiosk(tmp_path / "none"), "/"))[0] == 404


async def test_a_head_is_the_answer_without_its_body(folder: Path):
    put(folder, "index.html", TEXT, squeezed=gzip.compress(TEXT))
    kiosk = Kiosk(folder)
    for path in ("/", "/none.html"):
        for headers in ({}, {"Accept-Encoding": "gzip"}):
            whole, head = await ask(kiosk, path, headers), await ask(kiosk, path, headers, "HEAD")
            assert (head[0], head[1], head[2]) == (whole[0], whole[1], b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"])
async def test_who_wants_more_than_to_read_is_told_so(folder: Path, method: str):
    put(folder, "index.html", TEXT)
    status, head, body = await ask(Kiosk(folder), "/", method=method)
    assert (status, head["allow"]) == (405, "GET, HEAD")
    assert "只供阅读" in body.decode()


async def test_data_may_be_read_by_programs_of_others_and_a_stylesheet_is_kept_for_a_year(folder: Path):
    put(folder, "feed.atom", b"<feed/>")
    put(folder, "responses.json", b"{}")
    put(folder, "style-0123456789abcdef.css", b"p {}")
    kiosk = Kiosk(folder)
    for path, kind in (("/feed.atom", "application/atom+xml"), ("/responses.json", "application/json")):
        head = (await ask(kiosk, path))[1]
        assert (head["content-type"], head["access-control-allow-origin"]) == (kind, "*")
    assert "immutable" in (await ask(kiosk, "/style-0123456789abcdef.css"))[1]["cache-control"]


@pytest.mark.parametrize("call", ["open", "lstat"])
async def test_a_file_that_cannot_be_read_now_is_not_said_to_be_gone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: str
):
    def fails(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, "too many open files")

    put(folder, "index.html", TEXT)
    kiosk = Kiosk(folder)
    with monkeypatch.context() as crowded:
        crowded.setattr(os, call, fails)
        status, head, body = await ask(kiosk, "/")
    assert (status, head["retry-after"], head["cache-control"]) == (503, "5", "no-cache")
    assert "稍后再试" in body.decode()
    assert (await ask(kiosk, "/"))[0] == 200


async def test_memory_has_a_bound(folder: Path):
    for number in range(20):
        put(folder, f"page-{number}.html", TEXT)
    kiosk = Kiosk(folder, most=5 * len(TEXT))
    for number in range(20):
        assert (await ask(kiosk, f"/page-{number}.html"))[2] == TEXT
    assert sum(page.size for page in kiosk._pages.values()) <= 5 * len(TEXT)
    assert (await ask(Kiosk(folder, most=10), "/page-1.html"))[2] == TEXT


@pytest.mark.parametrize("path", ["/", "/index.html", "/responses/x.html", "/feed.atom"])
async def test_before_any_unit_is_on_whoever_opens_it_is_told_that_it_is_not_in_use(folder: Path, path: str):
    status, head, body = await ask(Kiosk(folder), path)
    assert (status, head["content-type"]) == (404, "text/plain; charset=utf-8")
    assert "公开回应尚未启用" in body.decode()
    assert "not in use yet" in body.decode()
    assert head["content-length"] == str(len(body))
    put(folder, "index.html", TEXT)
    assert (await ask(Kiosk(folder), "/"))[0] == 200
