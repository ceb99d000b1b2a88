"""Changed copies of frozen records; most of what folding a case costs is copying it (P7)."""

from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

__all__ = ["changed"]

if TYPE_CHECKING:
    from dataclasses import replace as changed  # the type checker knows which fields `replace` may be given
else:

    def changed(record: Any, **changes: Any) -> Any:
        """The record with some fields changed: `dataclasses.replace` without running
        the constructor again.
        """
        kind = type(record)
        after = object.__new__(kind)
        read, setters = _layout(kind)
        if read is None:
            object.__setattr__(after, "__dict__", {**record.__dict__, **changes})
            return after
        for put, value in zip(setters.values(), read(record), strict=True):
            put(after, value)
        for name, value in changes.items():
            setters[name](after, value)
        return after

    @cache
    def _layout(kind: type) -> tuple[Any, dict[str, Any]]:
        """How to read the fields of a slotted class all at once, and how to set each;
        nothing for another class.
        """
        if "__slots__" not in kind.__dict__:
            return None, {}
        names = tuple(field.name for field in fields(kind))
        return attrgetter(*names), {name: getattr(kind, name).__set__ for name in names}
