"""Servers under load, krait's beside its peers: one core for the server, one for the load, which is the same for all.

A figure is CPU time of the server, user and system, for one unit of work; "wall" is what the clock says, so it is the
inverse of the throughput. Each measurement has a fresh server, warmed up.
"""

import json
import subprocess
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


def python(*words):
    return lambda: ([peers.python(), HERE / "echo.py", *words, "PORT"], {})


ECHO_PEERS = {
    "krait": lambda: ([peers.built("bench/echo"), "PORT"], {}),
    "asio": lambda: ([peers.built("bench/echo_asio"), "PORT"], {}),
    "asyncio": python(),
    "uvloop": python("--uvloop"),
    "uvloop protocol": python("--uvloop", "--protocol"),
    "go": lambda: ([peers.go(HERE / "go"), "echo", "PORT"], {"GOMAXPROCS": "1"}),
    "tokio": lambda: ([peers.cargo(HERE / "tokio"), "echo", "PORT"], {}),
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
