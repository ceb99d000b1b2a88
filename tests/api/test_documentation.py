"""The documentation: every command with an example that can be sent, nothing dangling,
nothing fetched from outside.
"""

import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any, Final

import pytest
from fastapi.openapi.utils import get_openapi

from api.command_routes import examples
from api.schemas import components
from api.static_files import STATIC
from casework.edge import read_command
from domain.catalogue import COMMANDS
from tests.api.office import System

VENDOR = STATIC / "vendor"


async def document(system: System) -> dict[str, Any]:
    return dict((await system.ask("GET", "/openapi.json", None)).json())


def test_every_command_has_an_example_that_can_be_read():
    assert set(examples()) == set(COMMANDS)
    for kind, example in examples().items():
        assert read_command(kind, json.dumps(example).encode()).kind == kind


async def test_every_command_is_documented_with_schema_example_and_answers(system: System):
    paths = (await document(system))["paths"]
    for kind, command in COMMANDS.items():
        path = "/api/v1/incidents" if kind == "register" else f"/api/v1/incidents/{{incident_id}}/{kind}"
        operation = paths[path]["post"]
        content = operation["requestBody"]["content"]["application/json"]
        assert content["schema"]["$ref"].endswith(f"/{command.__name__}")
        assert content["example"] == examples()[kind]
        assert {"202", "400", "401", "403", "409", "422", "503"} <= set(operation["responses"])
        names = {parameter["name"] for parameter in operation["parameters"]}
        assert "Idempotency-Key" in names
        assert ("If-Match" in names) is (kind != "register")
        assert operation["security"] == [{"bearer": []}]


async def test_no_reference_of_the_documentation_dangles(system: System):
    found = await document(system)
    wanted = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(found)))
    assert len(wanted) > 40
    assert wanted <= set(found["components"]["schemas"])


async def test_the_documented_state_of_an_incident_is_the_one_that_is_sent(system: System):
    state = (await document(system))["components"]["schemas"]["IncidentState"]
    sent = (await system.ask("GET", f"incidents/{await system.assigned()}")).json()
    assert set(sent) == set(state["properties"])


BARE: Final = {"/api/v1/incidents/{incident_id}/history"}  # the JSON of Temporal's own tools


async def test_each_answer_is_documented_by_a_type_that_names_its_members(system: System):
    bare = set()
    for path, methods in (await document(system))["paths"].items():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                for kind, content in answer.get("content", {}).items():
                    if (
                        status.startswith("2")
                        and kind == "application/json"
                        and "$ref" not in content["schema"]
                    ):
                        bare.add(path)
    assert bare == BARE


def test_one_name_of_the_documentation_means_one_thing(system: System):
    of_routes = get_openapi(title="", version="", routes=system.app.routes)["components"]["schemas"]
    ours = components()
    both = of_routes.keys() & ours.keys()
    assert len(both) > 100
    for name in both:
        assert of_routes[name].get("properties", {}).keys() == ours[name].get("properties", {}).keys(), name
        assert of_routes[name].get("enum") == ours[name].get("enum"), name


class Addresses(HTMLParser):
    """Every address that a page makes a browser fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in {"src", "href"}]


async def test_the_documentation_is_shown_by_files_of_this_machine_alone(system: System):
    page = await system.ask("GET", "/docs", None)
    reader = Addresses()
    reader.feed(page.text)
    assert len(reader.found) >= 4
    for address in reader.found:
        assert address.startswith("/")
        assert (await system.ask("GET", address, None)).status_code == 200
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def sums() -> dict[str, str]:
    lines = (VENDOR / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def test_vendored_files_are_what_they_were_when_taken_in():
    assert set(sums()) == {file.name for file in VENDOR.iterdir()} - {"SHA256SUMS"}
    for name, digest in sums().items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("part", ["LICENSE.txt", "NOTICE.txt", "bundle.js.LICENSE.txt"])
def test_vendored_files_come_with_their_licences(part: str):
    assert any(name.endswith(part) for name in sums())
