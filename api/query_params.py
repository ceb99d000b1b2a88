"""What the address of a page asks for: a field of a form that was left alone asks for nothing."""

from typing import Final

from pydantic import BeforeValidator

BLANK: Final = BeforeValidator(lambda text: None if text == "" else text)
