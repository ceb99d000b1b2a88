"""The schemas of the documentation, taken from the very classes that read and write."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from api.answers import ACCEPTED, GLANCE, NUMBERED, STANDING
from casework.edge import reader
from domain.catalogue import COMMANDS
from storage.codec import INCIDENT

_REF = "#/components/schemas/{model}"
Schema = dict[str, Any]


def ref(name: str) -> Schema:
    """A reference to a schema of the documentation."""
    return {"$ref": _REF.format(model=name)}


_WRITERS: dict[str, TypeAdapter[Any]] = {
    "Incident": INCIDENT,
    "Glance": GLANCE,
    "NumberedEvent": NUMBERED,
    "ObligationStanding": STANDING,
    "AcceptedAnswer": ACCEPTED,
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
    for part in ("Incident", "Glance"):  # they appear joined alone
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
                        "expected": {**_TEXT, "description": "The type that belongs there, of JSON Schema."},
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
}
