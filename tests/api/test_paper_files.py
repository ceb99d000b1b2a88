"""Papers as files: few are set at one time, whichever loop asks for them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from api.paper_files import sheet_file
from papers.sheet import PaperForm, Sheet

SHEET = Sheet(form=PaperForm.INTERNAL, head="交办单", title="关于甲的交办单")


async def several() -> list[str]:
    """More than are set at one time."""
    files = await asyncio.gather(*(sheet_file(SHEET, "甲", "docx") for _ in range(6)))
    return [file.name for file in files]


def test_files_are_set_in_one_loop_after_another():
    with ThreadPoolExecutor(1) as beside:
        for _ in range(2):
            assert beside.submit(lambda: asyncio.run(several())).result() == ["甲 关于甲的交办单.docx"] * 6
