#!/usr/bin/env python3
"""What krait-conform answers to lines that are no scenario: broken ones, unknown ones, bytes to be taken apart."""

import base64
import json
import subprocess
import sys
import unittest

import compare

def as_bytes(data):
    return {"$bytes": base64.b64encode(data).decode()}


class Protocol(unittest.TestCase):
    def setUp(self):
        self.conform = compare.Program(compare.conform_command())

    def tearDown(self):
        self.assertIsNone(self.conform.stop())

    def ask(self, op, **request):
        return self.conform.ask({"id": 1, "op": op, **request})

    def run_steps(self, *steps):
        return self.ask("aio.run", scenario={"main": "m", "coros": {"m": list(steps)}})

    def test_a_bad_line_is_answered_and_does_not_end_the_program(self):
        lines = ["{", "[]", "7", '"x"', '{"op": "aio.run"}', '{"id": 3}', '{"id": 4, "op": "aio.run"}', "", "\xff",
                 '{"id": 5, "op": "aio.run", "scenario": {"main": "m", "coros": {"m": [["return", 1]]}}}']
        done = subprocess.run([compare.conform_command()], input="\n".join(lines).encode("latin-1"), capture_output=True, check=True)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([answer["id"] for answer in answers], [None] * 5 + [3, 4, None, 5])
        self.assertTrue(all("error" in answer for answer in answers[:-1]))
        self.assertEqual(answers[-1], {"id": 5, "ok": {"trace": [], "end": "result 1"}})

    def test_the_id_comes_back_as_it_was(self):
        for name in (0, "seven", None, [1, {"a": 2}], 1.5):
            line = json.dumps({"id": name, "op": "none"}).encode()
            done = subprocess.run([compare.conform_command()], input=line, capture_output=True, check=True)
            self.assertEqual(json.loads(done.stdout)["id"], name)

    def test_an_unknown_op_is_named(self):
        self.assertEqual(self.ask("fly.to"), {"error": {"type": "NotImplementedError", "msg": "fly.to"}})

    def test_what_is_no_step_ends_the_scenario_with_an_error(self):
        answer = self.run_steps(["spawn", "t", "m"], ["fly", 1])
        self.assertEqual(answer, {"error": {"type": "BadScenario", "msg": 'unknown step ["fly", 1]'}})
        self.assertEqual(self.run_steps(["return", 1])["ok"]["end"], "result 1")

    def test_numbers_that_json_cannot_carry_are_tagged(self):
        answer = self.ask("json.loads", text=as_bytes(b'{"a": [9007199254740993, 1e400], "b": 9007199254740992}'))
        self.assertEqual(answer, {"ok": {"a": [{"$int": "9007199254740993"}, {"$float": "inf"}], "b": 9007199254740992}})

    def test_requests_are_the_same_whole_or_byte_by_byte(self):
        data = (b"POST /a?b=1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: v\xe9\r\n\r\n"
                b"GET / HTTP/1.0\r\nX-Y:  z \r\n\r\n")
        whole = self.ask("http.request", bytes=as_bytes(data), step=0)
        self.assertEqual(whole, self.ask("http.request", bytes=as_bytes(data), step=1))
        first, second = whole["ok"]
        self.assertEqual((first["method"], first["target"], first["version"]), ("POST", "/a?b=1", "1.1"))
        self.assertEqual(first["headers"], [["Host", "h"], ["Transfer-Encoding", "chunked"]])
        self.assertEqual((first["body"], first["trailers"], first["keep_alive"]), (as_bytes(b"abc"), [["X-T", "v\xe9"]], True))
        self.assertEqual((second["version"], second["headers"], second["keep_alive"]), ("1.0", [["X-Y", "z"]], False))

    def test_a_refused_request_has_a_status(self):
        for status, data in ((400, b"GET / HTTP/1.1\r\n\r\n"), (505, b"GET / HTTP/2.0\r\nHost: h\r\n\r\n"),
                             (400, b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab")):
            with self.subTest(data):
                error = self.ask("http.request", bytes=as_bytes(data), step=0)["error"]
                self.assertEqual((error["type"], error["status"]), ("RemoteProtocolError", status))
                self.assertTrue(error["msg"])

    def test_bytes_that_are_no_base64(self):
        for text in ("a", "ab!d", "=abc", "ab=c"):
            with self.subTest(text):
                self.assertEqual(self.ask("json.loads", text={"$bytes": text})["error"]["type"], "ValueError")


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
