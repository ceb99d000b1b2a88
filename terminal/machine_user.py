"""Who is at the terminal."""

import getpass
import os

from storage.audit_book import Means, Origin


def machine_user() -> Origin:
    """This machine's user, as the audit book names who is at the terminal."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a user whom the machine has no name for
        name = str(os.getuid())
    return Origin(means=Means.MACHINE, person=name)
