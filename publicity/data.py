"""The public page for programs: the data of a case and of a list as JSON, and the feed as Atom (RFC 4287)."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from domain.terms.workdays import SHANGHAI
from publicity.responses import PublicCase, Response
from publicity.views import PublicEntry, PublicLine, case_view
from words.labels import label_of
from words.platforms import platform_label

ATOM: Final = "http://www.w3.org/2005/Atom"
LATEST: Final = 50  # entries of the feed
_NAMES: Final = UUID("5f6a1d0e-6f0b-5d8e-9c53-0d5a3e7c1b42")
_NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)  # a feed of nothing was changed at no time in particular
# What no text of XML may hold, and what no page needs.
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
register_namespace("", ATOM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the public opens the page, without a stroke at the end and empty for links that hold anywhere;
    and by what its feed is known.
    """

    address: str = ""
    name: str = ""

    @property
    def root(self) -> str:
        """The path of its first page on its host."""
        return f"{urlsplit(self.address).path}/"

    def link(self, path: str) -> str:
        """The address of a file of the folder."""
        return f"{self.address}/{path}" if self.address else path


def readable(text: str) -> str:
    """A text without the characters that neither XML nor a page can hold."""
    return _CONTROLS.sub("", text)


def case_json(case: PublicCase) -> str:
    """The data of a case."""
    view = case_view(case)
    return _json(
        {
            "id": case.id,
            "title": view.heading,
            "published_at": view.published.iso,
            "changed_at": view.changed.iso,
            "responses": [_response(case, one) for one in case.responses],
        }
    )


def _response(case: PublicCase, one: Response) -> dict[str, Any]:
    promise = one.promise
    return {
        "id": one.id,
        "title": one.title,
        "form": {"code": one.form.value, "name": label_of(one.form).zh},
        "units": list(one.units),
        "published_at": _instant(one.published_at),
        "channels": [{"code": str(code), "name": platform_label(case.law, code).zh} for code in one.channels],
        "links": list(one.links),
        "text": [{"part": block.part.value, "text": block.text} for block in one.blocks],
        "withheld": one.withheld.value if one.withheld is not None else None,
        "promised": promise
        and {
            "by": _instant(promise.due_at),
            "state": promise.state.value,
            "came_at": _instant(promise.came_at),
        },
        "withdrawn_at": _instant(one.withdrawn_at),
        "corrected_by": [
            {"at": _instant(other.at), "unit": other.unit, "response": other.response or None}
            for other in one.corrections
        ],
        "corrects": list(one.corrects),
    }


def list_json(lines: Sequence[PublicLine], site: Site, later: str, earlier: str) -> str:
    """The data of a list; `later` and `earlier` are the files of the lists beside it, empty for none."""
    return _json(
        {
            "later": site.link(later) if later else None,
            "earlier": site.link(earlier) if earlier else None,
            "cases": [
                {
                    "id": one.id,
                    "title": one.heading,
                    "units": list(one.units),
                    "published_at": one.began.iso,
                    "changed_at": one.changed.iso,
                    "marks": [mark.kind for mark in one.marks],
                    "page": site.link(f"responses/{one.id}.html"),
                    "data": site.link(f"responses/{one.id}.json"),
                }
                for one in lines
            ],
        }
    )


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds") if at is not None else None


def _json(value: dict[str, Any]) -> str:
    return readable(json.dumps(value, ensure_ascii=False, indent=1)) + "\n"


def feed(entries: Sequence[PublicEntry], site: Site, title: str) -> str:
    """The feed: one entry for each publication, those that changed last first;
    a correction or withdrawal is a change of its entry.
    """
    latest = sorted(entries, key=lambda one: (one.changed_at, one.id), reverse=True)[:LATEST]
    root = Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "zh-CN"})
    _put(root, "id", _urn(f"feed {site.name}"))
    _put(root, "title", title)
    _put(root, "updated", _instant(max((one.changed_at for one in latest), default=_NEVER)) or "")
    _link(root, "self", site.link("feed.atom"), "application/atom+xml")
    _link(root, "alternate", site.link("index.html"), "text/html")
    _put(_put(root, "author", ""), "name", title)
    for one in latest:
        _entry(root, one, site)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _entry(root: Element, one: PublicEntry, site: Site) -> None:
    entry = _put(root, "entry", "")
    _put(entry, "id", _urn(one.id))
    _put(entry, "title", one.title)
    _put(entry, "published", _instant(one.published_at) or "")
    _put(entry, "updated", _instant(one.changed_at) or "")
    _put(_put(entry, "author", ""), "name", one.units)
    _link(entry, "alternate", site.link(f"responses/{one.case}.html#r-{one.id}"), "text/html")
    _put(entry, "summary", one.lead)


def _put(parent: Element, name: str, text: str) -> Element:
    element = SubElement(parent, f"{{{ATOM}}}{name}")
    element.text = readable(text) or None
    return element


def _link(parent: Element, relation: str, address: str, kind: str) -> None:
    SubElement(parent, f"{{{ATOM}}}link", {"rel": relation, "href": address, "type": kind})


def _urn(name: str) -> str:
    return f"urn:uuid:{uuid5(_NAMES, name)}"
