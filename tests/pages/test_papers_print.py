"""A paper on paper: the sheet without what frames its page, but with the mark of its case (decision 0034)."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browsing import DESK, browser, needs_chromium

__all__ = ["browser"]
pytestmark = [pytest.mark.asyncio(loop_scope="session"), needs_chromium]
STATIC = Path(__file__).parents[2] / "static"
PAGE = """<style>{css}</style><header class="masthead">回应</header>
<p class="notice marking">工作秘密</p><p class="notice" id="other">草稿</p>
<article class="sheet">关于甲的交办单</article>"""


async def test_a_printed_paper_bears_the_mark_of_its_case(browser: Browser):
    sheets = ("frame.css", "frame_parts.css", "frame_forms.css", "papers.css")
    css = "".join((STATIC / name).read_text(encoding="utf-8") for name in sheets)
    context = await browser.new_context(viewport=DESK)
    page = await context.new_page()
    await page.set_content(PAGE.format(css=css))
    await page.emulate_media(media="print")
    shown = {
        name: await page.locator(name).is_visible() for name in (".marking", ".sheet", "#other", ".masthead")
    }
    await context.close()
    assert shown == {".marking": True, ".sheet": True, "#other": False, ".masthead": False}
