"""The public page as files: what is public of each case is written, lists and feed follow,
and what is public no more goes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from publicity.data import Site, case_json, feed, list_json, readable
from publicity.folder import Folder
from publicity.responses import PublicCase
from publicity.views import PublicLine, case_view, line, sentence
from words.language import marked

ON_A_PAGE: Final = 50
_HOUSE: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFolder:
    """Where a list stands: its number, 0 for the first page, and the lists beside it,
    each by its file without its ending.
    """

    number: int
    data: str
    later: str
    earlier: str


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_HOUSE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["_"] = sentence
    return templates


@cache
def _style() -> tuple[str, str]:
    """The name of the stylesheet, which bears the digest of its content, and that content."""
    text = (_HOUSE / "static" / "public.css").read_text(encoding="utf-8")
    return f"style-{sha256(text.encode()).hexdigest()[:16]}.css", text


class Export:
    """The public page of one folder. What it holds of a case in memory is what lists and feed say of it."""

    def __init__(self, folder: Folder, site: Site) -> None:
        self._folder = folder
        self._site = site
        self._lines: dict[str, PublicLine] = {}
        self._ids: dict[str, str] = {}  # of the cases of which files may lie there, written whole or not
        self._lists_there: set[str] = set()  # files of lists that were written

    def put(self, cases: Mapping[str, PublicCase | None]) -> bool:
        """Write the cases by the names that the house has for them,
        and take away those of which nothing is public; whether lists change.

        Raises OSError where a file can be neither written nor taken away.
        What is known of the case is then as before, so that it may be put again.
        """
        is_new = False
        for name, case in cases.items():
            is_new |= self._take_away(name) if case is None else self._write(name, case)
        return is_new

    def _write(self, name: str, case: PublicCase) -> bool:
        fresh = line(case)
        self._ids[name] = case.id
        self._page(f"responses/{case.id}.html", "case", case=case_view(case))
        self._folder.write(f"responses/{case.id}.json", case_json(case))
        before, self._lines[name] = self._lines.get(name), fresh
        return fresh != before

    def _take_away(self, name: str) -> bool:
        if name in self._ids:
            self._folder.remove(f"responses/{self._ids[name]}.html")
            self._folder.remove(f"responses/{self._ids[name]}.json")
            del self._ids[name]
        return self._lines.pop(name, None) is not None

    def finish(self) -> None:
        """Write lists, feed and what else stands beside the cases;
        lists that are no more, being fewer, are taken away.
        """
        style, text = _style()
        self._folder.write(style, text)
        lists: set[str] = set()
        for place, lines in self._lists():
            lists |= _files_of(place)
            self._page(f"{_page_name(place)}.html", "index", place=place, lines=lines)
            later, earlier = (f"{name}.json" if name else "" for name in (place.later, place.earlier))
            later = later.replace("index.json", "responses.json")
            self._folder.write(f"{place.data}.json", list_json(lines, self._site, later, earlier))
        entries = [entry for one in self._lines.values() for entry in one.entries]
        self._folder.write("feed.atom", feed(entries, self._site, sentence(marked("公开回应")).zh))
        self._page("404.html", "missing", root=self._site.root)  # shown in place of a page of any folder
        for name in sorted(self._lists_there - lists):
            self._folder.remove(name)
        self._lists_there = lists

    def sweep(self) -> None:
        """Take away all that is not of the page as it stands, once all cases have been put."""
        self._folder.keep(set(self._names()))

    def close(self) -> None:
        """Take all of it away: no unit is switched on."""
        self._lines, self._ids, self._lists_there = {}, {}, set()
        self._folder.keep(())

    @property
    def count(self) -> int:
        """How many cases are public."""
        return len(self._lines)

    def _names(self) -> Iterator[str]:
        yield from (_style()[0], "feed.atom", "404.html")
        for place, _ in self._lists():
            yield from _files_of(place)
        for one in self._lines.values():
            yield f"responses/{one.id}.html"
            yield f"responses/{one.id}.json"

    def _lists(self) -> Iterator[tuple[ExportFolder, list[PublicLine]]]:
        """The first page with the latest, then the pages of the archive,
        which are numbered from the oldest so that they stay as they are.
        """
        ordered = sorted(self._lines.values(), key=lambda one: (one.began_at, one.id))
        count = -(-len(ordered) // ON_A_PAGE) if len(ordered) > ON_A_PAGE else 0
        newest = f"pages/{count}" if count else ""
        yield (
            ExportFolder(number=0, data="responses", later="", earlier=newest),
            list(reversed(ordered[-ON_A_PAGE:])),
        )
        for number in range(1, count + 1):
            place = ExportFolder(
                number=number,
                data=f"pages/{number}",
                later=f"pages/{number + 1}" if number < count else "index",
                earlier=f"pages/{number - 1}" if number > 1 else "",
            )
            yield place, list(reversed(ordered[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]))

    def _page(self, name: str, template: str, *, root: str | None = None, **views: object) -> None:
        up = "../" * name.count("/") if root is None else root
        page = _templates().get_template(f"public/{template}.html")
        self._folder.write(name, readable(page.render(root=up, style=_style()[0], **views)))


def _page_name(place: ExportFolder) -> str:
    return place.data if place.number else "index"


def _files_of(place: ExportFolder) -> set[str]:
    return {f"{_page_name(place)}.html", f"{place.data}.json"}
