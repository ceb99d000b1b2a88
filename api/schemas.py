"""The schemas of the documentation, taken from the very classes that read and write."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from api.answers import DUTY, GLANCE, NUMBERED, OBLIGATION
from casework.edge import reader
from domain.catalogue import COMMANDS
from storage.attachments import Attachment
from storage.codec import INCIDENT
from storage.duplicates import Similar
from storage.filters import IncidentLine
from storage.inbox import Delivered

_REF = "#/components/schemas/{model}"
Schema = dict[str, Any]


def ref(name: str) -> Schema:
    """A reference to a schema of the documentation."""
    return {"$ref": _REF.format(model=name)}


def listed(name: str) -> Schema:
    """A page of a list of such things."""
    return {
        "type": "object",
        "required": ["items"],
        "properties": {"items": {"type": "array", "items": ref(name)}},
    }


_WRITERS: dict[str, TypeAdapter[Any]] = {
    "Incident": INCIDENT,
    "Glance": GLANCE,
    "NumberedEvent": NUMBERED,
    "Obligation": OBLIGATION,
    "Duty": DUTY,
    "IncidentLine": TypeAdapter(IncidentLine),
    "Delivered": TypeAdapter(Delivered),
    "Similar": TypeAdapter(Similar),
    "Attachment": TypeAdapter(Attachment),
}


@cache
def components() -> dict[str, Schema]:
    """All schemas by name: those of the commands by the names of their classes, and those of the answers."""
    inputs: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = [
        *((kind, "validation", reader(kind)) for kind in COMMANDS),
        *((name, "serialization", writer) for name, writer in _WRITERS.items()),
    ]
    named, rest = TypeAdapter.json_schemas(inputs, ref_template=_REF)
    schemas: dict[str, Schema] = dict(rest["$defs"])
    written = {name: _resolved(named[name, "serialization"], schemas) for name in _WRITERS}
    state = _joined(written["Incident"], written["Glance"])
    state["properties"]["law"] = ref("LawReference")
    schemas["IncidentState"] = state
    schemas["ObligationStanding"] = _joined(written["Obligation"], written["Duty"])
    schemas["ObligationListed"] = _joined(_ABOUT, schemas["ObligationStanding"])
    for part in ("Incident", "Glance", "Duty"):  # they appear joined alone
        del schemas[part]
    return {**schemas, **_ANSWERS}


@cache
def command_schema(kind: str) -> Schema:
    """The reference to the schema of a command."""
    return ref(COMMANDS[kind].__name__)


def _resolved(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return definitions[name] if name else schema


def _joined(first: Schema, second: Schema) -> Schema:
    return {
        "type": "object",
        "description": f"{first.get('description', '')}\n\n{second.get('description', '')}".strip(),
        "properties": {**first["properties"], **second["properties"]},
        "required": [*first.get("required", []), *second.get("required", [])],
    }


_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}
_ABOUT: Schema = {
    "properties": {
        "incident_id": _TEXT,
        "number": _TEXT,
        "title": _TEXT,
        "drill": {"type": "boolean"},
        "settled": {"type": "boolean", "description": "Nobody has to do the deed any more."},
        "card": {
            "type": ["string", "null"],
            "description": "yellow_card or red_card of a missed response; red as well for the unit's second in a quarter.",
        },
    },
    "required": ["incident_id", "number", "title", "drill", "settled"],
}
_ANSWERS: dict[str, Schema] = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457. `type` is stable; title and detail in Chinese, with `_en` in English.",
        "required": ["type", "title", "status", "detail", "trace_id"],
        "properties": {
            "type": {**_TEXT, "examples": ["urn:huiying:problem:below_floor"]},
            "title": _TEXT,
            "title_en": _TEXT,
            "status": _NUMBER,
            "detail": _TEXT,
            "detail_en": _TEXT,
            "subject": {**_TEXT, "description": "The unit, field or record it is about."},
            "clause": {**_TEXT, "examples": ["61号#2"]},
            "trace_id": _TEXT,
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "pointer": _TEXT,
                        "code": _TEXT,
                        "detail": _TEXT,
                        "detail_en": _TEXT,
                        "allowed": {
                            "type": "array",
                            "items": _TEXT,
                            "description": "The values to choose from.",
                        },
                    },
                },
            },
        },
    },
    "CommandAnswer": {
        "type": "object",
        "description": "The command is recorded: the case after it, and the events it brought.",
        "required": ["incident_id", "number", "event_number", "incident", "events"],
        "properties": {
            "incident_id": _TEXT,
            "number": _TEXT,
            "event_number": _NUMBER,
            "incident": ref("IncidentState"),
            "events": {"type": "array", "items": ref("NumberedEvent")},
            "obligations": {"type": "array", "items": ref("ObligationStanding")},
        },
    },
    "AcceptedAnswer": {
        "type": "object",
        "description": (
            "The command is durable and will be carried out or refused; the record follows. `event_number` is null "
            "until the case has decided; `command_id` marks its events."
        ),
        "required": ["incident_id", "event_number", "command_id", "detail", "look_at"],
        "properties": {
            "incident_id": _TEXT,
            "event_number": {"type": ["integer", "null"]},
            "command_id": _TEXT,
            "detail": _TEXT,
            "detail_en": _TEXT,
            "look_at": _TEXT,
        },
    },
}
