"""Each sentence that a page says is there in English, once, with the same parts;
nothing is worded that nobody says.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from babel.messages.extract import extract_from_dir

from tests.pages.english import CHINESE
from words.language import Language, say, speak, spoken, wordings

ROOT = Path(__file__).parent.parent.parent
METHODS = [
    ("api/**.py", "python"),
    ("casework/**.py", "python"),
    ("desk/**.py", "python"),
    ("publicity/**.py", "python"),
    ("words/**.py", "python"),
    ("templates/**.html", "jinja2.ext:babel_extract"),
]
KEYWORDS: dict[str, None] = {"say": None, "marked": None, "_": None}


def said() -> Iterator[tuple[str, str]]:
    for folder in ("api", "casework", "desk", "publicity", "words", "templates"):
        found = extract_from_dir(
            ROOT / folder,
            [
                (pattern.removeprefix(f"{folder}/"), how)
                for pattern, how in METHODS
                if pattern.startswith(folder)
            ],
            keywords=KEYWORDS,
            options_map={"**.html": {"trimmed": "true"}},
        )
        for name, line, message, _, _ in found:
            assert isinstance(message, str), f"{folder}/{name}:{line}: one sentence at a time"
            yield message, f"{folder}/{name}:{line}"


def parts(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_each_sentence_of_the_pages_is_there_in_english():
    missing = {text: where for text, where in said() if text not in wordings()}
    assert not missing


def test_nothing_is_worded_that_no_page_says():
    assert not wordings().keys() - {text for text, _ in said()}


def test_both_languages_name_the_same_parts():
    assert not {text for text, words in wordings().items() if parts(text) != parts(words)}


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
