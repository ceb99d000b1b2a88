"""Whether a body that came again under its key is the one that came first, though each is salted anew."""

from domain.catalogue import Submission
from storage.codec import digest_under


def is_same_body(submission: Submission, known: str, salt: str) -> bool:
    """Whether the submission's command has the digest known, with its texts under the salt of the one that came first.

    Where that salt is not known (a case started again from its log), whoever reads the log tells.
    """
    if known == submission.digest:
        return True
    return (bool(submission.texts) and not salt) or known == digest_under(submission, salt)
