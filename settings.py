"""What may be set from outside, by environment variables that begin with HUIYING_."""

import tomllib
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK: Final = "127.0.0.1"
CHECKOUT: Final = Path(__file__).resolve().parent
REGULATION: Final = (
    "gaoan-2020"  # the one place where a program names a regulation; all else takes the setting
)


def _release() -> str:
    """The version in pyproject.toml, which is written down there alone."""
    project: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    return str(project["version"])


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _none_if_empty(value: object) -> object:
    return value if value not in {"", None} else None


def _file_if_any(path: Path | None) -> Path | None:
    if path is not None and path.is_dir():
        raise ValueError(f"{path} is a folder: name a file, which may be one in it")
    return _absolute(path) if path is not None else None


def _sqlite_in(var_dir: Path) -> str:
    return f"sqlite+aiosqlite:///{var_dir / 'huiying.db'}"


def installation_of(var_dir: Path) -> str:
    """The id of the installation whose folder this is; empty before its first start."""
    try:
        with (var_dir / "installation").open(encoding="utf-8") as note:
            return note.readline().strip()
    except (OSError, UnicodeDecodeError):
        return ""


def is_loopback(host: str) -> bool:
    """Whether a host names this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_safe_address(address: str) -> bool:
    """Whether an address is reached by TLS, or names this machine alone."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))


def _safe_syslog(address: str) -> str:
    parts = urlsplit(address)
    if address and (parts.scheme not in {"tls", "tcp"} or not parts.hostname or not parts.port):
        raise ValueError("the receiver is tls://HOST:PORT, or tcp://HOST:PORT of this machine alone")
    if parts.scheme == "tcp" and not is_loopback(parts.hostname or ""):
        raise ValueError("another machine is reached by TLS alone: tls://HOST:PORT")
    return address


def _safe_public(address: str) -> str:
    parts = urlsplit(address)
    if address and (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or parts.query
        or parts.fragment
        or "@" in parts.netloc  # it stands in the feed, for everybody to read
    ):
        raise ValueError("the public address is http://HOST/… or https://HOST/…, without credentials")
    return address.rstrip("/")


def _safe_issuer(issuer: str) -> str:
    if issuer and not is_safe_address(issuer):
        raise ValueError("the issuer is an https address, or http of this machine alone")
    return issuer


