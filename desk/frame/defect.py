"""What a browser is shown when the program itself has failed:
a page that needs nothing but itself, in both languages.
"""

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.errors import trace_id
from desk.frame.page import TEMPLATES
from words.labels import explanation


def defect_page(request: Request, status: int) -> HTMLResponse:
    """The page; it asks neither the database nor Temporal, which may be what failed."""
    text = TEMPLATES.get_template("frame/defect.html").render(
        text=explanation("on_pages", "internal"), trace_id=trace_id(request)
    )
    return HTMLResponse(text, status_code=status, headers={"Cache-Control": "no-store"})
