"""Browsers are told by the names that people know."""

import pytest

from desk.sign_in.devices import device_words


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML,"
                " like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0"
            ),
            "Edge · Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Linux"),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
                " MicroMessenger/8.0"
            ),
            "微信 · iPhone",
        ),
        ("curl/8.0", "curl/8.0"),
        ("", "未知浏览器"),
    ],
)
def test_a_browser_is_told_by_name_and_system(header: str, words: str):
    assert device_words(header) == words
