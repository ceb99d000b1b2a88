"""What the documentation says beside a route: content, answers and problems."""

from http import HTTPStatus
from typing import Any

from api.answer_types import Schema, ref
from api.errors import PROBLEM_JSON
from api.schemas import command_schema

_HEADERS_TOO = {
    "ETag": {
        "description": "The number of the last event; send it in If-Match.",
        "schema": {"type": "string"},
    },
}


def said(description: str) -> dict[str, Any]:
    """The documentation of an answer whose schema is the type that its route returns."""
    return {"description": description}


def answered(description: str, schema: Schema, *, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    """The documentation of one JSON answer whose schema is not that of a type."""
    response: dict[str, Any] = {
        "description": description,
        "content": {"application/json": {"schema": schema}},
    }
    return {**response, "headers": headers} if headers else response


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documentation of the problems that a route may answer with."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {PROBLEM_JSON: {"schema": ref("Problem")}},
        }
        for status in statuses
    }


def command_extra(kind: str, example: dict[str, Any], status: int) -> dict[str, Any]:
    """The documentation of a command's content, with its example, and of its answers."""
    content = {"application/json": {"schema": command_schema(kind), "example": example}}
    return {
        "requestBody": {"required": True, "content": content},
        "responses": {
            str(int(status)): answered("Recorded.", ref("CommandAnswer"), headers=_HEADERS_TOO),
            "202": answered("Accepted; the record follows.", ref("AcceptedAnswer")),
        },
    }
