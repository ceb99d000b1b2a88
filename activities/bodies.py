"""Whether a body that came again under its key is the one that came first,
though its texts are salted and sealed anew.
"""

from domain.catalogue import Submission


def is_same_body(submission: Submission, digest: str, body: str) -> bool:
    """Whether the submission is the one whose digest and body are known.

    A body is known by the key that it was marked with (`TextKeys.closed`). Where there is no such mark, or
    the key was destroyed since (a case started again from its log, or whose texts were reduced), whoever
    reads the log tells.
    """
    if digest == submission.digest:
        return True
    return bool(submission.texts) and (_key(body) != _key(submission.body) or body == submission.body)


def _key(body: str) -> str:
    return body.partition(":")[0]
