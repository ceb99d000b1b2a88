"""A form made ready: values filled in beforehand, choices of their own, and each fault beside its field."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from desk.step.fields import FormField, Option

_LONG = 12
Values = Mapping[str, Sequence[str]]


def prefill(
    entries: Iterable[FormField],
    *,
    values: Values,
    options: Mapping[str, tuple[Option, ...]],
    faults: Mapping[str, str],
    notes: Mapping[str, str],
    order: Sequence[str] = (),
) -> tuple[FormField, ...]:
    """The fields with what is known of each by its name; those of `order` come first."""

    def ready(entry: FormField) -> FormField:
        choice = replace(
            entry,
            fault=faults.get(entry.name, ""),
            note=notes.get(entry.name, ""),
            parts=tuple(ready(part) for part in entry.parts),
            rows=tuple(tuple(ready(part) for part in row) for row in entry.rows),
        )
        if entry.name in options:
            choice = replace(choice, kind="choice", options=options[entry.name], hint="")
        return _filled(choice, values.get(entry.name, ()))

    first = {name: place for place, name in enumerate(order)}
    return tuple(
        sorted((ready(entry) for entry in entries), key=lambda item: first.get(item.name, len(first)))
    )


def _filled(entry: FormField, values: Sequence[str]) -> FormField:
    """A blank field with what is given; a choice takes only what it offers, and what stands there stays."""
    offered = {option.value for option in entry.options}
    if entry.kind == "choices":
        return _ticked(replace(entry, chosen=entry.chosen or frozenset(values) & offered))
    fits = entry.kind in {"text", "area", "instant", "number"} or (values and values[0] in offered)
    return replace(entry, value=values[0]) if values and not entry.value and fits else entry


def _ticked(entry: FormField) -> FormField:
    """Of a long list what is ticked comes first, so that it is seen without scrolling."""
    if len(entry.options) <= _LONG:
        return entry
    return replace(
        entry, options=tuple(sorted(entry.options, key=lambda item: item.value not in entry.chosen))
    )


def field_names(entries: Iterable[FormField]) -> Iterator[str]:
    """The name of every field, those inside groups and rows included."""
    for entry in entries:
        yield entry.name
        yield from field_names(entry.parts)
        for row in entry.rows:
            yield from field_names(row)


def field_of(place: str) -> str:
    """The field that a fault names: `/sources/0/platform`,
    `factors.nature.score` and `level:major` as the form has them.
    """
    parts = [part for part in place.partition(":")[0].replace("/", ".").split(".") if part]
    name = ""
    for part in parts:
        name += f"[{part}]" if part.isdecimal() else f".{part}" if name else part
    return name


def nearest(place: str, names: Iterable[str]) -> str:
    """The field itself, one of that name inside a group, else what holds it;
    empty where the form has none.
    """
    listed, name = tuple(names), field_of(place)
    known = set(listed)
    if name and name not in known:
        name = next((other for other in listed if other.endswith(f".{name}")), name)
    while name and name not in known:
        cut = max(name.rfind("."), name.rfind("["))
        name = name[:cut] if cut > 0 else ""
    return name
