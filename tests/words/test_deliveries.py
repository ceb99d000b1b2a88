"""Each code of a receipt says something to people, and none of it in code."""

import pytest

from words.deliveries import detail_words


@pytest.mark.parametrize(
    "detail",
    [
        *("timeout", "broken_off", "name_unknown", "address_refused", "tls_failed", "nobody", "no_address"),
        *("http_302", "http_401", "http_404", "http_422", "http_429", "http_503"),
        *("smtp_login_535", "smtp_sender_550", "smtp_recipient_450", "smtp_content_554", "smtp_answer_421"),
        *("bad_host", "rate_limited/45009", "something that nobody wrote"),
    ],
)
def test_a_code_is_told_in_words(detail: str):
    words = detail_words(detail)
    assert words
    assert not any(letter.isascii() and letter.isalnum() for letter in words)


@pytest.mark.parametrize("detail", ["", "http_200", "smtp_250", "no_longer"])
def test_what_the_status_says_is_not_said_twice(detail: str):
    assert detail_words(detail) == ""
