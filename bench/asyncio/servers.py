"""Servers under load, krait's beside its peers: one core for the server, one for the load, which is the same for all.

A figure is CPU time of the server, user and system, for one unit of work; "wall" is what the clock says, so it is the
inverse of the throughput. Each measurement has a fresh server, warmed up.
"""

import json
import re
import subprocess
import time
from dataclasses import dataclass

from bench import peers
from bench.http.server import Server, ServerError

HERE = peers.ROOT / "bench" / "asyncio"


@dataclass(frozen=True)
class Echo:
    """`connections` at a time send `size` bytes, wait until they are back, and send again."""

    size: int
    connections: int

    unit = "us"

    @property
    def label(self):
        size = f"{self.size // 1024} KiB" if self.size >= 1024 else f"{self.size} B"
        return f"echo of {size}, {self.connections} connection{'s' * (self.connections > 1)}"

    def load(self, server, core, seconds):
        """Messages that came back, each compared with what was sent, and the seconds that they took."""
        words = [peers.built("bench/echo_load"), server.port, self.connections, self.size, seconds]
        done = subprocess.run(peers.pinned(core, *words), capture_output=True, text=True)
        if done.returncode != 0:
            raise ServerError(f"{done.stderr.strip() or done.returncode}; the server says: {server.said()}")
        got = json.loads(done.stdout)
        return got["messages"], got["seconds"]


ECHOES = {
    "echo64x1": Echo(64, 1),
    "echo64x64": Echo(64, 64),
    "echo16kx1": Echo(16 * 1024, 1),
    "echo16kx64": Echo(16 * 1024, 64),
}


@dataclass(frozen=True)
class Tls:
    """One connection after the other, by OpenSSL's own client; each is asked for `size` bytes, or only shakes hands."""

    size: int
    label: str
    unit = "us"

    def load(self, server, core, seconds):
        words = ["openssl", "s_time", "-connect", f"127.0.0.1:{server.port}", "-new", "-tls1_3", "-ciphersuites",
                 "TLS_AES_128_GCM_SHA256", "-time", max(1, round(seconds))]
        started = time.monotonic()
        done = subprocess.run(peers.pinned(core, *words, *(["-www", f"/{self.size}"] if self.size else [])),
                              capture_output=True, text=True)
        took = time.monotonic() - started
        found = re.search(r"(\d+) connections in .* bytes read (\d+)", done.stdout)
        if done.returncode != 0 or not found or not int(found[1]):
            raise ServerError(f"cannot run s_time: {done.stdout} {done.stderr}; the server says: {server.said()}")
        connections, got = int(found[1]), int(found[2])
        if not 0 <= got - connections * self.size <= connections * LONGEST_HEAD:
            raise ServerError(f"cannot measure: {got} bytes came over {connections} connections, not {self.size} each")
        return (connections * self.size / 2**20 if self.size else connections), took


LONGEST_HEAD = 100  # bytes that an answer may have beside those that were asked for
BULK = 64 * 2**20
TLS = {
    "handshake": Tls(0, "TLS handshake"),
    "bulk": Tls(BULK, "TLS, 1 MiB of a bulk"),
}


def certificate():
    """Files of a self-signed certificate and of its key, as arguments; beside them one to be served by s_server -WWW."""
    folder = peers.MADE / "tls"
    names = folder / "certificate.pem", folder / "key.pem"
    if not all(name.exists() for name in names):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                        "/CN=localhost", "-days", "3650", "-out", names[0], "-keyout", names[1]],
                       check=True, capture_output=True)
    with open(folder / str(BULK), "wb") as served:
        served.truncate(BULK)
    return names


def openssl():
    public, private = certificate()
    return ["env", "-C", public.parent, "openssl", "s_server", "-accept", "127.0.0.1:PORT", "-cert", public, "-key", private,
            "-WWW", "-quiet"], {}


def python(*words):
    return lambda: ([peers.python(), HERE / "echo.py", *words, "PORT"], {})


def python_tls(*words):
    return lambda: ([peers.python(), HERE / "tls.py", *words, "PORT", *certificate()], {})


ECHO_PEERS = {
    "krait": lambda: ([peers.built("bench/echo"), "PORT"], {}),
    "asio": lambda: ([peers.built("bench/echo_asio"), "PORT"], {}),
    "asyncio": python(),
    "uvloop": python("--uvloop"),
    "uvloop protocol": python("--uvloop", "--protocol"),
    "go": lambda: ([peers.go(HERE / "go"), "echo", "PORT"], {"GOMAXPROCS": "1"}),
    "tokio": lambda: ([peers.cargo(HERE / "tokio"), "echo", "PORT"], {}),
}


TLS_PEERS = {
    "krait": lambda: ([peers.built("bench/tls"), "PORT", *certificate()], {}),
    "asyncio": python_tls(),
    "uvloop": python_tls("--uvloop"),
    "go": lambda: ([peers.go(HERE / "go"), "tls", "PORT", *certificate()], {"GOMAXPROCS": "1"}),
    "openssl": openssl,
}


def measure(program, case, seconds):
    """CPU and wall microseconds of one unit of work."""
    words, env = program
    cores = peers.two_cores()
    with Server(words, cores[0], env) as server:
        case.load(server, cores[1], min(0.5, seconds))
        before = server.cpu_seconds()
        count, took = case.load(server, cores[1], seconds)
        cpu = server.cpu_seconds() - before
    return {"cpu": cpu * 1e6 / count, "wall": took * 1e6 / count}
