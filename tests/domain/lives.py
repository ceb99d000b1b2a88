"""Steps in the life of a publication: withdrawn, found wrong, corrected, reviewed."""

from dataclasses import replace

from domain.steps.correct import RecordError
from domain.steps.late_evidence import ReviewLateEvidence
from domain.steps.withdraw import WithdrawPublication
from domain.terms.vocabulary import PublicationForm
from tests.domain.cast import (
    ALICE,
    BOB,
    CAROL,
    LAW,
    UNIT,
    assigned,
    draft,
    judged,
    promise,
    registered,
    signed_for,
    step,
)

START = (registered(), judged(), assigned(), signed_for())
FIRST_EDITION = replace(LAW, edition=1, digest="first edition")


def withdrawn(at, publication=1, *, by=CAROL, since=None, error=False, reason="数据有误"):
    command = WithdrawPublication(
        publication=f"publication-{publication}",
        withdrawn_at=since or at,
        reason=reason,
        because_of_error=error,
    )
    return step(at, by, command)


def found_wrong(at, publication=1, *, by=BOB, since=None, finding="户数有误"):
    command = RecordError(publication=f"publication-{publication}", known_at=since or at, finding=finding)
    return step(at, by, command)


def corrects(*publications, **more):
    return draft(corrects=tuple(f"publication-{number}" for number in publications), **more)


def interim(until, **more):
    return draft(PublicationForm.INTERIM_RESPONSE, interim=promise(until), **more)


def reviewed_late(
    at, *, accepted=True, kind="RESP48", unit=UNIT, cause="assignment-1", by=ALICE, reason="属实"
):
    command = ReviewLateEvidence(obligation=f"{kind}:{unit}:{cause}", accepted=accepted, reason=reason)
    return step(at, by, command)
