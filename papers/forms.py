"""Which layout and which head the papers of a regulation have:
data of `papers/forms.yaml`, refused in words where it is wrong.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from yaml import YAMLError

from domain.terms.vocabulary import PaperKind
from papers.sheet import PaperForm
from words.yaml_files import read_mapping

_REGULATIONS: Final = Path(__file__).parent.parent / "regulations"
_ISSUER, _NAME = "{issuer}", "{name}"
_PLACEHOLDER: Final = re.compile(r"\{[^{}]*\}")
_PARTS: Final = ("city", "forms", "heads", "issuers")


class FormsFault(Exception):  # noqa: N818  named for what was found
    """What is wrong with a file of layouts, in Chinese and English: each fault a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperForms:
    """The layouts and heads of a regulation's papers."""

    forms: Mapping[PaperKind, PaperForm]
    heads: Mapping[PaperForm, str]
    city: str
    issuers: Mapping[str, str]

    def issuer(self, name: str) -> str:
        """The full names of the units that “、” divides, as papers bear them:
        “市水利局” is “高安市水利局”.
        """
        return "、".join(self.issuers.get(one) or self._of_the_city(one) for one in name.split("、"))

    def _of_the_city(self, name: str) -> str:
        return self.city + name.removeprefix("市") if self.city and name.startswith("市") else name

    def head(self, kind: PaperKind, issuer: str, name: str) -> str:
        """The head of a paper of a kind that is called `name`, issued by the unit of this full name."""
        parts = {_ISSUER: issuer, _NAME: name}
        return _PLACEHOLDER.sub(lambda place: parts[place.group()], self.heads[self.forms[kind]])


@cache
def forms_of(regulation: str) -> PaperForms:
    """The layouts of a regulation, or of the one whose papers it shares (`shared: {papers: …}`);
    raises FormsFault.
    """
    parameters = read_mapping(_REGULATIONS / regulation / "parameters.yaml")
    owner = parameters.get("shared", {}).get("papers", regulation)
    return read_forms(_REGULATIONS / owner / "papers" / "forms.yaml")


def read_forms(file: Path) -> PaperForms:
    """The layouts that a file states; raises FormsFault with all that is wrong with it."""
    try:
        content = read_mapping(file)
    except (OSError, UnicodeDecodeError, TypeError, YAMLError) as why:
        raise FormsFault(f"{file.name} 读不出来：{why} · cannot be read: {why}") from why
    faults = list(_faults(content))
    if faults:
        raise FormsFault("\n".join(f"{file.name}：{fault}" for fault in faults))
    return PaperForms(
        forms={PaperKind(kind): PaperForm(form) for kind, form in content["forms"].items()},
        heads={PaperForm(form): head for form, head in content["heads"].items()},
        city=content["city"],
        issuers=dict(content["issuers"]),
    )


def _faults(content: Mapping[str, Any]) -> Iterator[str]:
    for part in sorted({*_PARTS} ^ {*map(str, content)}):
        yield f"{part} 没有写 · is missing" if part in _PARTS else f"{part} 不认识 · is not known"
    if not isinstance(content.get("city", ""), str):
        yield "city 不是文字 · is no text"
    tables = {part: content.get(part, {}) for part in ("forms", "heads", "issuers")}
    for part, table in tables.items():
        if not isinstance(table, dict) or not all(isinstance(one, str) for one in (*table, *table.values())):
            yield f"{part} 不是“名称: 文字”的对照 · is no table of texts"
            return
    yield from _wrong_entries(tables["forms"], tables["heads"])


def _wrong_entries(forms: Mapping[str, str], heads: Mapping[str, str]) -> Iterator[str]:
    yield from _wrong_names("forms", forms, set(PaperKind))
    yield from _wrong_names("heads", heads, set(PaperForm))
    for kind, form in forms.items():
        if form not in set(PaperForm):
            yield f"forms.{kind} 的版式“{form}”不认识，可写 {'、'.join(PaperForm)} · no such layout"
    for form, head in heads.items():
        for place in set(_PLACEHOLDER.findall(head)) - {_ISSUER, _NAME}:
            yield f"heads.{form} 里的 {place} 不认识，可写 {_ISSUER}、{_NAME} · not known"


def _wrong_names(part: str, table: Mapping[str, str], names: set[Any]) -> Iterator[str]:
    for name in sorted(set(table) - names):
        yield f"{part}.{name} 不认识 · is not known"
    for name in sorted(names - set(table)):
        yield f"{part}.{name} 没有写 · is missing"
