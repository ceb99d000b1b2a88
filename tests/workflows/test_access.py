"""An engine on another machine is reached by TLS alone, as the SDK's environment says;
in clear it is refused in words.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from cli import reach_engine
from deploy.startup_errors import StartupError
from settings import Settings
from tests.api.office import address as address_of
from tests.api.office import start_temporal
from workflows import access
from workflows.access import Access, Unprotected, access_to

ELSEWHERE = "temporal.example:7233"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """No setting of whoever runs the tests."""
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "none.toml"))
    for name in ("TEMPORAL_TLS", "TEMPORAL_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize("address", ["127.0.0.1:7233", "[::1]:7233", "localhost:7233"])
def test_this_machine_is_reached_in_clear_whatever_the_environment_says(
    address: str, environment: pytest.MonkeyPatch
):
    environment.setenv("TEMPORAL_API_KEY", "for another machine")
    assert access_to(address) == Access()


def test_another_machine_without_tls_and_key_is_refused_in_words():
    with pytest.raises(Unprotected) as refused:
        access_to(ELSEWHERE)
    assert ELSEWHERE in str(refused.value)
    assert str(refused.value).count("TEMPORAL_API_KEY") == 2  # in Chinese and in English


async def test_a_start_is_refused_with_what_to_set(tmp_path: Path):
    settings = Settings.model_validate({"temporal_address": ELSEWHERE, "var_dir": tmp_path})
    with pytest.raises(StartupError, match="TEMPORAL_API_KEY"):
        await reach_engine(settings)


def test_tls_that_is_turned_off_is_refused_though_a_key_is_there(environment: pytest.MonkeyPatch):
    environment.setenv("TEMPORAL_API_KEY", "a key")
    assert access_to(ELSEWHERE) == Access(tls=True, api_key="a key")
    environment.setenv("TEMPORAL_TLS", "false")
    with pytest.raises(Unprotected):
        access_to(ELSEWHERE)


Key = ec.EllipticCurvePrivateKey


def _certificates(folder: Path) -> None:
    """An authority, and certificates of its for a server at 127.0.0.1 and for a client, each with its key."""
    authority, root = ec.generate_private_key(ec.SECP256R1()), _named("authority")
    _write(folder, "authority", _signed(authority, root, root, authority, is_authority=True), authority)
    for name in ("server", "client"):
        key = ec.generate_private_key(ec.SECP256R1())
        _write(folder, name, _signed(key, _named(name), root, authority, is_authority=False), key)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _signed(
    key: Key, subject: x509.Name, issuer: x509.Name, by: Key, *, is_authority: bool
) -> x509.Certificate:
    now = datetime.now(UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    return (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(by, hashes.SHA256())
    )


def _write(folder: Path, name: str, certificate: x509.Certificate, key: Key) -> None:
    pem = serialization.Encoding.PEM
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(pem))
    content = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / f"{name}.key").write_bytes(content)


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        with suppress(OSError):
            while content := await reader.read(65536):
                writer.write(content)
                await writer.drain()
    finally:
        writer.close()


@asynccontextmanager
async def behind_tls(engine: str, folder: Path) -> AsyncIterator[str]:
    """The address of an engine behind TLS that asks for a client's certificate, as a cluster stands."""
    host, _, port = engine.rpartition(":")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(folder / "authority.pem"))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    context.set_alpn_protocols(["h2"])

    serving: set[asyncio.Task[object]] = set()
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            serving.add(task)
        inner_reader, inner_writer = await asyncio.open_connection(host, int(port))
        writers.extend((writer, inner_writer))
        await asyncio.gather(_copied(reader, inner_writer), _copied(inner_reader, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()  # TLS would wait for the client's farewell, and outlive the test's loop
        await asyncio.wait(serving, timeout=10)


@pytest.fixture
async def engine() -> AsyncIterator[WorkflowEnvironment]:
    async with await start_temporal() as started:
        yield started


async def test_a_cluster_behind_tls_is_reached_with_a_clients_certificate(
    engine: WorkflowEnvironment, environment: pytest.MonkeyPatch, tmp_path: Path
):
    environment.setattr(access, "_is_here", lambda _address: False)
    _certificates(tmp_path)
    async with behind_tls(address_of(engine), tmp_path) as address:
        environment.setenv("TEMPORAL_TLS_SERVER_CA_CERT_PATH", str(tmp_path / "authority.pem"))
        with pytest.raises(RuntimeError):
            await _connected(address)
        environment.setenv("TEMPORAL_TLS_CLIENT_CERT_PATH", str(tmp_path / "client.pem"))
        environment.setenv("TEMPORAL_TLS_CLIENT_KEY_PATH", str(tmp_path / "client.key"))
        assert (await _connected(address)).namespace == "default"


async def _connected(address: str) -> Client:
    shown = access_to(address)
    return await Client.connect(address, tls=shown.tls, api_key=shown.api_key)
