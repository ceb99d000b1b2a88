"""The public page as files: whole ones, those that changed alone, valid for feed readers,
and nothing that is public no more.
"""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from domain.terms.vocabulary import PublicationForm
from publicity.data import ATOM, Site, readable
from publicity.export import Export
from publicity.folder import Folder
from publicity.responses import (
    Block,
    Correction,
    Promise,
    PromiseState,
    PublicCase,
    Response,
    ResponsePart,
    Withheld,
    public_id,
)
from tests.domain.cast import LAW, h

HOSTILE = "<script>alert(1)</script>\"'&]]>\x00\x0b\u202e\ud800<img src=x onerror=alert(1)>"
SITE = Site(address="https://answers.example.gov.cn", name="house")


def response(number: int = 1, **changes: object) -> Response:
    whole = Response(
        id=public_id("case", str(number)),
        units=("市城市管理局",),
        form=PublicationForm.SITUATION_NOTICE,
        title="情况通报",
        blocks=(Block(part=ResponsePart.FACTS, text="第一段\n第二段"),),
        withheld=None,
        published_at=h(number),
        channels=("wechat",),
        links=(),
        promise=None,
        withdrawn_at=None,
        corrections=(),
        corrects=(),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def case(number: int = 1, *responses: Response) -> PublicCase:
    own = responses or (response(number, title=f"情况通报{number}"),)
    return PublicCase(id=public_id(f"case {number}"), law=LAW, responses=own)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "public"


def exported(path: Path, *cases: PublicCase, site: Site = SITE) -> Export:
    export = Export(Folder(path), site)
    export.put({one.id: one for one in cases})
    export.finish()
    export.sweep()
    return export


def page(path: Path, name: str) -> str:
    return (path / name).read_text(encoding="utf-8")


def test_a_page_tells_a_case_in_both_languages(path: Path):
    promise = Promise(due_at=h(30), state=PromiseState.OVERDUE)
    corrected = response(
        1, corrections=(Correction(at=h(5), unit="市城市管理局", response=public_id("case", "2")),)
    )
    withdrawn = response(3, withdrawn_at=h(6), links=("https://www.gaoan.gov.cn/1.html",))
    exported(path, case(1, corrected, response(2, title="更正", promise=promise), withdrawn))
    text = " ".join(page(path, f"responses/{case(1).id}.html").split())
    for words in (
        '<html lang="zh-CN">',
        "此件有误，市城市管理局已于 2026-09-07 15:00 更正。",
        "This was wrong; 市城市管理局 corrected it at 2026-09-07 15:00.",
        "承诺 2026-09-08 16:00 前再次公布；已过承诺时间，尚未公布。",
        "此件已于 2026-09-07 16:00 撤回，原文留存备查。",
        '<span lang="en">Issued by</span>',
        '<p class="text">第一段</p><p class="text">第二段</p>',
        f'<a href="#r-{public_id("case", "2")}">',
        '<a href="https://www.gaoan.gov.cn/1.html" rel="noreferrer">',
    ):
        assert words in text, words
    assert text.count("第一段") == 3  # what was withdrawn or corrected stays
    listed = page(path, "index.html")
    assert all(words in listed for words in ("已撤回", "已更正", "逾期未续", "Withdrawn"))


def test_a_text_that_is_withheld_says_why(path: Path):
    one = response(1, title="", blocks=(), withheld=Withheld.PERSONAL_DATA)
    exported(path, case(1, one))
    text = page(path, f"responses/{case(1).id}.html")
    assert "其中涉及个人信息，这里不再登载原文" in text
    assert "<h1>市城市管理局情况通报</h1>" in text
    assert (
        json.loads(page(path, f"responses/{case(1).id}.json"))["responses"][0]["withheld"] == "personal_data"
    )


def test_hostile_text_is_text_everywhere(path: Path):
    hostile = response(
        1, title=HOSTILE, blocks=(Block(part=ResponsePart.FACTS, text=HOSTILE),), units=(HOSTILE,)
    )
    exported(path, case(1, hostile))
    for file in (*path.rglob("*.html"),):
        text = file.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "<img" not in text
        assert "\x00" not in text
    root = ET.fromstring(page(path, "feed.atom"))  # noqa: S314  our own
    title = root.find(f"{{{ATOM}}}entry/{{{ATOM}}}title")
    assert title is not None
    assert title.text == readable(HOSTILE)
    assert readable(json.loads(page(path, "responses.json"))["cases"][0]["title"]) == readable(HOSTILE)


def test_no_page_has_a_script_a_form_or_anything_from_elsewhere(path: Path):
    exported(path, case())
    for file in path.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert not [
            mark for mark in ("<script", "<form", "<iframe", "<img", " style=", " on") if mark in text
        ]
        assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
        assert "://" not in text


def test_the_feed_is_valid_atom(path: Path):
    changed = response(2, withdrawn_at=h(40))
    exported(path, case(1), case(2, changed), case(3))
    root = ET.fromstring(page(path, "feed.atom"))  # noqa: S314  our own
    assert root.tag == f"{{{ATOM}}}feed"
    entries = root.findall(f"{{{ATOM}}}entry")
    assert len(entries) == 3
    for element in (root, *entries):
        for name in ("id", "title", "updated"):
            (one,) = element.findall(f"{{{ATOM}}}{name}")
            assert one.text
        assert element.findall(f"{{{ATOM}}}author/{{{ATOM}}}name")
        updated = datetime.fromisoformat(element.findtext(f"{{{ATOM}}}updated") or "")
        assert updated.tzinfo is not None
        links = {one.get("rel"): one.get("href") for one in element.findall(f"{{{ATOM}}}link")}
        assert (links.get("alternate") or "").startswith(f"{SITE.address}/")
    ids = [one.findtext(f"{{{ATOM}}}id") or "" for one in (root, *entries)]
    assert len(set(ids)) == 4
    assert all(one.startswith("urn:uuid:") for one in ids)
    assert (entries[0].findtext(f"{{{ATOM}}}title") or "").startswith("【已撤回】")
    assert root.findtext(f"{{{ATOM}}}updated") == entries[0].findtext(f"{{{ATOM}}}updated")
    order = [one.findtext(f"{{{ATOM}}}updated") or "" for one in entries]
    assert order == sorted(order, reverse=True)


def test_a_feed_of_nothing_is_valid_too(path: Path):
    export = Export(Folder(path), Site())
    export.finish()
    root = ET.fromstring(page(path, "feed.atom"))  # noqa: S314  our own
    assert root.findtext(f"{{{ATOM}}}updated")
    assert "还没有公开的回应" in page(path, "index.html")


def test_lists_are_pages_of_fifty_and_older_pages_stay_as_they_are(path: Path):
    cases = [case(number) for number in range(1, 121)]
    export = exported(path, *cases)
    names = sorted(one.name for one in (path / "pages").glob("*.html"))
    assert names == ["1.html", "2.html", "3.html"]
    counts = {
        name: page(path, name).count("<li>\n    <h2>")
        for name in ("index.html", "pages/1.html", "pages/3.html")
    }
    assert counts == {"index.html": 50, "pages/1.html": 50, "pages/3.html": 20}
    assert page(path, "index.html").index("情况通报120<") < page(path, "index.html").index("情况通报119<")
    before = {name: (path / name).stat().st_mtime_ns for name in ("pages/1.html", "pages/2.html")}
    export.put({"one more": case(121)})
    export.finish()
    assert before == {name: (path / name).stat().st_mtime_ns for name in before}
    assert "情况通报121<" in page(path, "pages/3.html")


def test_every_page_of_a_list_leads_to_its_neighbours(path: Path):
    exported(path, *(case(number) for number in range(1, 121)))
    seen, name = [], "responses.json"
    while name:
        data = json.loads(page(path, name))
        seen += [one["id"] for one in data["cases"]]
        name = (data["earlier"] or "").removeprefix(f"{SITE.address}/")
    assert {case(number).id for number in range(1, 121)} == set(seen)


def test_only_what_changed_is_written(path: Path):
    export = exported(path, case(1), case(2))
    before = {file: file.stat().st_mtime_ns for file in path.rglob("*") if file.is_file()}
    export.put({case(1).id: case(1)})
    export.finish()
    assert before == {file: file.stat().st_mtime_ns for file in path.rglob("*") if file.is_file()}


def test_what_is_public_no_more_goes(path: Path):
    export = exported(path, case(1), case(2))
    export.put({case(1).id: None})
    export.finish()
    assert not (path / f"responses/{case(1).id}.html").exists()
    assert not (path / f"responses/{case(1).id}.json.gz").exists()
    assert "情况通报1<" not in page(path, "index.html")
    export.put({case(2).id: None})
    export.finish()
    export.sweep()
    assert "还没有公开的回应" in page(path, "index.html")
    assert not list((path / "responses").iterdir())
    export.close()
    assert [file for file in path.rglob("*") if file.is_file()] == []


@pytest.mark.parametrize(
    ("address", "root"), [("", "/"), ("https://a.example", "/"), ("https://a.example/answers", "/answers/")]
)
def test_the_page_for_what_is_not_there_finds_its_site_from_any_folder(path: Path, address: str, root: str):
    exported(path, site=Site(address=address))
    assert f'href="{root}index.html"' in page(path, "404.html")
    assert f'href="{root}style-' in page(path, "404.html")


@pytest.mark.parametrize("count", [51, 101])
def test_lists_that_are_no_more_go_with_the_case_that_filled_them(path: Path, count: int):
    cases = [case(number) for number in range(1, count + 1)]
    export = exported(path, *cases)
    export.put({cases[-1].id: None})
    export.finish()
    names = set(Folder(path).names())
    assert {name for name in names if name.startswith("pages/")} == (
        set() if count == 51 else {f"pages/{number}.{kind}" for number in (1, 2) for kind in ("html", "json")}
    )
    assert not [name for name in names if f"情况通报{count}<" in page(path, name)]
    assert not list(path.glob(f"pages/{-(-count // 50)}.*"))


def test_what_the_disk_refused_is_done_when_it_is_tried_again(path: Path, monkeypatch: pytest.MonkeyPatch):
    export = exported(path, case(1), case(2))
    changed = case(2, response(2, withdrawn_at=h(9)))
    with monkeypatch.context() as refusing:
        for name in ("remove", "write"):
            refusing.setattr(Folder, name, refused)
        for one in ({case(1).id: None}, {case(2).id: changed}):
            with pytest.raises(OSError, match="disk"):
                export.put(one)
    assert export.put({case(1).id: None})
    assert export.put({case(2).id: changed})
    export.finish()
    assert not (path / f"responses/{case(1).id}.html").exists()
    assert "已撤回" in page(path, "index.html")
    assert "情况通报1<" not in page(path, "index.html")


def refused(*_: object) -> None:
    raise OSError("the disk refuses")


@pytest.mark.parametrize("name", ["robots.txt", "images/seal.png", "pages/about.html", ".htaccess"])
def test_a_page_beside_which_something_else_lies_is_not_free_to_be_taken_away(path: Path, name: str):
    exported(path, *(case(number) for number in range(1, 53)))
    (path / "responses" / ".half-1-x.html").write_text("half", encoding="utf-8")
    assert Folder(path).is_free
    (path / name).parent.mkdir(exist_ok=True)
    (path / name).write_text("somebody else's", encoding="utf-8")
    assert not Folder(path).is_free


def test_a_fresh_export_takes_away_what_an_older_one_left(path: Path):
    exported(path, case(1), case(2))
    (path / "responses" / ".half-1-x.html").write_text("half", encoding="utf-8")
    exported(path, case(2))
    assert not (path / f"responses/{case(1).id}.html").exists()
    assert list(path.rglob(".half-*")) == []


def test_each_file_lies_beside_its_squeezed_form_of_the_same_instant(path: Path):
    exported(path, case(1))
    names = set(Folder(path).names())
    assert {"index.html", "feed.atom", "404.html", "responses.json"} <= names
    for name in names:
        file, squeezed = path / name, path / f"{name}.gz"
        assert gzip.decompress(squeezed.read_bytes()) == file.read_bytes()
        assert squeezed.stat().st_mtime_ns == file.stat().st_mtime_ns
        assert (file.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_folder_for_a_web_server_is_readable_for_others(path: Path):
    Folder(path, readable=True).write("responses/a.html", "a")
    assert ((path / "responses/a.html").stat().st_mode & 0o777) == 0o644
    assert ((path / "responses").stat().st_mode & 0o777) == 0o755


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from tests.publicity.test_export import case, exported, Export, Folder, SITE
export = Export(Folder(Path(sys.argv[1])), SITE)
turn = 0
while True:
    turn += 1
    cases = [case(number) for number in range(1, 8)]
    export.put({
        one.id: replace(
            one, responses=tuple(replace(each, title=f"第{turn}轮" * 2000) for each in one.responses)
        )
        for one in cases
    })
    export.finish()
    print(turn, flush=True)
"""


def test_a_writer_that_is_killed_leaves_whole_files(path: Path):
    """At any instant: it is killed after ever longer times, and each file is of one turn,
    as is its squeezed form.
    """
    for kill in range(4):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert writer.stdout is not None
        writer.stdout.readline()  # it is under way
        time.sleep(0.013 * kill)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        names = set(Folder(path).names())
        assert len(names) >= 7
        for name in names:
            text, squeezed = page(path, name), path / f"{name}.gz"
            assert text.endswith(("</html>\n", "}\n", "</feed>\n", "</html>")) or name.endswith(".css")
            gzip.decompress(squeezed.read_bytes())
            turns = {turn.rpartition("第")[2] for turn in text.split("轮")[:-1]}
            assert len(turns) <= 1 or name in {"index.html", "feed.atom", "responses.json"}
    exported(path, case(1))
    assert list(path.rglob(".half-*")) == []


def test_a_change_of_a_text_reaches_feed_and_data(path: Path):
    export = exported(path, case(1))
    first = json.loads(page(path, "responses.json"))["cases"][0]["changed_at"]
    changed = response(1, withdrawn_at=h(1) + timedelta(hours=3))
    export.put({case(1).id: case(1, changed)})
    export.finish()
    assert json.loads(page(path, "responses.json"))["cases"][0]["changed_at"] > first
