"""The one HTTP client: what it refuses to call, to wait for, to swallow and to tell."""

import gzip
import ipaddress
import logging
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpcore
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from aidline.kernel import http
from local_server import Answer, LocalServer, serving


@pytest.fixture
def inside() -> Iterator[LocalServer]:
    """Something on our own network that must not be reached."""
    with serving() as server:
        yield server


@pytest.fixture
def outside() -> Iterator[LocalServer]:
    """Plays a provider: it is on the list of what may be called."""
    with serving() as server:
        yield server


ALIASES = [
    "127.0.0.1",
    "127.1",
    "0x7f000001",
    "2130706433",
    "0177.0.0.1",
    "localhost",
    "localhost.",
    "0.0.0.0",
    "0",
]


@pytest.mark.parametrize("host", ALIASES)
def test_no_name_for_this_machine_reaches_it(inside: LocalServer, host: str) -> None:
    url = f"http://{host}:{inside.port}/secret"
    with http.client() as client, pytest.raises((httpx.ConnectError, httpx.InvalidURL)):
        client.get(url)
    assert inside.seen == []


def test_the_same_address_is_reached_by_a_client_without_the_guard(inside: LocalServer) -> None:
    """Otherwise the refusals above would prove nothing."""
    with httpx.Client(trust_env=False) as unguarded:
        assert unguarded.get(f"http://127.1:{inside.port}/secret").status_code == 200
    assert len(inside.seen) == 1


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.100.100.200",
        "192.0.0.192",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "fd00:ec2::254",
        "fe80::1",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_addresses_that_are_never_called(address: str) -> None:
    assert http.forbidden(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808"]
)
def test_plain_public_addresses_are_called(address: str) -> None:
    assert not http.forbidden(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url", ["http://[::ffff:10.0.0.1]/", "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/"]
)
def test_private_addresses_in_an_address_are_refused(url: str) -> None:
    with http.client() as client, pytest.raises(http.TargetRefused):
        client.get(url)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "//nowhere", "data:,x"]
)
def test_only_http_is_spoken(url: str) -> None:
    with http.client() as client, pytest.raises(httpx.UnsupportedProtocol):
        client.get(url)


def test_a_user_name_in_an_address_is_refused(inside: LocalServer) -> None:
    url = f"http://provider.example@{inside.origin}/"
    with http.client(frozenset({inside.origin})) as client, pytest.raises(http.TargetRefused):
        client.get(url)
    assert inside.seen == []


def test_what_is_on_the_list_is_called_and_the_port_beside_it_is_not(
    inside: LocalServer, outside: LocalServer
) -> None:
    with http.client(frozenset({outside.origin})) as client:
        assert client.get(outside.url).status_code == 200
        with pytest.raises(http.TargetRefused):
            client.get(inside.url)
    assert (len(outside.seen), inside.seen) == (1, [])


def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch) -> None:
    _resolve_to(monkeypatch, ["93.184.215.14", "10.0.0.1"])
    with http.client() as client, pytest.raises(http.TargetRefused):
        client.get("http://rebind.example/")


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch) -> None:
    """A name that answers public first and private a moment later is asked once only."""
    answers = iter([["93.184.215.14"], ["127.0.0.1"], ["127.0.0.1"]])
    asked: list[str] = []
    dialled: list[str] = []

    def look_up(host: str, port: int, **_: int) -> list[tuple]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in next(answers)]

    def dial(self, host: str, *_: object) -> None:
        dialled.append(host)
        raise httpcore.ConnectError("not in a test")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", dial)
    with http.client() as client, pytest.raises(httpx.ConnectError):
        client.get("https://rebind.example/")
    assert (asked, dialled) == (["rebind.example"], ["93.184.215.14"])


