"""The tables of people who sign in: their accounts, second factors and sessions,
and every attempt to sign in.
"""

from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import BIG, UtcDateTime


class AccountRow(SQLModel, table=True):
    """A person in one role of one unit; the password is kept as its argon2 hash alone."""

    __tablename__ = "account"

    id: str = Field(primary_key=True)
    login: str = Field(unique=True)
    name: str
    role: str
    unit: str
    password_hash: str
    password_changed_at: datetime = Field(sa_type=UtcDateTime)
    must_change: bool
    one_time_secret: str | None
    created_at: datetime = Field(sa_type=UtcDateTime)
    disabled_at: datetime | None = Field(sa_type=UtcDateTime)
    one_time_pending: str | None = None  # begun, and in force once its owner has shown a code of it
    one_time_step: int | None = Field(default=None, sa_type=BigInteger)  # the last 30 s whose code was used
    password_until: datetime | None = Field(default=None, sa_type=UtcDateTime)  # None: until it is changed
    passkeys: int = 0  # how many the account has: the second factor is asked for without another look


class RecoveryCodeRow(SQLModel, table=True):
    """A code that serves once in place of a one-time code; only its SHA-256 is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index("recovery_code_account", "account_id"),)

    code_hash: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    used_at: datetime | None = Field(sa_type=UtcDateTime)


class PasskeyRow(SQLModel, table=True):
    """A passkey (WebAuthn) of an account; `credential` holds, sealed, whose it is,
    its id and its public key.
    """

    __tablename__ = "passkey"
    __table_args__ = (Index("passkey_account", "account_id"),)

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    credential_hash: str = Field(unique=True)  # the SHA-256 of its id
    credential: str
    name: str
    sign_count: int = Field(sa_type=BigInteger)  # what its device said at the last use
    made_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(sa_type=UtcDateTime)


class PasskeyChallengeRow(SQLModel, table=True):
    """What a passkey is to sign, for one session or browser, once."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (Index("passkey_challenge_at", "at"),)

    challenge_hash: str = Field(primary_key=True)
    holder_hash: str
    at: datetime = Field(sa_type=UtcDateTime)


class SignedInRow(SQLModel, table=True):
    """A session of a browser; `secret_hash` is the SHA-256 of what its cookie holds."""

    __tablename__ = "signed_in"
    __table_args__ = (Index("signed_in_account", "account_id", "ended_at"),)

    id: str = Field(primary_key=True)
    secret_hash: str = Field(unique=True)
    account_id: str = Field(foreign_key="account.id")
    began_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(sa_type=UtcDateTime)
    ended_why: str | None
    browser: str


class SignInAttemptRow(SQLModel, table=True):
    """One attempt to sign in, by the digests of login and address, so that guesses can be slowed down."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("sign_in_attempt_login", "login_hash", "at"),
        Index("sign_in_attempt_address", "address_hash", "at"),
    )

    position: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    login_hash: str
    address_hash: str
    at: datetime = Field(sa_type=UtcDateTime)
    succeeded: bool


class OpenIdAttemptRow(SQLModel, table=True):
    """A sign-in under way at an OpenID provider, for one browser, once."""

    __tablename__ = "openid_attempt"
    __table_args__ = (Index("openid_attempt_at", "at"),)

    state_hash: str = Field(primary_key=True)
    browser_hash: str
    nonce: str
    verifier: str
    after: str
    at: datetime = Field(sa_type=UtcDateTime)


class OpenIdLinkRow(SQLModel, table=True):
    """An identity of an OpenID provider that signs in to an account; of its subject the SHA-256 is kept."""

    __tablename__ = "openid_link"
    __table_args__ = (
        UniqueConstraint("issuer", "subject_hash", name="openid_link_subject"),
        UniqueConstraint("account_id", "issuer", name="openid_link_account"),
    )

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    issuer: str
    subject_hash: str
    made_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime = Field(sa_type=UtcDateTime)


class OpenIdUnlinkedRow(SQLModel, table=True):
    """An identity that a provider has confirmed, and that waits in one browser for the password
    of its account.
    """

    __tablename__ = "openid_unlinked"
    __table_args__ = (Index("openid_unlinked_at", "at"),)

    secret_hash: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    issuer: str
    subject_hash: str
    after: str
    at: datetime = Field(sa_type=UtcDateTime)
