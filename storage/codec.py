"""The domain's records as canonical JSON and back; SHA-256 digests are taken over this text."""

import hashlib
import json
from typing import Any

import pydantic_core
from pydantic import TypeAdapter

from domain.case.state import Incident
from domain.catalogue import AnyCommand, AnyEvent, Decision, Submission
from domain.law.regulation import Law
from domain.terms.free_texts import filled_from, referred

COMMAND: TypeAdapter[Any] = TypeAdapter(AnyCommand)
EVENT: TypeAdapter[Any] = TypeAdapter(AnyEvent)
DECISION = TypeAdapter(Decision)
SUBMISSION = TypeAdapter(Submission)
INCIDENT = TypeAdapter(Incident)
LAW = TypeAdapter(Law)


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: the same value gives the same bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(value: object) -> str:
    """SHA-256 of the canonical text, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()


def command_digest(command: object) -> str:
    """The digest of a command as it stands, its texts or their references in it."""
    return digest(COMMAND.dump_python(command, mode="json"))


def named_by_key(person: str, unit: str, route: str, key: str) -> str:
    """The id of a command: SHA-256 over caller, route and Idempotency-Key,
    so that no caller meets another's answer.
    """
    return digest([person, unit, route, key])


def digest_under(submission: Submission, salt: str) -> str:
    """The digest that the submission's command has with its texts under another salt;
    with the texts in it for none.
    """
    command = filled_from(submission.command, submission.texts)
    return command_digest(referred(command, salt)[0] if salt else command)


def incident_text(incident: Incident) -> str:
    """The incident as JSON without its law, which many incidents share,
    and without what goes without saying.
    """
    return INCIDENT.dump_json(incident, exclude={"law"}, exclude_defaults=True).decode()


def incident_from(text: str, law: Law) -> Incident:
    """The incident that `incident_text` wrote, under its law."""
    content = pydantic_core.from_json(text)
    restored: Incident = INCIDENT.validate_python({**content, "law": law})
    return restored
