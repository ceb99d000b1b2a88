"""What one command, one case and one answer may hold: every bound of the system in one place (docs/bounds.md)."""

from typing import Final

KIB: Final = 1024

# --- a command, refused in words before a number or an event is spent ------------------------------------------------
LONGEST_TEXT: Final = 20_000  # characters
LARGEST_COMMAND: Final = 128 * KIB  # bytes of its canonical text
LARGEST_BODY: Final = 256 * KIB  # bytes of a request, in which a program may write each character as six
LONGEST_LIST: Final = 500
DEEPEST: Final = 32

# --- what a case holds; what is beyond stands in its log and beside it -----------------------------------------------
MOST_ITEMS: Final = 150
ADDRESSES_OF_ITEMS: Final = 16 * KIB  # bytes
MOST_COUNTS: Final = 150
MOST_TOLD: Final = 60  # reports upward, what was done on the ground, and the papers of the former

# --- what waits for the record, in the memory of a case --------------------------------------------------------------
WAITING: Final = 256 * KIB  # bytes; beyond, a command is told to come again; half of what a case takes along