def test_tls_proves_the_name_although_the_connection_goes_to_an_address(monkeypatch, tmp_path: Path) -> None:
    certificate = _certificate(tmp_path, "provider.example")
    monkeypatch.setattr(http, "_tls", lambda: ssl.create_default_context(cafile=str(certificate)))

    def wrap(server) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)

    with serving(wrap) as server:
        monkeypatch.setattr(http, "resolve", lambda *_: [ipaddress.ip_address("127.0.0.1")])
        names = frozenset({f"provider.example:{server.port}", f"other.example:{server.port}"})
        with http.client(names) as client:
            assert client.get(f"https://provider.example:{server.port}/").status_code == 200
            assert server.seen[0].headers["host"] == f"provider.example:{server.port}"
            with pytest.raises(httpx.ConnectError):
                client.get(f"https://other.example:{server.port}/")
    assert len(server.seen) == 1


# --- redirects -------------------------------------------------------------------------------------------


def test_an_api_call_follows_no_redirect(inside: LocalServer, outside: LocalServer) -> None:
    outside.answer = lambda _: Answer(302, headers={"Location": inside.url})
    with http.client(frozenset({outside.origin, inside.origin})) as client:
        assert client.post(outside.url).status_code == 302
    assert inside.seen == []


def test_a_file_that_redirects_to_a_private_address_is_refused(
    inside: LocalServer, outside: LocalServer
) -> None:
    outside.answer = lambda _: Answer(302, headers={"Location": f"http://localhost:{inside.port}/"})
    with http.client(frozenset({outside.origin})) as client, pytest.raises(http.TargetRefused):
        http.get_capped(client, outside.url, 1000)
    assert inside.seen == []


def test_credentials_stay_with_their_host_on_a_redirect(inside: LocalServer, outside: LocalServer) -> None:
    outside.answer = lambda seen: (
        Answer(302, headers={"Location": "/again"})
        if seen.path == "/"
        else Answer(302, headers={"Location": f"{inside.url}/cdn"})
    )
    inside.answer = lambda _: Answer(body=b"picture", headers={"Content-Type": "image/png"})
    with http.client(frozenset({outside.origin, inside.origin})) as client:
        content = http.get_capped(
            client, f"{outside.url}/", 1000, {"Authorization": "Bearer word", "X-Key": "k"}
        )
    assert content == (b"picture", "image/png")
    assert [seen.headers.get("authorization") for seen in outside.seen] == ["Bearer word", "Bearer word"]
    assert not {"authorization", "x-key"} & set(inside.seen[0].headers)


def test_thirty_redirects_are_not_followed(outside: LocalServer) -> None:
    outside.answer = lambda _: Answer(302, headers={"Location": "/again"})
    with http.client(frozenset({outside.origin})) as client, pytest.raises(http.TargetRefused):
        http.get_capped(client, outside.url, 1000)
    assert len(outside.seen) == 6


# --- endless, slow, packed -------------------------------------------------------------------------------


def _endless(pipe) -> None:
    while True:
        pipe.write(b"x" * 65_536)


def _drip(pipe) -> None:
    while True:
        pipe.write(b"x")
        pipe.flush()
        time.sleep(0.05)


def test_an_endless_body_ends_at_the_limit(outside: LocalServer) -> None:
    outside.answer = lambda _: Answer(drip=_endless)
    with http.client(frozenset({outside.origin})) as client:
        with pytest.raises(http.TooLarge):
            http.get_capped(client, outside.url, 100_000)
        with pytest.raises(http.TooLarge):
            client.get(outside.url)


def test_a_dripping_body_ends_at_the_deadline(outside: LocalServer, monkeypatch) -> None:
    monkeypatch.setattr(http, "WHOLE_SECONDS", 0.3)
    outside.answer = lambda _: Answer(drip=_drip)
    began = time.monotonic()
    with http.client(frozenset({outside.origin})) as client, pytest.raises(http.TooSlow):
        client.get(outside.url)
    assert time.monotonic() - began < 3


def test_a_caller_may_have_less_patience_than_the_client(outside: LocalServer) -> None:
    outside.answer = lambda _: Answer(drip=_drip)
    began = time.monotonic()
    with http.client(frozenset({outside.origin})) as client, pytest.raises(http.TooSlow):
        client.get(outside.url, extensions=http.within(0.3))
    assert time.monotonic() - began < 3


