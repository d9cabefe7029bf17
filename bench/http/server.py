"""One server process: started on a free port and one core, asked, weighed, and in any case stopped."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from bench import peers

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 20
STOP_SECONDS = 5


class ServerError(Exception):
    """A server did not start, or answered something else than it must."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """`with Server(command, core) as s:`; the text PORT in the command becomes the port.

    The process has a session of its own, so that ctrl-C reaches only the runner, which then stops it on its way out.
    """

    def __init__(self, command, core, env=None):
        self.port = free_port()
        self._name = command[0]
        self._command = peers.pinned(core, *[str(word).replace("PORT", str(self.port)) for word in command])
        self._env = os.environ | (env or {})

    def __enter__(self):
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            self._command, env=self._env, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        try:
            self._await_port()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait()
        self._log.close()

    def _signal(self, number):
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            pass

    def _await_port(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ServerError(f"cannot start {self._name}: {self.said()}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.01)
        raise ServerError(f"cannot reach {self._name} on port {self.port} within {START_SECONDS} s: {self.said()}")

    def said(self):
        self._log.seek(0)
        return self._log.read().decode(errors="replace").strip()[-2000:]

    def _tree(self):
        """The process and its living descendants."""
        found, todo = [], [self._process.pid]
        while todo:
            pid = todo.pop()
            found.append(pid)
            try:
                for children in Path(f"/proc/{pid}/task").glob("*/children"):
                    todo += map(int, children.read_text().split())
            except OSError:
                pass
        return found

    def cpu_seconds(self):
        """User and system time of the whole tree, dead children that were waited for included."""
        ticks = 0
        for pid in self._tree():
            # The command in brackets may hold blanks; utime stime cutime cstime are the 14th to 17th field of the line.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
        return ticks / TICKS

    def peak_kib(self):
        peak = 0
        for pid in self._tree():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    peak += int(line.split()[1])
        return peak


def _read_answer(stream):
    """Status, content type and body of the next answer."""
    status = stream.readline().split()
    if len(status) < 2:
        raise ServerError("cannot read an answer: the connection is closed")
    headers = {}
    while line := stream.readline().strip():
        name, _, value = line.partition(b":")
        headers[name.strip().lower()] = value.strip().decode()
    body = stream.read(int(headers.get(b"content-length", "0")))
    return int(status[1]), headers.get(b"content-type", ""), body.decode()


def ask(port, target, depth=1, method="GET", body=None):
    """Sends `depth` equal requests in one segment and gives their answers."""
    head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    request = (head + "\r\n" + (body or "")).encode()
    with socket.create_connection(("127.0.0.1", port), 5) as connection, connection.makefile("rb") as stream:
        connection.sendall(request * depth)
        return [_read_answer(stream) for _ in range(depth)]
