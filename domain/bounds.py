"""What one command, one case and one answer may hold:
every bound of the system in one place (docs/bounds.md).
"""

from typing import Final

KIB: Final = 1024

# --- a command, refused in words before a number or an event is spent ---------------------------------------
LONGEST_TEXT: Final = 20_000  # characters
LARGEST_COMMAND: Final = 128 * KIB  # bytes of its canonical text
LARGEST_BODY: Final = 256 * KIB  # bytes of a request, in which a program may write each character as six
LONGEST_LIST: Final = 500
DEEPEST: Final = 32

# --- what a case holds; what is beyond stands in its log and beside it --------------------------------------
MOST_ITEMS: Final = 150
ADDRESSES_OF_ITEMS: Final = 16 * KIB  # bytes
MOST_MARKS: Final = 6_000  # of addresses beyond
MOST_COUNTS: Final = 150
MOST_CONCERNS: Final = 150
MOST_DRAFTS: Final = 60  # that are not published
MOST_STATEMENTS: Final = 600  # claims, proofs and answers in these
MOST_TOLD: Final = 60  # reports upward, handlings on the ground, papers of the former, decisions on the level
MOST_STOOD: Final = 30  # classes, conclusions and sets of responders, each with its instant
MOST_CONFLICTS: Final = 50  # that one draft is told of
MOST_FACTS: Final = 300  # read in the drafts of a case
MOST_DISCREPANCIES_OF_A_DRAFT: Final = 12
MOST_DISCREPANCIES: Final = 120

# --- how often a case takes a step of a kind; beyond, it is refused in words (domain/capacity.py) -----------
MOST_OF_A_KIND: Final = 120  # of each kind that adds a record: two for each of sixty units
MOST_RELAYS: Final = 300
MOST_CONFLICTS_OPEN: Final = 200

# --- a whole case as it is carried on, its law included; refused by the case itself (workflows/room.py) -----
CASE: Final = 256 * KIB  # bytes; beyond, a step that adds more than a little is refused
A_LITTLE: Final = 4 * KIB
CASE_KEPT_FREE: Final = 288 * KIB  # bytes; beyond, only steps by which somebody does what is owed
CASE_AT_MOST: Final = 320 * KIB  # bytes; beyond, every step is refused but those that end the case
EARLIER_CASE: Final = 2_560 * KIB  # the same of an earlier edition, which keeps what it held
SQUEEZED_FROM: Final = 32 * KIB  # bytes from which on a case is carried on compressed
RECORD_SQUEEZED_FROM: Final = 8 * KIB  # bytes from which on a record is handed over compressed

# --- what waits for the record, in the memory of a case -----------------------------------------------------
WAITING: Final = 256 * KIB  # bytes; beyond, a command is told to come again
