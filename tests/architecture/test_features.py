"""One page's parts are found by one word: `desk/<feature>/`, `templates/<feature>/`, `static/<feature>*`,
and the catalogue of its sentences (`tests/pages/test_language.py`).
"""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
DESK: Final = {folder.name for folder in (ROOT / "desk").iterdir() if (folder / "__init__.py").exists()}
PUBLIC: Final = "public"  # the page for the public, which `publicity/` writes
TEMPLATE: Final = re.compile(r'"([a-z_]+)/[a-z_]+\.html"')
# What is none of a page of ours: how the API is shown, and what a browser asks a house for.
OF_THE_HOUSE: Final = {"docs.html", "docs.js", "icon.svg"}


def test_every_folder_of_templates_bears_the_name_of_its_feature():
    folders = {folder.name for folder in (ROOT / "templates").iterdir()}
    assert folders - DESK == {PUBLIC}


def test_a_feature_shows_templates_of_its_own():
    """Or those of the frame, which are everybody's."""
    others = {
        (str(file.relative_to(ROOT)), shown)
        for feature in DESK
        for file in (ROOT / "desk" / feature).rglob("*.py")
        for shown in TEMPLATE.findall(file.read_text(encoding="utf-8"))
        if shown not in {feature, "frame"}
    }
    assert others == set()


def test_every_stylesheet_and_script_begins_with_the_name_of_its_feature():
    files = {file.name for file in (ROOT / "static").iterdir() if file.is_file()} - OF_THE_HOUSE
    features = DESK | {PUBLIC}
    strange = {name for name in files if not any(re.match(rf"{one}[_.-]", name) for one in features)}
    assert strange == set()
    assert len(files) > 30


def test_every_stylesheet_and_script_is_asked_for_by_a_page_of_its_feature():
    strange = set()
    for file in (ROOT / "static").iterdir():
        if file.suffix not in {".css", ".js"} or file.name in OF_THE_HOUSE | {"public.css"}:
            continue
        feature = max((one for one in DESK if re.match(rf"{one}[_.]", file.name)), key=len)
        pages = (ROOT / "templates" / feature).glob("*.html")
        if not any(file.name in page.read_text(encoding="utf-8") for page in pages):
            strange.add(file.name)
    assert strange == set()
