"""The regulation as data: every clause cited exists in it,
and nothing cites the one that was never written.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from domain.catalogue import COMMANDS
from domain.law.articles import CITED_BEFORE, Article, clause_of
from domain.law.responsibility import RULE_CLAUSES
from domain.rules.papers import PAPER_CLAUSES
from domain.terms.vocabulary import PaperKind
from settings import Settings
from storage.paper_numbers import patterns
from storage.regulation_text import sentences as told
from storage.regulations import articles, load_law, regulations
from words.labels import explanations

ROOT = Path(__file__).parents[2]
REGULATION = ROOT / "regulations" / "gaoan-2020"
CITED = re.compile(r"^(序言|[一二三四](?:\([一二三四五六]\)|\d)?)#\d+$")
NUMBERED = re.compile(r"(?:序言|[一二三四](?:\([一二三四五六]\)|\d)?)#\d+")
NUMBER = re.compile(r"#\d")
NEVER_WRITTEN = re.compile(r"三[(（]五[)）]")
SOURCES = [
    file
    for folder in (
        "domain",
        "words",
        "regulations",
        "storage",
        "workflows",
        "activities",
        "audit",
        "casework",
        "api",
        "desk",
        "rehearsals",
        "templates",
    )
    for file in sorted((ROOT / folder).rglob("*"))
    if file.suffix in {".py", ".yaml", ".html"}
]


@cache
def sentences() -> dict[str, str]:
    """Every sentence of the regulation by its citation, clause#n."""
    clauses = yaml.safe_load((REGULATION / "clauses.yaml").read_text(encoding="utf-8"))["clauses"]
    return {
        f"{clause['id']}#{sentence['n']}": sentence["text"]
        for clause in clauses
        for sentence in clause["sentences"]
    }


@cache
def strings(file: Path) -> tuple[str, ...]:
    """The strings of a Python file that are nothing but a citation;
    where no number of a sentence stands, nothing is parsed.
    """
    text = file.read_text(encoding="utf-8")
    if NUMBER.search(text) is None:
        return ()
    values = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
    return tuple(value for value in values if isinstance(value, str) and CITED.match(value))


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def domain_files() -> list[Path]:
    return sorted((ROOT / "domain").rglob("*.py"))


def test_every_clause_that_a_rule_cites_is_in_the_regulation():
    cited = {(named(file), clause) for file in domain_files() for clause in strings(file)}
    assert {(file, clause) for file, clause in cited if clause not in sentences()} == set()


def test_every_clause_named_in_words_is_too():
    cited = {
        (named(file), clause)
        for file in (*domain_files(), REGULATION / "parameters.yaml")
        for clause in NUMBERED.findall(file.read_text(encoding="utf-8"))
    }
    assert cited
    assert {(file, clause) for file, clause in cited if clause not in sentences()} == set()


def test_rules_papers_and_commands_cite_whole_sentences():
    named = {*RULE_CLAUSES.values(), *PAPER_CLAUSES.values(), *(kind.clause for kind in COMMANDS.values())}
    cited = {clause_of(article, articles("gaoan-2020")) for article in named}
    assert cited <= sentences().keys()
    assert all(len(sentences()[clause]) > len("(一)及时有效。") + 2 for clause in cited)


def test_the_upper_rules_are_cited_as_what_they_are():
    overlay = clause_of(Article.UPPER_RULES, articles("gaoan-2020"))
    assert overlay == "overlay"
    assert overlay not in sentences()


def test_the_first_regulation_is_cited_as_before_laws_named_their_articles():
    assert dict(articles("gaoan-2020")) == {article.value: clause for article, clause in CITED_BEFORE.items()}
    assert set(CITED_BEFORE) == set(Article)


@pytest.mark.parametrize("name", regulations())
def test_every_article_of_a_regulation_is_in_its_text(name: str):
    named = dict(articles(name))
    assert set(named) <= {article.value for article in Article}
    assert set(named.values()) <= told(name).keys()
    limits = {limit.clause for limit in load_law(name, 2026).overlay.limits if limit.clause}
    assert limits <= told(name).keys()


PROGRAMS = [
    file
    for folder in (
        "domain",
        "words",
        "storage",
        "workflows",
        "activities",
        "casework",
        "api",
        "desk",
        "audit",
        "rehearsals",
        "terminal",
        "deploy",
    )
    for file in sorted((ROOT / folder).rglob("*.py"))
] + [ROOT / "cli.py", ROOT / "web.py", ROOT / "worker.py", *sorted((ROOT / "templates").rglob("*.html"))]
OF_ONE_PLACE = re.compile("gaoan|yichun|高安|宜春|高府|gov_office|cac_office")


def test_no_program_knows_the_city_its_regulation_or_its_units():
    """The law is data: the one place that names a regulation is the default of a setting."""
    found = {named(file): OF_ONE_PLACE.findall(file.read_text(encoding="utf-8")) for file in PROGRAMS}
    assert {file: names for file, names in found.items() if names} == {}


