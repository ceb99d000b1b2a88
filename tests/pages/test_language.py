"""Each sentence that a page says is there in English, once, with the same parts;
nothing is worded that nobody says.
"""

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from jinja2 import Environment, nodes

from tests.pages.english import CHINESE
from tests.wordings import FOLDERS, KEYWORDS, ROOT, SHARED, room_of, said, sentences_of_module, written
from words.catalogues import CATALOGUES, catalogues
from words.language import Language, english, say, speak, spoken, wordings


def parts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_each_sentence_of_the_pages_is_there_in_english():
    missing = {text: where for text, where in said() if not wordings().get(text)}
    assert not missing, (
        "`make wordings` lays them into their catalogues, where their English is written below"
    )


def test_nothing_is_worded_that_no_page_says():
    assert not wordings().keys() - {text for text, _ in said()}


def test_the_catalogues_stand_as_they_are_written():
    """In the room that says it, in order, once: so that who changes a sentence changes its lines alone."""
    there = {file.stem: file.read_text(encoding="utf-8") for file in CATALOGUES.iterdir()}
    assert there == written(), "`make wordings` writes them anew"


def test_no_english_is_in_doubt():
    assert not [message.id for messages in catalogues().values() for message in messages if message.fuzzy]


def test_wordings_stand_in_one_place():
    old = ROOT / "words" / "wordings"
    assert not old.exists(), f"{old}: sentences stand in words/locale now, laid there by `make wordings`"


@pytest.mark.parametrize(
    "call", ['say("一句话")', 'say(\n    ("一句"\n     "话"),\n    count=2,\n)', 'marked("一句" "话")']
)
def test_a_sentence_is_read_however_it_is_broken(call: str):
    read = sentences_of_module(BytesIO(f"x = {call}\ny = other('一句话')".encode()), KEYWORDS, (), {})
    assert [sentence for _, _, sentence, _ in read] == ["一句话"]


@pytest.mark.parametrize(
    ("place", "room"),
    [
        ("desk/board/view.py:3", "board"),
        ("templates/step/page.html:1", "step"),
        ("publicity/views.py:9", "public"),
        ("words/event_text/rules.py:7", "words"),
    ],
)
def test_a_sentence_stands_in_the_catalogue_of_the_room_that_says_it(place: str, room: str):
    assert room_of(place) == room


def test_every_catalogue_bears_the_name_of_a_room():
    features = {folder.name for top in ("desk", "templates") for folder in (ROOT / top).iterdir()}
    assert catalogues().keys() <= features | set(FOLDERS) | {SHARED}


def test_both_languages_name_the_same_parts():
    assert not {text for text, words in wordings().items() if parts(text) != parts(words)}


# Said without their parts, since others fill these in: who reads a reduced text, the script of the wall.
FILLED_LATER = {
    "（{count} 字，正在入库）",
    "（{count} 字，保存期满，已于 {day} 删减）",
    "（{count} 字，为保护个人信息，已于 {day} 删减）",
    "（{count} 字，已于 {day} 删减）",
    "（{count} 字，此处未列出）",
    "数据截至 {time}，{count} 分钟前",
    "数据截至 {time}，{count} 秒前",
    "值守上次巡查 {time}",
    "第 {page}/{pages} 页",
    "值守上次巡查 {time}，已停止巡查",
}


def said_in_modules() -> Iterator[tuple[str, set[str]]]:
    """Each sentence of a module that is said there and then, with the parts that it is given."""
    for file in (file for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                names = {keyword.arg for keyword in node.keywords}
                if isinstance(node.args[0], ast.Constant) and None not in names:
                    yield str(node.args[0].value), {str(name) for name in names}


def said_in_templates() -> Iterator[tuple[str, set[str]]]:
    """The same of the templates."""
    for file in (ROOT / "templates").rglob("*.html"):
        tree = Environment(autoescape=True).parse(file.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            is_said = isinstance(call.node, nodes.Name) and call.node.name == "_" and not call.dyn_kwargs
            if is_said and isinstance(call.args[0], nodes.Const):
                yield str(call.args[0].value), {keyword.key for keyword in call.kwargs}


def test_whoever_says_a_sentence_gives_the_parts_that_it_names():
    calls = [*said_in_modules(), *said_in_templates()]
    assert {text for text, names in calls if parts(text) != names} == FILLED_LATER


def test_english_holds_no_chinese_but_what_it_quotes():
    wrong = {words for words in wordings().values() if not words.strip() or re.search("[一-鿿]", words)}
    assert not wrong


def test_a_sentence_is_said_in_the_language_of_the_page():
    assert spoken() is Language.CHINESE
    assert say("待办") == "待办"
    speak(Language.ENGLISH)
    try:
        assert say("待办") == "To do"
    finally:
        speak(Language.CHINESE)


def test_a_sentence_without_english_stands_for_itself():
    assert english("谁也没有说过这一句") == "谁也没有说过这一句"


def test_what_fills_a_sentence_is_never_read_as_one():
    assert say("{words}", words="{name}") == "{name}"


# What may stand outside the tables, and why.
ALLOWED = {
    (
        "desk/frame/page.py",
        r"([^\s,#]*[一-鿿][^\s,#]*)",
    ): "by which Chinese words are known on an English page",
    ("templates/frame/page.html", "中文"): "the switch names each language in itself",
    ("desk/sign_in/one_time_code.py", "回应 Huiying"): "the name that a telephone keeps the codes under",
    (
        "desk/step/panels/differences.py",
        r"[^。！？；\n]*(?:[。！？；]+[”’」』）]*|\n+|$)",
    ): "where sentences of a Chinese text end",
    ("desk/law_changes/form.py", r"[\s,，、;；]+"): "what parts the spans of a calendar as one types it",
    ("desk/law_changes/form.py", "[~～至—–]+"): "what joins the two days of a span",
    ("desk/law_changes/form.py", r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?"): "a day as one types it",
    **{
        ("desk/people/sheet.py", heading): "how people head the columns of a sheet"
        for heading in (
            *("账号", "登录名", "登录账号", "姓名", "姓名或称谓", "名称"),
            *("单位", "所在单位", "单位名称", "岗位", "角色"),
        )
    },
}


def strange(file: Path, text: str) -> bool:
    return bool(CHINESE.search(text)) and (str(file.relative_to(ROOT)), text.strip()) not in ALLOWED


def texts_of_template(file: Path) -> Iterator[str]:
    written = re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    written = re.sub(r"""\b_\(\s*("[^"]*"|'[^']*')""", "", written)
    yield from re.findall(r"[^<>{}\"'\n]+", written)


def texts_of_module(file: Path) -> Iterator[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    said_or_docs: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            said_or_docs.add(node.args[0])
        elif isinstance(node, ast.Expr):
            said_or_docs.add(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in said_or_docs:
            yield node.value


def test_no_page_says_chinese_outside_the_tables():
    templates = list((ROOT / "templates").rglob("*.html"))
    modules = [
        file for room in ("casework", "desk", "publicity", "words") for file in (ROOT / room).rglob("*.py")
    ]
    found = {
        (file.name, text) for file in templates for text in texts_of_template(file) if strange(file, text)
    }
    found |= {(file.name, text) for file in modules for text in texts_of_module(file) if strange(file, text)}
    assert not found
