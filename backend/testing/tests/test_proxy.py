"""The fault proxy does to a connection what each of its modes says, and no more."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from muster_testing.faults.proxy import (
    BlackHole,
    CutAfter,
    Delay,
    HalfOpen,
    Link,
    Network,
    Pass,
    Refuse,
    Reset,
    Throttle,
)


def _echo(listening: socket.socket) -> None:
    while True:
        try:
            connected, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connected,), daemon=True).start()


def _answer(connected: socket.socket) -> None:
    with connected:
        try:
            while data := connected.recv(65536):
                connected.sendall(data)
        except OSError:
            return


@pytest.fixture
def link() -> Iterator[Link]:
    """A link to a server that says back what it hears."""
    with socket.create_server(("127.0.0.1", 0)) as listening, Network() as network:
        thread = threading.Thread(target=_echo, args=(listening,), daemon=True)
        thread.start()
        yield network.before("127.0.0.1", listening.getsockname()[1])
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _connect(link: Link) -> socket.socket:
    return socket.create_connection((link.host, link.port), timeout=5)


def _says(connected: socket.socket, words: bytes, seconds: float = 5) -> bytes:
    connected.settimeout(seconds)
    connected.sendall(words)
    return connected.recv(65536)


def test_what_passes_arrives_and_an_end_is_an_end(link: Link) -> None:
    with _connect(link) as client:
        assert _says(client, b"ready") == b"ready"
        client.shutdown(socket.SHUT_WR)
        assert client.recv(10) == b""
    deadline = time.monotonic() + 5
    while link.connections():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_refused_client_hears_so_at_once_and_the_port_comes_back(link: Link) -> None:
    with _connect(link) as old:
        assert _says(old, b"here") == b"here"
        link.set(Refuse())
        with pytest.raises(ConnectionRefusedError):
            _connect(link)
        with pytest.raises(ConnectionError):
            _says(old, b"still here?")
    link.set(Pass())
    with _connect(link) as again:
        assert _says(again, b"back") == b"back"


def test_a_reset_is_no_polite_end(link: Link) -> None:
    with _connect(link) as old:
        assert _says(old, b"here") == b"here"
        link.set(Reset())
        with pytest.raises(ConnectionResetError):
            old.recv(10)
    with pytest.raises(ConnectionError), _connect(link) as new:
        _says(new, b"new")


def test_a_black_hole_accepts_says_nothing_and_lets_go_of_what_it_held(link: Link) -> None:
    with _connect(link) as old:
        assert _says(old, b"here") == b"here"
        link.set(BlackHole())
        with pytest.raises(TimeoutError):
            _says(old, b"into the dark", 0.2)
        with _connect(link) as new:
            with pytest.raises(TimeoutError):
                _says(new, b"me too", 0.2)
            link.set(Pass())
            new.settimeout(5)
            assert new.recv(100) == b"me too"
        old.settimeout(5)
        assert old.recv(100) == b"into the dark"


def test_a_half_open_connection_never_speaks_again_but_new_ones_do(link: Link) -> None:
    with _connect(link) as old:
        assert _says(old, b"here") == b"here"
        link.set(HalfOpen())
        link.set(Pass())
        with pytest.raises(TimeoutError):
            _says(old, b"anybody?", 0.2)
        with _connect(link) as new:
            assert _says(new, b"hello") == b"hello"


def test_delay_and_throttle_take_their_time(link: Link) -> None:
    with _connect(link) as client:
        link.set(Delay(0.15))
        began = time.monotonic()
        assert _says(client, b"slow") == b"slow"
        assert 0.3 <= time.monotonic() - began < 1.5

        link.set(Throttle(10_000))
        began = time.monotonic()
        client.sendall(b"x" * 3_000)
        received = b""
        while len(received) < 3_000:
            received += client.recv(65536)
        assert 0.25 <= time.monotonic() - began < 3


def test_a_cut_loses_the_answer_after_so_many_bytes(link: Link) -> None:
    with _connect(link) as client:
        link.set(CutAfter(5))
        client.sendall(b"12345678")
        assert len(_until_reset(client)) <= 5


def _until_reset(client: socket.socket) -> bytes:
    received = b""
    while True:
        try:
            data = client.recv(100)
        except ConnectionResetError:
            return received
        assert data, "ended politely"
        received += data
