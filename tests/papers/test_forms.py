"""The layouts of papers are data: whole in each regulation, and refused in words where they are wrong."""

from pathlib import Path

import pytest
import yaml

from domain.terms.vocabulary import PaperKind
from papers.forms import FormsFault, forms_of, read_forms
from papers.sheet import PaperForm
from storage.regulations import REGULATIONS, regulations

OWN = REGULATIONS / "gaoan-2020" / "papers" / "forms.yaml"


@pytest.mark.parametrize("regulation", regulations())
def test_each_kind_of_paper_has_its_layout_and_its_head(regulation: str):
    forms = forms_of(regulation)
    for kind in PaperKind:
        head = forms.head(kind, "高安市水利局", "舆情提示单")
        assert head.startswith("高安市水利局")
        assert "{" not in head


def test_heads_name_the_issuer_in_full():
    forms = forms_of("gaoan-2020")
    office = forms.issuer("市政府办公室")
    assert office == "高安市人民政府办公室"
    assert forms.issuer("市水利局") == "高安市水利局"
    assert forms.issuer("青溪镇") == "青溪镇"
    assert forms.issuer("市水利局、青溪镇、市公安局") == "高安市水利局、青溪镇、高安市公安局"
    assert forms.forms[PaperKind.SITUATION_REPORT] is PaperForm.UPWARD
    assert forms.head(PaperKind.SITUATION_REPORT, office, "情况报告") == "高安市人民政府办公室文件"
    assert forms.head(PaperKind.CLUE_TRANSFER, office, "线索移送函") == "高安市人民政府办公室"
    assert forms.head(PaperKind.OPINION_HINT, office, "舆情提示单") == "高安市人民政府办公室舆情提示单"


def test_a_name_with_placeholders_is_a_name():
    forms = forms_of("gaoan-2020")
    assert forms.head(PaperKind.OPINION_HINT, "{name}{0.__class__}", "单") == "{name}{0.__class__}单"


@pytest.mark.parametrize(
    ("part", "value", "words"),
    [
        (("forms", "minutes"), "poster", "forms.minutes 的版式“poster”不认识"),
        (("forms", "letter_of_love"), "letter", "forms.letter_of_love 不认识"),
        (("forms", "minutes"), None, "forms 不是"),
        (("heads", "letter"), "{issuer}{date}", "heads.letter 里的 {date} 不认识"),
        (("heads", "poster"), "x", "heads.poster 不认识"),
        (("heads",), ["x"], "heads 不是"),
        (("colour",), "red", "colour 不认识"),
        (("city",), 7, "city 不是文字"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(
    tmp_path: Path, part: tuple[str, ...], value: object, words: str
):
    content = yaml.safe_load(OWN.read_text(encoding="utf-8"))
    place = content
    for name in part[:-1]:
        place = place[name]
    place[part[-1]] = value
    file = tmp_path / "forms.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(FormsFault, match=words.replace("{", r"\{")):
        read_forms(file)


def test_what_is_missing_is_said_all_at_once(tmp_path: Path):
    content = yaml.safe_load(OWN.read_text(encoding="utf-8"))
    del content["issuers"], content["forms"]["minutes"], content["heads"]["letter"]
    file = tmp_path / "forms.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(FormsFault) as fault:
        read_forms(file)
    for name in ("issuers", "forms.minutes", "heads.letter"):
        assert f"{name} 没有写" in str(fault.value)


@pytest.mark.parametrize("text", ["- a\n- b", "a: [", "", "\x00"])
def test_what_is_no_table_is_refused(tmp_path: Path, text: str):
    file = tmp_path / "forms.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FormsFault, match="读不出来"):
        read_forms(file)
    with pytest.raises(FormsFault, match="读不出来"):
        read_forms(tmp_path / "none.yaml")