class Settings(BaseSettings):
    """One reading of the environment; every process of a system reads the same."""

    model_config = SettingsConfigDict(env_prefix="HUIYING_", frozen=True, extra="ignore")

    var_dir: Annotated[Path, AfterValidator(_absolute)] = Field(
        default=CHECKOUT / "var",
        description="Folder of everything that outlives a run: databases, logs, the lock.",
    )
    database_url: str = Field(
        default_factory=lambda data: _sqlite_in(data["var_dir"]),
        description="SQLAlchemy address of event log and ledger: sqlite+aiosqlite or postgresql+psycopg.",
    )
    regulation: str = Field(
        default=REGULATION,
        description="Folder under regulations/ whose law new incidents are registered under.",
    )
    keys_dir: Annotated[Path, AfterValidator(_absolute)] = Field(
        default_factory=lambda data: data["var_dir"] / "keys",
        description=(
            "Folder of the keys by which all that Temporal keeps is sealed; made at the first start,"
            " the same for all processes."
        ),
    )
    demonstration: bool = Field(
        default=True,
        description="Whether an empty ledger is filled with demonstration incidents, all marked as drill.",
    )
    release: str = Field(
        default_factory=_release,
        description="Release of the code, stamped as build id into every workflow task.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe level that is logged."
    )

    host: str = Field(
        default=LOOPBACK,
        description=(
            "Address that pages and API listen on; the embedded Temporal server serves this machine alone."
        ),
    )
    pages_open: bool = Field(
        default=False,
        description="Whether this machine's own browser may read board and incidents without signing in.",
    )
    behind_tls: bool = Field(
        default=False,
        description=(
            "Whether people reach the pages by TLS, through a proxy of your own; cookies then travel by"
            " TLS alone."
        ),
    )
    proxy: str = Field(
        default="",
        description=(
            "Addresses of your own proxies, with commas; what they say of who asks (X-Forwarded-For) is"
            " believed, nobody else's word."
        ),
    )
    syslog: Annotated[str, AfterValidator(_safe_syslog)] = Field(
        default="",
        description=(
            "Where each entry of the audit book is passed on as syslog (RFC 5424): tls://HOST:PORT,"
            " or tcp://HOST:PORT of this machine."
        ),
    )
    checkpoint_file: Annotated[Path | None, BeforeValidator(_none_if_empty), AfterValidator(_file_if_any)] = (
        Field(
            default=None,
            description=(
                "File outside, best on another machine's disk, to which each checkpoint of the sealed log"
                " is added; empty for none."
            ),
        )
    )
    log_hash: Literal["", "sha256", "sm3"] = Field(
        default="",
        description=(
            "Hash of the sealed log, chosen at the first start and never changed: sha256, or sm3;"
            " empty for what the log has, at first sha256."
        ),
    )
    checkpoint_signature: Literal["ed25519", "sm2"] = Field(
        default="ed25519",
        description=(
            "Signature of checkpoints, for the first key and for each that `huiying audit checkpoint rotate`"
            " makes: ed25519 or sm2."
        ),
    )
    checkpoint_url: str = Field(
        default="", description="Receiver (https) outside to which each checkpoint is posted; empty for none."
    )
    checkpoint_secret: SecretStr = Field(
        default=SecretStr(""), description="The secret (whsec_…) shared with whoever receives checkpoints."
    )
    checkpoint_mail: str = Field(default="", description="Mail address for each checkpoint; empty for none.")
    stamp_url: str = Field(default="", description="Time-stamping authority (RFC 3161); empty for none.")
    stamp_certificates: Annotated[Path | None, BeforeValidator(_none_if_empty)] = Field(
        default=None, description="File with the authority's certificates (PEM)."
    )
    hosts: str = Field(
        default="",
        description=(
            "Names under which people reach the pages, with commas; empty for any. Requests for another"
            " name are refused; passkeys are made for the first."
        ),
    )
    internal_hosts: str = Field(
        default="",
        description=(
            "Names of mail servers and gateways that may stand in your own network, with commas;"
            " messages go to no other private address."
        ),
    )
    second_factor: str = Field(
        default=(
            "system_administrator,security_administrator,audit_administrator,"
            "deputy_leader,principal_leader,city_leader"
        ),
        description=(
            "Posts whose persons need one-time codes once there is an incident that is no drill,"
            " with commas; empty for none."
        ),
    )
    oidc_issuer: Annotated[str, AfterValidator(_safe_issuer)] = Field(
        default="",
        description=(
            "Issuer of an OpenID provider at which people may sign in; empty for none."
            " Needs the extra `oidc`."
        ),
    )
    oidc_client_id: str = Field(default="", description="What the provider calls this system.")
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="The secret that the provider gave it; empty for a public client."
    )
    oidc_claim: str = Field(
        default="preferred_username",
        description=(
            "The claim that holds the login here of whoever comes from the provider for the first time;"
            " links count from then on."
        ),
    )
    web_port: int = Field(default=8000, ge=1, le=65535, description="Port of pages and API.")
    public_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description=(
            "Port of the public page 公开回应, served by a process of its own from exported files alone;"
            " 0 for none."
        ),
    )
    public_host: str = Field(
        default=LOOPBACK,
        description=(
            "Address that the public page listens on; 0.0.0.0 for all, or this machine behind a web server"
            " of your own."
        ),
    )
    public_address: Annotated[str, AfterValidator(_safe_public)] = Field(
        default="",
        description=(
            "Where the public opens that page, such as https://answers.example.gov.cn,"
            " for the links in its feed; empty for links that hold anywhere."
        ),
    )
    temporal_port: int = Field(
        default=7233, ge=1, le=65535, description="Port of the embedded Temporal server."
    )
    temporal_metrics_port: int = Field(default=7244, ge=1, le=65535, description="Port of its metrics.")
    temporal_ui: bool = Field(
        default=False,
        description=(
            "Whether its own web pages are served, to this machine; whoever opens them can end any case."
        ),
    )
    temporal_ui_port: int = Field(default=8233, ge=1, le=65535, description="Port of its web pages.")
    temporal_codec_origin: str = Field(
        default="",
        description=(
            "Origin of Temporal's own pages, for which POST /engine/decode opens what they show to a"
            " signed-in system administrator; empty for none."
        ),
    )
    worker_metrics_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description=(
            "Port on which this machine alone reads the worker's metrics (Prometheus, `/metrics`);"
            " 0 for none."
        ),
    )

    temporal_address: str = Field(
        default_factory=lambda data: f"{LOOPBACK}:{data['temporal_port']}",
        description="Where Temporal answers. When set, it is a cluster of your own and none is started here.",
    )
    temporal_namespace: str = Field(default="huiying", description="Temporal namespace of all incidents.")
    temporal_task_queue: str = Field(
        default="",
        description=(
            "Task queue between web and worker; when empty, `huiying` and the id of this installation."
        ),
    )
    temporal_retention: timedelta = Field(
        default=timedelta(hours=87600),
        description=(
            "How long the embedded server keeps closed histories; ten years, as the shortest archive term."
        ),
    )

    steps_a_minute: int = Field(
        default=3_600,
        ge=1,
        description=(
            "Steps that a person may give in a minute, in each web process; an incident may be given four"
            " times as many."
        ),
    )
    text_a_minute: int = Field(
        default=4 * 1024 * 1024, ge=128 * 1024, description="Bytes of steps likewise, in a minute."
    )

    worker_workflow_tasks: int = Field(
        default=20, ge=1, description="Workflow tasks carried out at one time."
    )
    worker_activities: int = Field(default=20, ge=1, description="Activities, local or not, at one time.")
    worker_cached_workflows: int = Field(
        default=1000,
        validate_default=True,
        description=(
            "Open incidents kept in the worker's memory, about 200 KB each; more than worker_workflow_tasks."
        ),
    )
    worker_stop_seconds: float = Field(
        default=5, gt=0, description="How long a stopping worker lets its activities finish."
    )
    ready_seconds: float = Field(
        default=60, gt=0, description="How long a start may take before it counts as failed."
    )
    hang_seconds: float = Field(
        default=15,
        gt=0,
        description="How long a process may give no sign of life before it is ended and started again.",
    )
    stop_seconds: float = Field(
        default=10, gt=0, description="How long each process may take to stop; more than worker_stop_seconds."
    )

    @field_validator("worker_cached_workflows")
    @classmethod
    def _holds_what_is_worked_on(cls, cached: int, info: ValidationInfo) -> int:
        """The engine's library makes room by dropping a case whose step is being recorded;
        that task is answered by nobody and waits out its ten seconds.
        """
        if cached <= info.data.get("worker_workflow_tasks", 0):
            raise ValueError("must be more than worker_workflow_tasks: each case that is worked on is kept")
        return cached

    @property
    def host_names(self) -> tuple[str, ...]:
        """The names under which people reach the pages, in order; none for any."""
        return tuple(name.strip().casefold() for name in self.hosts.split(",") if name.strip())

    @property
    def internal_names(self) -> tuple[str, ...]:
        """The hosts of the house's own network that messages may be sent to."""
        return tuple(name.strip().casefold() for name in self.internal_hosts.split(",") if name.strip())

    @property
    def public_folder(self) -> Path:
        """Where the public page lies as files."""
        return self.var_dir / "public"

    @property
    def base_address(self) -> str:
        """Where people open the pages, for links in messages; empty where no name is known."""
        if not self.host_names:
            return ""
        name = self.host_names[0]
        return f"https://{name}" if self.behind_tls else f"http://{name}:{self.web_port}"

    @property
    def embeds_temporal(self) -> bool:
        """Whether this system starts its own Temporal server."""
        return "temporal_address" not in self.model_fields_set

    @property
    def task_queue(self) -> str:
        """The task queue between web and worker, as the installation now stands.

        It bears the installation's id, so that a worker left over from another folder is never given
        a task of this one.
        """
        installation = installation_of(self.var_dir)
        return self.temporal_task_queue or (f"huiying-{installation[:12]}" if installation else "huiying")
