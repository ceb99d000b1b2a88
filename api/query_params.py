"""What the address of a page asks for: a field of a form that was left alone asks for nothing."""

from typing import Final

from pydantic import BeforeValidator

BLANK: Final = BeforeValidator(lambda given: None if given == "" else given)
