"""Browsers that an account has signed in from before: what strangers do at its login does not keep them out.

The cookie is signed with the hash of the account's password, which the server alone has: another password
forgets them all, and nothing need be kept. It lets nobody in; it says by itself which browser asks.
"""

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Final

from fastapi import Request, Response

from api.parts import parts_of
from desk.sign_in.sessions import set_own_cookie
from settings import Settings
from storage.account_tables import AccountRow

LIFETIME: Final = timedelta(days=180)
_COOKIE: Final = "huiying_known_"
_DIGITS: Final = 12  # of the digest that tells the accounts of one browser apart
_ID_BYTES: Final = 16
_LONGEST: Final = 200


def device_of(request: Request, account: AccountRow | None) -> str:
    """The id of the browser that asks, where it is known to the account; else empty."""
    if account is None:
        return ""
    cookie = request.cookies.get(_name(parts_of(request).settings, account.id), "")
    device, _, signature = cookie.partition(".")
    if not 0 < len(cookie) <= _LONGEST or not cookie.isascii():
        return ""
    known = hmac.compare_digest(signature, _signature(account.id, account.password_hash, device))
    return device if known else ""


def remember(request: Request, response: Response, account_id: str, password_hash: str) -> None:
    """Have the browser known to the account from now on."""
    settings = parts_of(request).settings
    device = secrets.token_hex(_ID_BYTES)
    value = f"{device}.{_signature(account_id, password_hash, device)}"
    set_own_cookie(response, settings, _name(settings, account_id), value, LIFETIME)


def _name(settings: Settings, account_id: str) -> str:
    """One cookie an account, by a digest: persons share browsers, and the name tells nothing of them."""
    digest = hashlib.sha256(account_id.encode()).hexdigest()[:_DIGITS]
    return f"{'__Host-' if settings.behind_tls else ''}{_COOKIE}{digest}"


def _signature(account_id: str, password_hash: str, device: str) -> str:
    words = f"known device {account_id} {device}"
    return hmac.new(password_hash.encode(), words.encode(), hashlib.sha256).hexdigest()
