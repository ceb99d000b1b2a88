"""Attachments over HTTP: listed, added and fetched by those who see the incident, by the same rules as on the pages."""

from hashlib import sha256

from tests.api.office import AUDITOR, OUTSIDER, TOWN, System
from tests.api.problems import problem
from tests.desk.pictures import PDF, REFUSED, picture


async def test_a_file_is_added_listed_and_fetched_and_hangs_there_once(system: System):
    path = f"incidents/{await system.register()}/attachments"
    for _ in range(2):
        added = await system.ask("POST", f"{path}?name=现场.png", TOWN, content=picture())
        assert added.status_code == 201, added.text
    await system.ask("POST", f"{path}?name=b.pdf", content=PDF)
    listed = (await system.ask("GET", path, AUDITOR)).json()["items"]
    assert [(one["number"], one["name"], one["by"]["person"]) for one in listed] == [
        (1, "现场.png", TOWN.person),
        (2, "b.pdf", "p-office"),
    ]
    assert listed[0]["sha256"] == sha256(picture()).hexdigest()
    fetched = await system.ask("GET", f"{path}/1", TOWN)
    assert fetched.content == picture()
    assert fetched.headers["content-disposition"].startswith("attachment")


async def test_it_is_refused_by_the_same_rules(system: System):
    path = f"incidents/{await system.register()}/attachments"
    for content, code in (REFUSED["picture.svg"], REFUSED["bomb.png"]):
        problem(await system.ask("POST", path, content=content), 422, code)
    problem(await system.ask("POST", path, content=REFUSED["huge.jpg"][0]), 413, "too_large")
    problem(await system.ask("POST", path, AUDITOR, content=PDF), 403, "role_not_allowed")
    for method, where in (("POST", path), ("GET", path), ("GET", f"{path}/1")):
        problem(await system.ask(method, where, OUTSIDER, content=PDF), 404, "not_found")
    assert (await system.ask("GET", path)).json()["items"] == []
