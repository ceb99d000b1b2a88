"""The shape of each answer that lists things."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")
Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""An instant as text that was written by whoever made it, with its zone."""


class Fixed(BaseModel):
    """An answer; made once, and nothing in it that it does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Listed(Fixed, Generic[T]):
    """Things in their order; of a list in pages one page, the next one named in the header Link."""

    items: tuple[T, ...]
