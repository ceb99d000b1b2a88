"""自由文字: what people write in their own words; it stands beside a case,
and the case holds its salted digest and length.
"""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from hashlib import sha256
from re import compile as pattern
from typing import Annotated, Any, Final, TypeVar, get_args, get_origin, get_type_hints

from domain.terms.copies import changed

T = TypeVar("T")

_IS_REFERENCE = pattern(r"text:[A-Za-z0-9_-]{43}:[0-9]{1,9}").fullmatch


class _Words(Enum):
    """Whose words stand in a field."""

    NONE = "none"  # no free text: a record, a code, a name
    OWN = "own"
    PUBLIC = "public"


class _Mark:
    """Marks a field as free text; nothing but this module looks at it."""


FREE: Final = _Mark()
# What stands in such a field is a text in the words of whoever wrote it, or, once submitted, its reference.
FreeText = Annotated[str, FREE]
PUBLIC: Final = _Mark()
# What somebody outside said or asked: reduced after its time (decision 0033), as what the house wrote is not.
PublicText = Annotated[str, FREE, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseText:
    """One text of a case beside it: the reference by which the case knows it, and the salt of its digest.

    On its way it is closed (decision 0033): `text` is sealed, salt and all, and `salt` empty.
    """

    reference: str
    salt: str
    text: str

    @property
    def is_closed(self) -> bool:
        """Whether nobody can read it without its key."""
        return not self.salt


def reference(text: str, salt: str) -> str:
    """What stands for a text: SHA-256 over salt and text in base64url, and its length; never blank."""
    digest = urlsafe_b64encode(sha256(f"{salt}\n{text}".encode()).digest()).rstrip(b"=").decode()
    return f"text:{digest}:{len(text)}"


def is_reference(text: str) -> bool:
    """Whether a text is the reference of another."""
    return text.startswith("text:") and _IS_REFERENCE(text) is not None


def length(text: str) -> int:
    """How many characters a text has, itself or by its reference."""
    return int(text.rpartition(":")[2]) if is_reference(text) else len(text)


def referred(value: T, salt: str) -> tuple[T, tuple[CaseText, ...]]:
    """A value with references in place of its free texts, and those texts; an empty one stays as it is."""
    texts: dict[str, CaseText] = {}

    def kept(text: str) -> str:
        if not text.strip():
            return text
        name = reference(text, salt)
        texts[name] = CaseText(reference=name, salt=salt, text=text)
        return name

    return rewritten(value, kept), tuple(texts.values())


def filled(value: T, texts: Mapping[str, str]) -> T:
    """A value with its texts in place of their references, as far as they are there."""
    return rewritten(value, lambda text: texts.get(text, text))


def filled_from(value: T, texts: Iterable[CaseText]) -> T:
    """As `filled`, from the texts that travel beside a command."""
    return filled(value, {item.reference: item.text for item in texts})


def references(value: object) -> Iterator[str]:
    """The references that stand in a value's free texts, in order."""
    texts: list[str] = []

    def seen(text: str) -> str:
        if is_reference(text):
            texts.append(text)
        return text

    rewritten(value, seen)
    return iter(texts)


def public_references(value: object) -> frozenset[str]:
    """The references to what somebody outside said or asked, wherever they stand in a value.

    One that stands in the words of the house too is not among them:
    a superior's requirement stays, be it the gist of an item as well.
    """
    references: dict[_Words, set[str]] = {_Words.PUBLIC: set(), _Words.OWN: set()}
    _gather(value, references)
    return frozenset(references[_Words.PUBLIC] - references[_Words.OWN])


def _gather(value: object, references: Mapping[_Words, set[str]]) -> None:
    if isinstance(value, tuple):
        for item in value:
            _gather(item, references)
    else:
        kind: Any = type(value)
        for name, words in _parts(kind):
            inner = getattr(value, name)
            if words is _Words.NONE:
                _gather(inner, references)
            else:
                texts = inner if isinstance(inner, tuple) else (inner,)
                references[words].update(
                    text for text in texts if isinstance(text, str) and is_reference(text)
                )


def names_of_free_texts(*owners: Any) -> frozenset[str]:
    """The names of the fields in which free texts stand,
    in records and in the records that these are made of.
    """
    passed: set[Any] = set()
    return frozenset(name for owner in owners for name in _names(owner, passed))


def _names(hint: Any, passed: set[Any]) -> Iterator[str]:
    if isinstance(hint, type) and is_dataclass(hint) and hint not in passed:
        passed.add(hint)
        hints = get_type_hints(hint, include_extras=True)
        for part in fields(hint):
            if _words(hints[part.name]) is not _Words.NONE:
                yield part.name
            yield from _names(hints[part.name], passed)
    for inner in get_args(hint):
        yield from _names(inner, passed)


def rewritten(value: T, change: Callable[[str], str]) -> T:
    """The value with each of its free texts changed; what does not change is the same object."""
    copy: T = _rewritten(value, change)
    return copy


def _rewritten(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, tuple):
        return _each(value, _rewritten, change)
    kind: Any = type(value)
    changes = {}
    for name, words in _parts(kind):
        old = getattr(value, name)
        if words is _Words.NONE and not old:
            continue
        new = _rewritten(old, change) if words is _Words.NONE else _free(old, change)
        if new is not old:
            changes[name] = new
    return changed(value, **changes) if changes else value


def _free(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        new = change(value)
        return value if new == value else new
    return _each(value, _free, change) if isinstance(value, tuple) else value


def _each(
    values: tuple[Any, ...],
    rewrite: Callable[[Any, Callable[[str], str]], Any],
    change: Callable[[str], str],
) -> tuple[Any, ...]:
    """The same tuple where nothing in it changes."""
    items: list[Any] | None = None
    for place, value in enumerate(values):
        new = rewrite(value, change)
        if new is not value:
            if items is None:
                items = list(values)
            items[place] = new
    return values if items is None else tuple(items)


@cache
def _parts(owner: type) -> tuple[tuple[str, _Words], ...]:
    """The fields of a record in which texts may stand, and which they are themselves;
    none of what is no record.
    """
    if not is_dataclass(owner):
        return ()
    hints = get_type_hints(owner, include_extras=True)
    parts = [(field.name, hints[field.name]) for field in fields(owner)]
    return tuple(
        (name, _words(hint)) for name, hint in parts if _words(hint) is not _Words.NONE or _may_hold(hint)
    )


def _words(hint: Any) -> _Words:
    """Whose words stand in a field of that type, if any."""
    if get_origin(hint) is Annotated:
        if FREE not in hint.__metadata__:
            return _Words.NONE
        return _Words.PUBLIC if PUBLIC in hint.__metadata__ else _Words.OWN
    return next((one for one in map(_words, get_args(hint)) if one is not _Words.NONE), _Words.NONE)


def _may_hold(hint: Any) -> bool:
    """Whether records stand in a field of that type; texts of a few words and codes do not count."""
    if isinstance(hint, type) and is_dataclass(hint):
        return bool(_parts(hint))
    return any(_may_hold(part) for part in get_args(hint))
