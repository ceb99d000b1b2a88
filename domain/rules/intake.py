"""An item as a case takes it in: the post itself, whatever way it was shared (DD-42)."""

from domain.case.records import Source
from domain.law.editions import Switch
from domain.law.regulation import Law
from domain.terms.addresses import address_in
from domain.terms.copies import changed
from domain.terms.instants import past
from domain.terms.roles import Deed


def named(source: Source, law: Law, deed: Deed) -> Source:
    """An item that somebody enters, on a platform of the law's register (DD-32);
    one that comes with a merged incident is not asked.
    """
    law.platform(source.platform)
    return taken(source, law.edition, deed)


def taken(source: Source, edition: int, deed: Deed) -> Source:
    """The item in whole seconds, none from the future;
    from the third edition on a share text gives its address alone.
    """
    at = past(source.at, deed.at, "source.at")
    url = address_in(source.url) if Switch.SAME_POST.is_on(edition) else source.url
    return source if source.at is at and source.url == url else changed(source, at=at, url=url)
