"""What a browser says of itself, in words that its owner knows it by."""

from typing import Final

from words.language import marked, say

# The first that is named counts: many browsers name others too, whose like they are.
_BROWSERS: Final = (
    ("MicroMessenger", marked("微信")),
    ("wxwork", marked("企业微信")),
    ("Edg", "Edge"),
    ("QQBrowser", "QQ"),
    ("360", "360"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_words(browser: str) -> str:
    """`Chrome · Windows` from the header User-Agent; what it begins with when neither is known."""
    names = [next((name for mark, name in table if mark in browser), "") for table in (_BROWSERS, _SYSTEMS)]
    return " · ".join(say(name) for name in names if name) or browser[:40] or say("未知浏览器")
