"""Whom each access admits, by kinds of callers: the declarations that the table of roles
and routes is made from.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeVar

A = TypeVar("A", bound=Callable[..., object])


class CallerClass(StrEnum):
    """Who may come to the address, as the table of roles and routes tells them apart."""

    ANONYMOUS = "anonymous"
    DISABLED = "disabled"
    MUST_CHANGE = "must_change"  # the one-time password is not yet replaced
    OTHER_UNIT = "other_unit"
    MONITOR = "monitor"  # the roles of a concerned unit, from here
    HANDLER = "handler"
    DEPUTY_LEADER = "deputy_leader"
    PRINCIPAL_LEADER = "principal_leader"
    SPOKESPERSON = "spokesperson"
    OFFICE = "office"
    CYBERSPACE_OFFICE = "cyberspace_office"
    PUBLICITY_DEPARTMENT = "publicity_department"
    PUBLIC_SECURITY = "public_security"
    CITY_LEADER = "city_leader"
    AUDITOR = "auditor"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDIT_ADMINISTRATOR = "audit_administrator"


class AccessOutcome(StrEnum):
    """What a caller is answered, before any rule of the incident speaks."""

    ALLOWED = "allowed"
    SIGN_IN = "sign_in"  # 303 to the page of sign-in
    PASSWORD = "password"  # noqa: S105  303 to the page that replaces the one-time password
    UNAUTHENTICATED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404"


class AuthMethod(StrEnum):
    """How a caller says who they are."""

    NOTHING = "nothing"
    SESSION = "session"
    TOKEN = "token"  # noqa: S105  the word, not one


EVERYBODY: Final = frozenset(CallerClass)
NOBODY: Final = frozenset({CallerClass.ANONYMOUS, CallerClass.DISABLED})
ADMINISTRATORS: Final = frozenset(
    {CallerClass.SYSTEM_ADMINISTRATOR, CallerClass.SECURITY_ADMINISTRATOR, CallerClass.AUDIT_ADMINISTRATOR}
)
SIGNED_IN: Final = EVERYBODY - NOBODY
SETTLED: Final = SIGNED_IN - {CallerClass.MUST_CHANGE}  # with a password of their own
PEOPLE: Final = SETTLED - ADMINISTRATORS  # who take part in incidents
ELSEWHERE: Final = frozenset(  # units without a part in the incident that the table speaks of
    {
        CallerClass.OTHER_UNIT,
        CallerClass.CYBERSPACE_OFFICE,
        CallerClass.PUBLICITY_DEPARTMENT,
        CallerClass.PUBLIC_SECURITY,
    }
)
NOT_ITS_OWN: Final = ELSEWHERE | {
    CallerClass.OFFICE,
    CallerClass.CITY_LEADER,
    CallerClass.AUDITOR,
}  # all but the concerned unit
OVERSEEING: Final = frozenset(
    {CallerClass.AUDITOR, CallerClass.CITY_LEADER}
)  # all incidents, and no part in any
LEADING_NOTHING: Final = PEOPLE - {
    CallerClass.DEPUTY_LEADER,
    CallerClass.PRINCIPAL_LEADER,
    CallerClass.OFFICE,
    CallerClass.CITY_LEADER,
}
_ADMISSIONS: Final[dict[object, Mapping[CallerClass, AccessOutcome]]] = {}
_NARROWED: Final[dict[object, Mapping[CallerClass, AccessOutcome]]] = {}


def admits(kinds: Iterable[CallerClass], by: AuthMethod = AuthMethod.SESSION) -> Callable[[A], A]:
    """Declares beside an access whom it admits; what the others are answered follows from how callers
    say who they are.
    """
    admitted = frozenset(kinds)

    def declare(dependency: A) -> A:
        _ADMISSIONS[dependency] = {
            kind: AccessOutcome.ALLOWED if kind in admitted else _refusal(kind, by) for kind in CallerClass
        }
        return dependency

    return declare


def narrowed(answer: AccessOutcome, kinds: Collection[CallerClass]) -> Callable[[A], A]:
    """Declares beside a route whom it answers otherwise than its access does,
    because its rules or its object say so.
    """

    def declare(endpoint: A) -> A:
        _NARROWED[endpoint] = {**_NARROWED.get(endpoint, {}), **dict.fromkeys(kinds, answer)}
        return endpoint

    return declare


def admission(dependency: object) -> Mapping[CallerClass, AccessOutcome] | None:
    """What an access answers each kind of caller; None where nobody has declared it."""
    return _ADMISSIONS.get(dependency)


def narrowing(endpoint: object) -> Mapping[CallerClass, AccessOutcome]:
    """What a route answers otherwise than its access."""
    return _NARROWED.get(getattr(endpoint, "__wrapped__", endpoint), {})


def _refusal(kind: CallerClass, by: AuthMethod) -> AccessOutcome:
    if by is AuthMethod.TOKEN:  # none can be made for these, or it counts for nothing
        nobody = kind in NOBODY | ADMINISTRATORS | {CallerClass.MUST_CHANGE}
        return AccessOutcome.UNAUTHENTICATED if nobody else AccessOutcome.FORBIDDEN
    if kind in NOBODY:
        return AccessOutcome.SIGN_IN
    return AccessOutcome.PASSWORD if kind is CallerClass.MUST_CHANGE else AccessOutcome.FORBIDDEN
