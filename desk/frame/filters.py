"""Filters of a list, as a form sends them."""

from typing import Any

from pydantic import BaseModel, model_validator


class Filters(BaseModel):
    """The filters of an address; what is left blank lets all through."""

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, values: Any) -> Any:
        """A form sends what was left blank as an empty text."""
        return (
            {name: value for name, value in values.items() if value != ""}
            if isinstance(values, dict)
            else values
        )