def test_a_packed_bomb_is_counted_unpacked(outside: LocalServer) -> None:
    bomb = gzip.compress(b"\0" * 5_000_000)
    outside.answer = lambda _: Answer(body=bomb, headers={"Content-Encoding": "gzip"})
    with http.client(frozenset({outside.origin})) as client:
        with pytest.raises(http.TooLarge):
            http.get_capped(client, outside.url, 1_000_000)
        with pytest.raises(http.TooLarge):
            client.get(outside.url)


def test_a_file_at_the_limit_is_read_whole(outside: LocalServer) -> None:
    outside.answer = lambda _: Answer(body=b"x" * 1000, headers={"Content-Type": "text/plain"})
    with http.client(frozenset({outside.origin})) as client:
        assert http.get_capped(client, outside.url, 1000) == (b"x" * 1000, "text/plain")


# --- silence ---------------------------------------------------------------------------------------------

TELLING = "/bot123:SECRET/file?to=%2B447700900123"


def test_neither_logs_nor_errors_tell_an_address_or_a_header(outside: LocalServer, caplog) -> None:
    _let_httpx_speak(caplog)
    outside.answer = lambda _: Answer(404, headers={"X-Telling": "SECRET"})
    with http.client(frozenset({outside.origin})) as client:
        client.get(outside.url + TELLING, headers={"Authorization": "SECRET"})
        with pytest.raises(httpx.HTTPStatusError) as error:
            http.get_capped(client, outside.url + TELLING, 100)
    assert "127.0.0.1" in caplog.text  # something was logged at all
    assert "SECRET" not in caplog.text + str(error.value)
    assert "7700900123" not in caplog.text + str(error.value)


def test_httpx_alone_would_have_told(outside: LocalServer, caplog) -> None:
    _let_httpx_speak(caplog)
    logger = logging.getLogger("httpx")
    filters, logger.filters = logger.filters, []
    try:
        with httpx.Client(trust_env=False) as plain:
            plain.get(outside.url + TELLING)
    finally:
        logger.filters = filters
    assert "SECRET" in caplog.text


def _let_httpx_speak(caplog) -> None:
    """The product's settings silence it further; here only the filter stands between."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx")


def _resolve_to(monkeypatch, numbers: list[str]) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 0)) for number in numbers]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


def _certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "provider.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


# --- other languages than HTTP ---------------------------------------------------------------------------


def test_what_speaks_no_http_is_guarded_the_same_way() -> None:
    with serving() as world:
        with http.client() as client, pytest.raises(http.TargetRefused):
            http.connect(client, "127.0.0.1", world.port)
        with httpx.Client() as client, pytest.raises(http.TargetRefused):
            http.connect(client, "127.0.0.1", world.port)
        with http.client(frozenset({world.origin})) as client:
            http.connect(client, "127.0.0.1", world.port).close()


def test_who_is_not_there_or_has_no_name_is_no_connection() -> None:
    with http.client(frozenset({"127.0.0.1:1"})) as client:
        for host in ("127.0.0.1", "no.such.name.invalid"):
            with pytest.raises(httpx.ConnectError):
                http.connect(client, host, 1)


@pytest.mark.parametrize(
    ("url", "clear"),
    [
        ("http://translate.example.org", True),
        ("HTTP://sms.example.org:8080/send", True),
        (" http://192.168.0.4", True),
        ("http://gateway.internal:8081", True),
        ("http://127.0.0.1.example.org", True),
        ("http://localhost.example.org", True),
        ("http://gateway.internal:8080/send", False),
        ("http://gateway.internal", False),
        ("http://127.0.0.1:5000", False),
        ("http://[::1]:5000", False),
        ("http://localhost", False),
        ("https://translate.example.org", False),
        ("http://[", True),
        ("", False),
    ],
)
def test_where_others_could_read_along(url: str, clear: bool) -> None:
    assert http.in_clear(url, frozenset({"gateway.internal:8080", "gateway.internal:80"})) is clear
