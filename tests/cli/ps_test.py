"""The installed `krait` command against programs as they are shipped: stripped, replaced on disk, with worker processes."""

import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("KRAIT_BUILD_DIR", ROOT / "build"))
PATIENCE = 60  # seconds until a test gives up waiting for a server to come up


def krait(*arguments):
    return subprocess.run([BUILD / "krait", *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE)


class Ps(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def start(self, program):
        # Port 0: any free one.
        server = subprocess.Popen([program, "0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        return server

    def tasks_of(self, server):
        """Its tasks, once it accepts connections."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self.assertIsNone(server.poll(), "the server ended")
            self.assertLess(time.monotonic(), deadline, "the server does not come up")
            said = krait("ps", "--json", server.pid)
            if "cannot read the memory" in said.stderr:
                self.assertEqual(said.returncode, 1)
                self.assertRegex(said.stderr, "(?i)ptrace|root")
                self.skipTest(said.stderr)
            if said.returncode == 0 and '"accept"' in said.stdout:
                return {task["name"]: task for loop in json.loads(said.stdout)[0]["loops"] for task in loop["tasks"]}

    def test_reads_a_stripped_program_that_was_deleted_since(self):
        program = self.folder / "shop"
        shutil.copy(BUILD / "examples/benchmark", program)
        subprocess.run(["strip", program], check=True)
        server = self.start(program)
        program.unlink()
        accept = self.tasks_of(server)["accept"]
        self.assertEqual((accept["state"], accept["waits_on"]), ("waiting", "readable"))
        self.assertRegex(accept["at"], r"web/server\.cc:\d+$")
        tree = krait("pstree", server.pid)
        self.assertEqual(tree.returncode, 0, tree.stderr)
        self.assertIn(f"of shop (pid {server.pid}, thread {server.pid}): 3 tasks", tree.stdout)
        self.assertIn("── Task 'accept' waits on readable for ", tree.stdout)

    def test_looks_at_itself_and_finds_no_krait_program(self):
        said = subprocess.run(["sh", "-c", 'exec "$0" ps $$', BUILD / "krait"], capture_output=True, text=True)
        self.assertEqual(said.returncode, 1)
        self.assertRegex(said.stderr, r"^krait ps: process \d+ \(krait\) is not a krait program\n$")

    def test_the_first_process_is_refused_with_a_reason(self):
        said = krait("ps", 1)
        self.assertEqual((said.returncode, said.stdout), (1, ""))
        self.assertRegex(said.stderr, "^krait ps: (cannot read the memory of )?process 1 ")


if __name__ == "__main__":
    unittest.main()
