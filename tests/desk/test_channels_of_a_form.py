"""What a form offers as platform or channel is the register of the law and the registry of units (DD-32)."""

from dataclasses import replace

from desk.step.fields import NONE_TYPED, form_fields
from desk.step.options import options_in
from domain.law.platforms import PlatformEntry, PlatformKind
from domain.terms.vocabulary import Platform
from tests.domain.cast import ALICE, BOB, LAW

SQUARE = PlatformEntry(
    code="town_square", zh="镇里广场", en="Town square", kind=PlatformKind.PUBLIC, publishing=True
)
WIDER = replace(LAW, digest="w" * 64, platforms=(*LAW.platforms, SQUARE))


def offered(kind, name, *, law=LAW, own=()):
    fields = form_fields(kind, options_in(kind, law, None, BOB, own), NONE_TYPED, now="")
    return {option.value: option.text for entry in fields if entry.name == name for option in entry.options}


def test_a_unit_is_offered_the_channels_that_it_owns_and_nothing_else():
    assert offered("publish", "channels", own=("wechat", "television")) == {
        "wechat": "微信",
        "television": "电视",
    }


def test_a_unit_without_any_in_the_registry_is_offered_all_on_which_one_publishes():
    codes = offered("publish", "channels").keys()
    assert codes == {entry.code for entry in LAW.platforms if entry.publishing}
    assert not codes & {Platform.HOTLINE, Platform.SUPERIOR, Platform.REPORT}


def test_what_the_data_adds_is_offered_under_its_name():
    assert offered("publish", "channels", law=WIDER)["town_square"] == "镇里广场"


def test_an_item_may_come_from_everything_in_the_register():
    (source,) = form_fields("add_source", options_in("add_source", LAW, None, ALICE), NONE_TYPED, now="")
    (platform,) = (part for part in source.parts if part.name == "source.platform")
    assert [option.value for option in platform.options] == [entry.code for entry in LAW.platforms]
