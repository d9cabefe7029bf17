"""A stranger's project, examples/consumer, builds against the installed package, and its service answers."""

import json
import os
import re
import shutil
import signal
import subprocess
import unittest
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("KRAIT_BUILD_DIR", ROOT / "build"))
HERE = BUILD / "consumer"


def cached(name):
    """A setting of krait's own build, which the stranger's must share: compiler, sanitizers, linker."""
    return re.search(rf"^{name}:\w+=(.*)$", (BUILD / "CMakeCache.txt").read_text(), re.MULTILINE)[1]


def must(*command):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}")


class Consumer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(HERE, ignore_errors=True)
        must("cmake", "--install", BUILD, "--prefix", HERE / "prefix")
        settings = ["CMAKE_CXX_COMPILER", "CMAKE_CXX_FLAGS", "CMAKE_EXE_LINKER_FLAGS"]
        must("cmake", "-G", "Ninja", "-S", ROOT / "examples/consumer", "-B", HERE / "build",
             f"-DCMAKE_PREFIX_PATH={HERE / 'prefix'}", *(f"-D{name}={cached(name)}" for name in settings))
        must("cmake", "--build", HERE / "build")

    def test_its_service_answers_and_ends_when_told_to(self):
        service = subprocess.Popen([HERE / "build/service", "0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(service.stdout.close)
        self.addCleanup(service.kill)
        said = ""
        while not (port := re.search(r"http://127\.0\.0\.1:(\d+)", said)):
            self.assertTrue(line := service.stdout.readline(), f"the service ended without naming its port: {said}")
            said += line
        with urllib.request.urlopen(f"http://127.0.0.1:{port[1]}/items/42?q=tea", timeout=10) as answer:
            self.assertEqual(json.load(answer), {"item_id": 42, "q": "tea"})
        service.send_signal(signal.SIGTERM)
        rest, _ = service.communicate(timeout=60)
        self.assertEqual(service.returncode, 0, rest)

    def test_the_installed_headers_are_krait_s_alone(self):
        installed = {path.relative_to(HERE / "prefix/include").parts[0] for path in (HERE / "prefix/include").rglob("*.h")}
        self.assertEqual(installed, {"krait"})
        self.assertFalse(list((HERE / "prefix").rglob("*_test*")))


if __name__ == "__main__":
    unittest.main()
