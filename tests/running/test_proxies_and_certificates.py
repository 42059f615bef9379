"""Companies look into their own traffic: their proxy and their certificates are used by the variables that all use."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from certificates import self_signed
from listening import Answer, Call, Listening

from bulkgen.engine.client import ApiClient
from bulkgen.engine.patience import as_a_run
from bulkgen.engine.provider import hosted
from bulkgen.engine.transport import Transport
from bulkgen.engine.trust import BUNDLE_NAMES, OPENSSL_NAMES, trusted
from bulkgen.errors import ConfigError, ProviderError
from bulkgen.events import Event
from bulkgen.notice import Notice
from bulkgen.notifying import notify
from bulkgen.testing import ManualClock

KEY = "k3y-of-acme"
PROXY_NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXY_NAMES, *(name.lower() for name in PROXY_NAMES), *OPENSSL_NAMES, *BUNDLE_NAMES):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    return self_signed(tmp_path_factory.mktemp("certificate"))


def api(call: Call) -> Answer:
    return 200, b'{"company": "Acme"}' if call.target.endswith("/auth") else b"[]"


def workspace(base_url: str) -> str:
    """What a run asks first, on a real socket; its pauses take no time."""

    async def ask() -> str:
        async with Transport(hosted(base_url, KEY, rate=10.0), ManualClock()) as transport:
            return await ApiClient(transport).auth()

    return asyncio.run(ask())


def bulkgen(url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bulkgen", "designs", "list", "--json"]
    environment = dict(os.environ) | {"ABYSSALE_API_KEY": KEY, "ABYSSALE_BASE_URL": url}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)


def test_a_certificate_that_nobody_vouches_for_stops_the_command_before_the_key_is_sent(
    tmp_path: Path, pair: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, context = pair
    with Listening(api, tls=context) as server:
        refused = bulkgen(server.url, tmp_path)
        assert refused.returncode == 3, refused.stderr
        assert "its certificate is not trusted" in refused.stderr
        assert "SSL_CERT_FILE" in refused.stderr
        assert KEY not in refused.stderr
        assert server.calls == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        done = bulkgen(server.url, tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", *BUNDLE_NAMES])
def test_each_of_the_usual_variables_mends_it_for_calls_and_notices(
    pair: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    certificate, context = pair
    notice = Notice("job", 0, 0.0, 1.0)
    with Listening(api, tls=context) as server:
        with pytest.raises(ProviderError, match="its certificate is not trusted"):
            workspace(server.url)
        assert "its certificate is not trusted" in asyncio.run(notify(server.url, notice, ManualClock()))
        monkeypatch.setenv(name, str(certificate))
        assert workspace(server.url) == "Acme"
        assert asyncio.run(notify(server.url, notice, ManualClock())) == ""


def test_a_run_does_not_wait_for_a_certificate_to_become_trusted(pair: tuple[Path, ssl.SSLContext]) -> None:
    """Ten minutes of pauses would hide the one line that says what to set."""
    said: list[Event] = []

    async def begin(url: str) -> float:
        clock = ManualClock()
        async with Transport(hosted(url, KEY, rate=10.0), clock) as transport:
            with pytest.raises(ProviderError, match="its certificate is not trusted"):
                await ApiClient(transport, as_a_run(said.append, asyncio.Event())).auth()
        return clock.monotonic()

    with Listening(api, tls=pair[1]) as server:
        assert asyncio.run(begin(server.url)) < 1.0
    assert said == []


def test_a_folder_of_certificates_is_one_too(
    tmp_path: Path, pair: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, context = pair
    # OpenSSL finds a certificate in a folder by the hash of its subject, which `openssl rehash` writes.
    import shutil

    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl to name the certificate by its hash")
    asked = [openssl, "x509", "-hash", "-noout", "-in", str(certificate)]
    digest = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    (tmp_path / f"{digest}.0").write_bytes(certificate.read_bytes())
    for name in ("SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        with monkeypatch.context() as patch, Listening(api, tls=context) as server:
            patch.setenv(name, str(tmp_path))
            assert workspace(server.url) == "Acme"


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR", *BUNDLE_NAMES])
@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_certificates_that_are_named_and_cannot_be_used_are_told_of_by_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes | None
) -> None:
    """OpenSSL passes over a file that is not there, and the first call then looks like an attack."""
    path = tmp_path / "bundle.pem"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv(name, str(path))
    with pytest.raises(ConfigError) as refused:
        trusted("https://api.example.test")
    assert (refused.value.code, refused.value.where) == ("bad_certificates", str(path))
    assert name in str(refused.value)
    assert trusted("http://127.0.0.1:8711") is True, "the studio on this machine needs none"


def test_the_variable_of_openssl_comes_before_that_of_others(
    tmp_path: Path, pair: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, context = pair
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.pem"))
    with Listening(api, tls=context) as server:
        assert workspace(server.url) == "Acme"


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy"])
def test_calls_go_through_the_proxy_with_its_user(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with Listening(api) as proxy:
        monkeypatch.setenv(name, f"http://user:p%40ss@127.0.0.1:{proxy.port}")
        assert workspace("http://api.example.test") == "Acme"
        asyncio.run(notify("http://chat.example.test/hook", Notice("job", 0, 0.0, 1.0), ManualClock()))
    assert [call.target for call in proxy.calls] == ["http://api.example.test/auth", "http://chat.example.test/hook"]
    expected = "Basic " + base64.b64encode(b"user:p@ss").decode()
    assert [call.headers.get("Proxy-Authorization") for call in proxy.calls] == [expected] * 2


def test_this_machine_and_hosts_left_out_are_called_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    with Listening(api) as proxy, Listening(api) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert workspace(server.url) == "Acme"
        monkeypatch.setenv("NO_PROXY", "elsewhere.example,.example.test")
        with pytest.raises(ProviderError):
            workspace("http://api.example.test:9")
        assert proxy.calls == []
        assert len(server.calls) == 1


def test_a_proxy_that_is_not_there_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:secret@127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(ProviderError, match="the proxy cannot be reached") as refused:
            workspace("https://api.example.test")
    assert "secret" not in str(refused.value)


@contextlib.asynccontextmanager
async def tunnel(port: int, asked: list[str]) -> AsyncIterator[int]:
    """A proxy that takes CONNECT, whatever the name, to a port of this machine; yields its own."""
    pipes: set[asyncio.Task[None]] = set()

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(65536):
                writer.write(piece)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head.split(b"\r\n")[0].decode())
        there, back = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        for ends in ((reader, back), (there, writer)):
            task = asyncio.create_task(pipe(*ends))
            pipes.add(task)
            task.add_done_callback(pipes.discard)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*pipes, return_exceptions=True)
        await server.wait_closed()


def test_the_api_is_reached_through_a_tunnel_and_its_own_certificate_counts(
    pair: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the proxy sees of the key is nothing: the tunnel is opened first, and TLS is spoken with the API in it."""
    certificate, context = pair
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    asked: list[str] = []

    async def main(port: int) -> str:
        async with tunnel(port, asked) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy}")
            provider = hosted("https://api.example.test", KEY, rate=10.0)
            async with Transport(provider, ManualClock()) as transport:
                return await ApiClient(transport).auth()

    with Listening(api, tls=context) as server:
        assert asyncio.run(main(server.port)) == "Acme"
        assert server.calls[0].headers["x-api-key"] == KEY
    assert asked == ["CONNECT api.example.test:443 HTTP/1.1"]