def test_programs_cite_articles_by_name_and_leave_the_numbering_to_the_data():
    """The numbering of the first release is kept in one table,
    for cases registered before laws named their articles.
    """
    numbered = {clause: article.name for article, clause in CITED_BEFORE.items()}
    table = ROOT / "domain" / "law" / "articles.py"
    assert table in PROGRAMS
    assert strings(table)
    found = {
        (named(file), clause): f"write Article.{numbered.get(clause, '…')}"
        for file in PROGRAMS
        if file.suffix == ".py" and file != table
        for clause in strings(file)
    }
    assert found == {}


def test_what_refusals_rest_on_are_articles():
    cited = {told.clause for told in explanations()["reasons"].values() if told.clause}
    assert cited <= {article.value for article in Article}


def test_a_setting_chooses_the_regulation():
    assert OF_ONE_PLACE.findall((ROOT / "settings.py").read_text(encoding="utf-8")) == ["gaoan"]
    assert Settings(regulation="state-council-2016").regulation == "state-council-2016"


def test_nothing_cites_the_clause_that_was_never_written():
    """Section 三 goes from (四) to (六); only the header of the clauses' file may say so."""
    found = [
        (named(file), line)
        for file in SOURCES
        for line in file.read_text(encoding="utf-8").splitlines()
        if NEVER_WRITTEN.search(line)
    ]
    assert found, "the header says it"
    assert [
        (file, line) for file, line in found if not line.startswith("# ") or "no 三(五)" not in line
    ] == []


def test_the_clauses_jump_from_four_to_six():
    ids = [citation.split("#")[0] for citation in sentences()]
    assert [part for part in dict.fromkeys(ids) if part.startswith("三")] == [
        "三(一)",
        "三(二)",
        "三(三)",
        "三(四)",
        "三(六)",
    ]


def test_sentences_are_numbered_without_a_gap():
    numbers: dict[str, list[int]] = {}
    for citation in sentences():
        clause, number = citation.split("#")
        numbers.setdefault(clause, []).append(int(number))
    assert {clause: list(range(1, len(found) + 1)) for clause, found in numbers.items()} == numbers


def test_a_citation_of_no_sentence_would_be_seen(tmp_path: Path):
    file = tmp_path / "rule.py"
    file.write_text('CLAUSE = "三(三)#9"\nTEXT = "一(三)#2 und mehr"\n', encoding="utf-8")
    assert strings(file) == ("三(三)#9",)


def test_the_law_knows_the_offices_it_names_and_each_unit_once():
    law = load_law("gaoan-2020", 2026)
    codes = [unit.code for unit in law.units]
    offices = law.offices
    named = {
        offices.office,
        offices.cyberspace_office,
        offices.publicity_department,
        offices.public_security,
        offices.media_center,
        *offices.verification_peers,
    }
    assert named <= set(codes)
    assert len(set(codes)) == len(codes)
    assert len({unit.name for unit in law.units}) == len(law.units)


def test_the_calendar_names_days_that_differ_from_monday_to_friday():
    calendar = load_law("gaoan-2020", 2026).calendar
    assert all(day.weekday() < 5 for day in calendar.holidays)
    assert all(day.weekday() >= 5 for day in calendar.makeup_workdays)
    assert {day.year for day in (*calendar.holidays, *calendar.makeup_workdays)} <= set(calendar.years)


def test_a_case_of_the_last_known_year_has_no_calendar_for_the_next():
    assert load_law("gaoan-2020", 2026).calendar.years == (2026,)
    assert load_law("gaoan-2020", 2025).calendar.years == (2025, 2026)


def test_a_regulation_that_shares_units_and_calendar_has_no_files_of_its_own():
    own = {file.name for file in (ROOT / "regulations" / "state-council-2016").iterdir()}
    assert own == {
        "parameters.yaml",
        "articles.yaml",
        "clauses.yaml",
        "legal_basis.yaml",
        "papers.yaml",
        "retention.yaml",
    }


@pytest.mark.parametrize("regulation", ["gaoan-2020", "state-council-2016"])
def test_each_pattern_of_numbers_is_of_a_kind_and_takes_year_and_number(regulation: str):
    for kind, pattern in patterns(regulation).items():
        assert PaperKind(kind).value == kind
        assert pattern.count("{year}") == pattern.count("{number}") == 1, pattern
        assert re.sub(r"\{(year|number)\}", "", pattern).isprintable(), pattern


def test_the_legal_basis_names_each_text_that_the_regulation_rests_on():
    basis = yaml.safe_load((REGULATION / "legal_basis.yaml").read_text(encoding="utf-8"))["texts"]
    numbers = re.findall(r"\w+〔\d{4}〕\d+号", "".join(sentences().values()))
    assert {text["doc_number"] for text in basis} == set(numbers)


def test_what_is_not_literal_says_so_wherever_it_is_shown():
    texts = told("state-council-2016")
    assert texts["19号#1"] == "特别重大、重大突发事件发生后，应在24小时内举行新闻发布会"
    assert texts["61号#2"].startswith("（要旨，非原文）")
