"""An OpenID provider as its client sees it: its metadata, the way there,
and whose sign-in it confirms (OpenID Connect Core).

Needs authlib, the extra `oidc`; nothing of it is imported where no provider is set.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

from settings import Settings, is_safe_address
from storage.openid_attempts import OpenIdAttempt
from storage.openid_links import OpenIdSubject

_SECONDS: Final = 10.0
_LONGEST_LOGIN: Final = 200
_LEEWAY: Final = 60  # seconds that the clocks of provider and server may differ
_SIGNED_BY: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


class OpenIdFailure(Exception):  # noqa: N818  an answer of the provider, not an error of the program
    """The provider did not confirm a sign-in; the text says why, for the log alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """Whose sign-in a provider confirms, and of which login its claim speaks;
    empty where the claim is not there.
    """

    subject: OpenIdSubject
    login: str


class OpenIdProvider:
    """One provider, as the settings name it."""

    def __init__(self, settings: Settings, redirect: str) -> None:
        self._issuer = settings.oidc_issuer
        self._client_id = settings.oidc_client_id
        self._secret = settings.oidc_client_secret.get_secret_value()
        self._claim = settings.oidc_claim
        self._redirect = redirect

    async def way_there(self, attempt: OpenIdAttempt) -> str:
        """The address at the provider to which the browser is led; raises OpenIdFailure."""
        async with self._client() as client:
            metadata = await self._metadata(client)
            address, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
        return str(address)

    async def confirmed(self, attempt: OpenIdAttempt, code: str) -> Confirmed:
        """Whose sign-in the provider confirms for a code; raises OpenIdFailure."""
        async with self._client() as client:
            metadata = await self._metadata(client)
            try:
                token = await client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=attempt.verifier,
                )
                keys = await self._json(client, metadata["jwks_uri"])
                claims = self._claims(token, keys, metadata, attempt.nonce)
                if self._claim not in claims and "userinfo_endpoint" in metadata:
                    identity = await self._json(client, metadata["userinfo_endpoint"], signed=True)
                    claims = {**identity, **claims} if identity.get("sub") == claims["sub"] else claims
            except _faults() as error:
                raise OpenIdFailure(type(error).__name__) from error
        subject, login = claims.get("sub"), claims.get(self._claim)
        if not isinstance(subject, str) or not subject:
            raise OpenIdFailure("no subject")
        is_named = isinstance(login, str) and 0 < len(login) <= _LONGEST_LOGIN
        return Confirmed(
            subject=OpenIdSubject(issuer=self._issuer, name=subject), login=str(login) if is_named else ""
        )

    def _client(self) -> Any:
        from authlib.integrations.httpx_client import AsyncOAuth2Client  # noqa: PLC0415  of the extra

        return AsyncOAuth2Client(
            self._client_id,
            self._secret or None,
            scope="openid profile email",
            redirect_uri=self._redirect,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if self._secret else "none",
            timeout=_SECONDS,
            follow_redirects=False,
            trust_env=False,
        )

    async def _metadata(self, client: Any) -> dict[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery),
        for the issuer that the settings name alone.
        """
        try:
            metadata = await self._json(
                client, f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
            )
        except _faults() as error:
            raise OpenIdFailure(type(error).__name__) from error
        if metadata.get("issuer") != self._issuer:
            raise OpenIdFailure("another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
            if name in metadata and not is_safe_address(str(metadata[name])):
                raise OpenIdFailure(f"unsafe {name}")
        return metadata

    async def _json(self, client: Any, address: str, *, signed: bool = False) -> dict[str, Any]:
        if not is_safe_address(address):
            raise OpenIdFailure("unsafe address")
        answer = await client.request("GET", address, withhold_token=not signed)
        answer.raise_for_status()
        content = answer.json()
        if not isinstance(content, dict):
            raise OpenIdFailure("no object")
        return content

    def _claims(
        self, token: dict[str, Any], keys: dict[str, Any], metadata: dict[str, Any], nonce: str
    ) -> dict[str, Any]:
        """The claims of the ID token, its signature, issuer, audience, time and nonce checked;
        raises JoseError.
        """
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415  of the extra
        from joserfc import jwt  # noqa: PLC0415  as above
        from joserfc.jwk import KeySet  # noqa: PLC0415  as above

        offered = metadata.get("id_token_signing_alg_values_supported", ["RS256"])
        allowed = [name for name in _SIGNED_BY if name in offered]
        decoded = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=allowed)  # type: ignore[arg-type]  # the keys are checked as they are read
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": self._issuer},
                "aud": {"essential": True, "values": [self._client_id]},
                "nonce": {"essential": True, "value": nonce},
            },
            {"nonce": nonce, "client_id": self._client_id, "access_token": token.get("access_token")},
        )
        claims.validate(leeway=_LEEWAY)
        return dict(claims)


def require_extra() -> None:
    """Raises RuntimeError where authlib, the extra `oidc`, is not installed."""
    if find_spec("authlib") is None:
        raise RuntimeError("HUIYING_OIDC_ISSUER is set: install requirements/oidc.txt (the extra `oidc`)")


def _faults() -> tuple[type[Exception], ...]:
    """What goes wrong between client and provider, answers that are not as they should be among it."""
    from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415  of the extra
    from httpx2 import HTTPError, InvalidURL  # noqa: PLC0415  loaded with it
    from joserfc.errors import JoseError  # noqa: PLC0415  loaded with it

    return AuthlibBaseError, JoseError, HTTPError, InvalidURL, KeyError, TypeError, ValueError
