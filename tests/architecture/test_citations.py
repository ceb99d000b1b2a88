"""Every number that code, data or a page cites is explained inside this repository,
and no link leads nowhere.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
SUFFIXES: Final = {".py", ".md", ".yaml", ".html", ".toml", ".css", ".js"}
ELSEWHERE: Final = {".venv", ".git", "var", "golden", "vendor", "results"}
GUIDES: Final = [
    ROOT / "CONTRIBUTING.md",
    DOCS / "architecture.md",
    DOCS / "README.md",
    *sorted((DOCS / "manual").glob("*.md")),
]
PATH: Final = re.compile(r"`((?!var/)[a-z_.]+/[\w./-]*|[\w-]+\.(?:py|md|toml))`")
LINK: Final = re.compile(r"\]\(([^)#\s]+)?(#[^)\s]*)?\)")

# What is cited, and where one reads what it means.
CITED: Final = {
    "requirement": re.compile(r"\bR\d{3}\b"),
    "default decision": re.compile(r"\bDD-\d+\b"),
    "fault, rule of responsibility": re.compile(r"\bR\d{1,2}\b"),
    "figure or rehearsal": re.compile(r"\bP\d{1,2}\b"),
    "attack": re.compile(r"\bS\d{1,2}\b"),
    "key category": re.compile(r"\bK\d\b"),
    "section of practice": re.compile(r"\bpractice(?:\.md`)? (\d(?:\.\d)?)\b"),
    "decision": re.compile(r"\bdecisions? (\d{4})\b"),
    "second decision": re.compile(r"\bdecisions \d{4}(?:, \d{4})*(?:,| and) (\d{4})\b"),
}


def files() -> list[Path]:
    """Code, data and pages of the project's own."""
    return sorted(
        file
        for file in ROOT.rglob("*")
        if file.suffix in SUFFIXES and not ELSEWHERE & set(file.relative_to(ROOT).parts[:-1])
    )


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def first_cells(name: str, pattern: str) -> set[str]:
    """What stands in the first column of the tables of a page."""
    return set(re.findall(rf"^\| ({pattern}) \|", text_of(name), re.MULTILINE))


@cache
def explained() -> dict[str, set[str]]:
    """What is explained, by what it is."""
    decisions = {file.name[:4] for file in (DOCS / "decisions").glob("[0-9]*.md")}
    return {
        "requirement": first_cells("requirements.md", r"R\d{3}"),
        "default decision": first_cells("requirements.md", r"DD-\d\d"),
        "fault, rule of responsibility": first_cells("quality.md", r"R\d+")
        | set(re.findall(r"\*\*(R\d)\b", text_of("requirements.md"))),
        "figure or rehearsal": first_cells("quality.md", r"P\d+")
        | {file.stem for file in (ROOT / "rehearsals").glob("P*.yaml")},
        "attack": first_cells("quality.md", r"S\d+"),
        "key category": set(re.findall(r"\bK\d\b", text_of("requirements.md"))),
        "section of practice": set(re.findall(r"^##+ (\d(?:\.\d)?)\b", text_of("practice.md"), re.MULTILINE)),
        "decision": decisions,
        "second decision": decisions,
    }


def cited_in(text: str) -> Iterator[tuple[str, str]]:
    """Each citation of a text, as what it is and its number."""
    for kind, pattern in CITED.items():
        for match in pattern.finditer(text):
            yield kind, match[match.lastindex or 0]


def dead_links(file: Path, text: str) -> list[str]:
    """The links of a page to files that are not there."""
    targets = (match[1] for match in LINK.finditer(text) if match[1])
    return [
        target for target in targets if ":" not in target and not (file.parent / target).resolve().exists()
    ]


@pytest.mark.parametrize("kind", CITED)
def test_there_is_something_to_look_up(kind: str):
    assert explained()[kind]


def test_every_number_that_is_cited_is_explained_here():
    unexplained = {
        (str(file.relative_to(ROOT)), number)
        for file in files()
        for kind, number in cited_in(file.read_text(encoding="utf-8"))
        if number not in explained()[kind]
    }
    assert unexplained == set()


def test_every_link_of_a_page_leads_somewhere():
    pages = [file for file in files() if file.suffix == ".md"]
    links = {
        str(file.relative_to(ROOT)): dead
        for file in pages
        if (dead := dead_links(file, file.read_text(encoding="utf-8")))
    }
    assert links == {}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_every_path_that_a_guide_names_is_there(guide: Path):
    named = set(PATH.findall(guide.read_text(encoding="utf-8")))
    assert {path for path in named if not (ROOT / path).exists()} == set()


def test_every_page_stands_in_the_index():
    index = text_of("README.md")
    pages = {str(file.relative_to(DOCS)) for file in DOCS.rglob("*.md")} - {"README.md"}
    listed = {page for page in pages if f"]({page})" in index}
    assert {page for page in pages - listed if not page.startswith("decisions/0")} == set()


def test_every_decision_stands_in_its_index():
    index = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    assert [
        file.name for file in (DOCS / "decisions").glob("[0-9]*.md") if f"]({file.name})" not in index
    ] == []


def test_a_number_of_nothing_and_a_dead_link_would_be_seen():
    number = "R" + "999"
    assert ("requirement", number) in set(cited_in(f"see {number}"))
    assert number not in explained()["requirement"]
    assert dead_links(DOCS / "README.md", "[x](gone.md) [y](bench.md) [z](https://example.invalid/)") == [
        "gone.md"
    ]
