"""查找: one box in the head of every page, over cases, units and clauses, within what its reader may see."""

import re
from urllib.parse import quote
from uuid import uuid4

from tests.desk.conftest import Office
from tests.desk.seat import Seat
from tests.desk.test_steps import registered


async def search(seat: Seat, words: str) -> str:
    answer = await seat.open(f"/search?q={quote(words)}")
    assert answer.status_code == 200, answer.text
    return answer.text


def hits(page: str, heading: str) -> str:
    """The part of the page under a heading; empty where there is none."""
    found = re.search(rf'<section[^>]*aria-labelledby="{heading}".*?</section>', page, re.DOTALL)
    return found[0] if found else ""


async def test_a_case_is_found_by_words_of_its_title_and_by_its_number(office: Office):
    leader = await office.sits("office.leader")
    mark = uuid4().hex[:8]
    incident = await registered(leader, title=f"网传河道异味{mark}")
    page = hits(await search(leader, mark), "s-cases")
    assert f'href="{incident}"' in page
    number = re.search(r"舆〔\d+〕\d+号", page)
    assert number is not None
    assert f'href="{incident}"' in hits(await search(leader, number[0]), "s-cases")
    stranger = await office.sits("stranger")
    page = await search(stranger, mark)
    assert incident not in page
    assert f"没有找到“{mark}”" in page


async def test_units_and_clauses_are_found_by_name_number_and_words(office: Office):
    seat = await office.sits("town.handler")
    units = hits(await search(seat, "青溪"), "s-units")
    assert 'href="/units/qingxi"' in units
    clauses = hits(await search(seat, "三(三)第4句"), "s-clauses")
    assert clauses.index("三(三)第4句") < len(clauses)
    assert "/clauses/" in clauses
    assert "/clauses/" in hits(await search(seat, "48小时"), "s-clauses")
    assert hits(await search(seat, "三(三)"), "s-clauses").count("<li") <= 10


async def test_the_box_stands_in_the_head_of_every_page_of_whoever_reads_cases(office: Office):
    seat = await office.sits("town.handler")
    for path in ("/desk", "/", "/ledger", "/notices", "/me"):
        page = (await seat.open(path)).text
        assert 'id="find-all"' in page, path
        assert 'href="/search"' in page, path
    administrator = await office.sits("sys.admin")
    assert 'id="find-all"' not in (await administrator.open("/me")).text
    assert (await administrator.open("/search?q=x")).status_code == 403


async def test_what_no_title_holds_is_refused_in_words_and_no_words_find_nothing(office: Office):
    seat = await office.sits("town.handler")
    assert (await seat.open("/search?q=%00")).status_code == 422
    assert (await seat.open(f"/search?q={'x' * 101}")).status_code == 422
    page = await search(seat, "  ")
    assert not any(hits(page, heading) for heading in ("s-cases", "s-units", "s-clauses"))
    page = await search(seat, "<script>")
    assert "<script>”" not in page
    assert "&lt;script&gt;" in page
