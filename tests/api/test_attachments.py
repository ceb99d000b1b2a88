"""Attachments over HTTP: listed, added and fetched by those who see the incident,
by the same rules as on the pages.
"""

from hashlib import sha256
from io import BytesIO

from pypdf import PdfReader

from storage.files_beside import LARGEST_INSIDE
from tests.api.office import AUDITOR, CLERK, OFFICE, OUTSIDER, TOWN, System
from tests.api.problems import problem
from tests.desk.pictures import DOCX, LARGE_MP4, PDF, REFUSED, pdf, picture


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


async def test_of_a_marked_case_a_program_gets_a_marked_copy_and_a_leaders_token_the_original(system: System):
    incident = f"incidents/{await system.register()}"
    await system.ask("POST", f"{incident}/attachments?name=b.pdf", content=pdf())
    set_mark = {"marking": "internal", "reason": "含未公开安排"}
    await system.recorded(f"{incident}/set_marking", set_mark)
    file = f"{incident}/attachments/1"
    for actor in (OFFICE, AUDITOR):
        words = PdfReader(BytesIO((await system.ask("GET", file, actor)).content)).pages[0].extract_text()
        assert f"{actor.person} 20" in words
    assert (await system.ask("GET", f"{file}?original=true", OFFICE)).content == pdf()
    for actor in (CLERK, AUDITOR):
        problem(await system.ask("GET", f"{file}?original=true", actor), 403, "role_not_allowed")


async def test_of_a_marked_case_what_takes_no_mark_is_the_originals_alone(system: System):
    incident = f"incidents/{await system.register()}"
    await system.ask("POST", f"{incident}/attachments?name=报告.docx", content=DOCX)
    await system.recorded(f"{incident}/set_marking", {"marking": "internal", "reason": "含未公开安排"})
    file = f"{incident}/attachments/1"
    problem(await system.ask("GET", file, OFFICE), 422, "file_takes_no_mark")
    assert (await system.ask("GET", f"{file}?original=true", OFFICE)).content == DOCX
    problem(await system.ask("GET", f"{file}?original=true", CLERK), 403, "role_not_allowed")


async def test_a_large_file_lies_beside_the_database_under_its_digest(system: System):
    path = f"incidents/{await system.register()}/attachments"
    beside = system.app.state.database.files
    added = await system.ask("POST", f"{path}?name=现场.mp4", TOWN, content=LARGE_MP4)
    assert (added.status_code, added.json()["size"]) == (201, len(LARGE_MP4))
    (place,) = beside.folder.iterdir()
    assert (place.name, place.read_bytes()) == (sha256(LARGE_MP4).hexdigest(), LARGE_MP4)
    assert (place.stat().st_mode & 0o077, beside.folder.stat().st_mode & 0o077) == (0, 0)
    assert (await system.ask("GET", f"{path}/1", AUDITOR)).content == LARGE_MP4
    small = (await system.ask("POST", f"{path}?name=a.docx", content=DOCX)).json()
    assert small["size"] < LARGEST_INSIDE
    assert [one.name for one in beside.folder.iterdir()] == [place.name]
    place.write_bytes(LARGE_MP4[:-1] + b"x")
    problem(await system.ask("GET", f"{path}/1"), 503, "content_unavailable")
    again = await system.ask("POST", f"{path}?name=现场.mp4", TOWN, content=LARGE_MP4)
    assert again.json()["number"] == 1
    assert (await system.ask("GET", f"{path}/1")).content == LARGE_MP4  # who has it still brings it back
