"""How pages and files travel: compressed where that helps,
and kept by the browser under the digest of their content.
"""

import gzip
import os
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from api import static_files
from desk.sign_in.sessions import masked
from tests.pages import stories
from tests.pages.serving import application, browsing

NOW = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)
ADDRESS = re.compile(r'"(/static/[^"]+)"')


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with application(tmp_path, [stories.school(NOW)], lambda: NOW) as app, browsing(app) as client:
        yield client


async def sent(browser: httpx2.AsyncClient, path: str, **headers: str) -> tuple[httpx2.Headers, bytes]:
    """The headers and the bytes as they travelled."""
    asked = {name.replace("_", "-"): value for name, value in headers.items()}
    async with browser.stream("GET", path, headers=asked) as answer:
        return answer.headers, b"".join([part async for part in answer.aiter_raw()])


async def test_pages_and_answers_are_compressed_for_who_can_read_that(browser: httpx2.AsyncClient):
    for path in ("/", "/ledger", "/wall", "/openapi.json", "/static/frame.css"):
        headers, body = await sent(browser, path, Accept_Encoding="gzip")
        assert headers["content-encoding"] == "gzip", path
        assert "Accept-Encoding" in headers["vary"], path
        plain_headers, plain = await sent(browser, path, Accept_Encoding="identity")
        assert "content-encoding" not in plain_headers, path
        assert gzip.decompress(body) == plain, path
        assert len(body) < len(plain) / 2, path


async def test_what_is_compressed_already_is_left_as_it_is(browser: httpx2.AsyncClient):
    headers, body = await sent(browser, "/ledger.xlsx", Accept_Encoding="gzip")
    assert "content-encoding" not in headers
    assert body.startswith(b"PK")


async def test_files_are_named_by_their_content_and_kept_for_good(browser: httpx2.AsyncClient):
    for path in ("/", "/ledger", "/wall", "/performance"):
        page = (await browser.get(path)).text
        for address in ADDRESS.findall(page):
            answer = await browser.get(address)
            assert answer.status_code == 200, address
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable", address


async def test_a_file_asked_for_otherwise_is_kept_but_asked_for_anew(browser: httpx2.AsyncClient):
    for address in ("/static/frame.css", "/static/frame.css?0.3.0"):
        answer = await browser.get(address)
        assert answer.headers["cache-control"] == "no-cache"
        again = await browser.get(address, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")


def test_a_file_that_changes_has_another_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(static_files, "STATIC", tmp_path)
    file = tmp_path / "a.css"
    addresses = set()
    for second, text in enumerate(("one", "two")):
        file.write_text(text, encoding="utf-8")
        os.utime(file, (second, second))
        addresses.add(static_files.static("a.css"))
    assert len(addresses) == 2


def test_a_token_of_a_form_never_travels_in_the_same_characters():
    told = {masked("ab" * 32) for _ in range(50)}
    assert len(told) == 50
    assert not any("ab" * 8 in one for one in told)
