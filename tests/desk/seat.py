"""Somebody at a browser without scripts: opens pages, fills in their forms,
and sends them as a browser does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

import httpx2

PASSWORD: Final = "four quiet brown herons"
Fields = dict[str, list[str]]
Files = Mapping[str, bytes]  # by their names


@dataclass
class Form:
    """A form of a page: where it goes, and what it holds before anybody types."""

    action: str
    fields: Fields = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    """Reads forms as a browser does: hidden fields, values, ticks and choices."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._choice = ""
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append(Form(action=given.get("action") or ""))
        elif self.forms and tag in {"input", "select", "textarea"} and given.get("name"):
            self._field(tag, str(given["name"]), given)
        elif self.forms and tag == "button" and given.get("name"):  # sent only by who presses it
            self.forms[-1].names.add(str(given["name"]))
        elif self.forms and tag == "option" and self._choice and "selected" in given:
            self.forms[-1].fields[self._choice] = [given.get("value") or ""]

    def _field(self, tag: str, name: str, given: Mapping[str, str | None]) -> None:
        form = self.forms[-1]
        form.names.add(name)
        if tag == "textarea":
            self._area = name
            form.fields[name] = [""]
        elif tag == "select":
            self._choice = name
            form.fields[name] = [""]
        elif given.get("type") in {"checkbox", "radio"}:
            if "checked" in given:
                form.fields.setdefault(name, []).append(given.get("value", "on") or "")
        elif given.get("type") == "hidden":  # several of one name are all sent
            form.fields.setdefault(name, []).append(given.get("value") or "")
        else:
            form.fields[name] = [given.get("value") or ""]

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.forms[-1].fields[self._area] = [self.forms[-1].fields[self._area][0] + data]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "select":
            self._choice = ""


def forms(html: str) -> dict[str, Form]:
    """The forms of a page by where they go."""
    reader = _Reader()
    reader.feed(html)
    return {form.action: form for form in reader.forms}


class Seat:
    """One browser with its cookies."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    async def open(self, path: str) -> httpx2.Response:
        """A page."""
        return await self.http.get(path, headers={"Accept": "text/html"})

    async def post(
        self, path: str, fields: Fields, files: Files | None = None, **headers: str
    ) -> httpx2.Response:
        """A form sent as it is, in parts where it carries files, with headers as a browser sets them."""
        named = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin", "Origin": "null"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        parts = [("_files", (name, content, "image/png")) for name, content in (files or {}).items()] or None
        return await self.http.post(
            path, data=fields, files=parts, headers={k: v for k, v in named.items() if v}
        )

    async def fill_in(
        self, page: str, typed: Mapping[str, object], action: str = "", files: Files | None = None
    ) -> httpx2.Response:
        """Open a page, type into its form, send it; raises for a field that the form lacks."""
        shown = await self.open(page)
        assert shown.status_code == 200, shown.text
        form = forms(shown.text)[action or page]
        return await self.send(form, typed, files)

    async def send(
        self, form: Form, typed: Mapping[str, object], files: Files | None = None
    ) -> httpx2.Response:
        """A form with what was typed, and files put into it."""
        assert set(typed) <= form.names, set(typed) - form.names
        given = {
            name: [str(item) for item in value] if isinstance(value, list | tuple) else [str(value)]
            for name, value in typed.items()
        }
        if files:
            assert "_files" in form.names
            form.fields.pop("_files", None)
        return await self.post(form.action, {**form.fields, **given}, files)

    async def sign_in(self, login: str, password: str = PASSWORD, **more: str) -> httpx2.Response:
        """Sign in by the page."""
        return await self.fill_in("/sign-in", {"login": login, "password": password, **more})
