"""The shop from outside: what it answers, what it refuses, and a thousand customers who wait at once.

python3 shop_test.py [URL]: tests the shop that is open there, at a pace of 20 or more; without a URL it opens
$KRAIT_BUILD_DIR/examples/dumplings on a free port, and also tries what must keep a shop from opening.
"""

import asyncio
import contextlib
import http.client
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from urllib.parse import urlsplit

CUSTOMERS = 1000
PROGRAM = os.path.join(os.environ.get("KRAIT_BUILD_DIR", ""), "examples", "dumplings")
FOLDER = os.path.dirname(os.path.abspath(__file__))

address = None  # (host, port) of the open shop


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def open_shop():
    port = free_port()
    shop = subprocess.Popen([PROGRAM, "--port", str(port), "--pace", "200"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        said = []
        for line in shop.stderr:
            said.append(line)
            if f"127.0.0.1:{port}" in line:
                break
        else:
            raise RuntimeError(f"the shop ended with {shop.wait()} before it opened:\n{''.join(said)}")
        rest = threading.Thread(target=lambda: said.extend(shop.stderr))
        rest.start()
        yield "127.0.0.1", port
        shop.terminate()
        code = shop.wait()
        rest.join()
        if code != 0:
            raise RuntimeError(f"the shop ended with {code}:\n{''.join(said)}")
    finally:
        shop.kill()
        shop.wait()


def ask(method, path, body=None, content_type="application/json"):
    """The status and the body, decoded when it is JSON."""
    connection = http.client.HTTPConnection(*address, timeout=60)
    data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    connection.request(method, path, data, {"content-type": content_type} if data is not None else {})
    reply = connection.getresponse()
    text = reply.read()
    connection.close()
    if reply.getheader("content-type", "").startswith("application/json"):
        text = json.loads(text)
    return reply.status, text


def order(name="Mei", dish="pork-cabbage", qty=1):
    status, placed = ask("POST", "/orders", {"name": name, "lines": [{"dish": dish, "qty": qty}]})
    assert status == 201, placed
    return placed


class EventStream:
    """Server-Sent Events as the specification reads them, over a bare connection."""

    @classmethod
    async def open(cls, path):
        self = cls()
        self.reader, self.writer = await asyncio.open_connection(*address)
        self.writer.write(f"GET {path} HTTP/1.1\r\nHost: shop\r\n\r\n".encode())
        self.head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        self.text = ""
        self.retry = self.last_id = None
        return self

    async def next(self):
        """The next (event, data)."""
        while "\n\n" not in self.text:
            size = int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16)
            if size == 0:
                raise EOFError("the stream has ended")
            self.text += (await self.reader.readexactly(size + 2))[:-2].decode()
        block, self.text = self.text.split("\n\n", 1)
        event, data = "message", []
        for line in block.split("\n"):
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                event = value
            elif field == "data":
                data.append(value)
            elif field == "id":
                self.last_id = value
            elif field == "retry":
                self.retry = int(value)
        return (event, json.loads("\n".join(data))) if data else await self.next()

    async def until(self, wanted):
        while True:
            event, data = await self.next()
            if event == wanted:
                return data

    async def close(self):
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


class Customer:
    """Waits for one number without reading the rest closely: a thousand of them share a core with the shop."""

    @classmethod
    async def sit_down(cls, number):
        self = cls()
        self.reader, self.writer = await asyncio.open_connection(*address)
        self.writer.write(f"GET /events?number={number} HTTP/1.1\r\nHost: shop\r\n\r\n".encode())
        self.call = f'event: called\ndata: {{"number":{number}}}\n'.encode()
        self.heard = b""
        await self.hear(b"event: board\n")  # now the shop counts this one
        return self

    async def hear(self, what):
        while what not in self.heard:
            part = await self.reader.read(1 << 20)
            if not part:
                raise EOFError(f"the stream ended before {what}")
            self.heard = self.heard[-len(self.call):] + part

    async def called(self):
        await self.hear(self.call)
        self.writer.close()


class Page(unittest.TestCase):
    def test_the_page_and_its_parts_come_with_their_types(self):
        for path, content_type in (("/", "text/html"), ("/static/app.css", "text/css"), ("/static/app.js", "text/javascript"),
                                   ("/static/favicon.svg", "image/svg+xml")):
            connection = http.client.HTTPConnection(*address, timeout=60)
            connection.request("GET", path)
            reply = connection.getresponse()
            body = reply.read()
            connection.close()
            self.assertEqual(reply.status, 200, path)
            self.assertTrue(reply.getheader("content-type").startswith(content_type), path)
            name = "index.html" if path == "/" else path.removeprefix("/static/")
            with open(os.path.join(FOLDER, "static", name), "rb") as file:
                self.assertEqual(body, file.read(), path)

    def test_nothing_outside_of_the_folder_is_served(self):
        for path in ("/static/../menu.json", "/static/%2e%2e/menu.json", "/static/..%2fmenu.json", "/static/nothing.css"):
            self.assertEqual(ask("GET", path)[0], 404, path)

    def test_the_menu_is_the_file(self):
        status, menu = ask("GET", "/api/menu")
        with open(os.path.join(FOLDER, "menu.json"), encoding="utf-8") as file:
            wanted = json.load(file)
        self.assertEqual(status, 200)
        self.assertEqual(menu["dishes"], wanted["dishes"])
        self.assertEqual(menu["shop"], wanted["shop"])
        self.assertEqual(menu["max_quantity"], 20)


class Orders(unittest.TestCase):
    def test_an_order_gets_a_number_and_can_be_asked_for(self):
        placed = order(qty=2)
        self.assertEqual(placed["total"], 25.0)
        self.assertEqual(placed["status"], "waiting")
        status, found = ask("GET", f"/orders/{placed['number']}")
        self.assertEqual(status, 200)
        self.assertEqual((found["number"], found["name"], found["lines"]), (placed["number"], "Mei", [{"dish": "pork-cabbage", "qty": 2}]))

    def test_numbers_grow(self):
        self.assertLess(order()["number"], order()["number"])

    def test_a_name_is_trimmed_and_may_be_forty_characters_of_any_script(self):
        self.assertEqual(order(name="  小梅\u3000")["name"], "小梅")
        self.assertEqual(order(name="饺" * 40)["name"], "饺" * 40)

    def test_a_number_that_was_never_given_is_not_found(self):
        self.assertEqual(ask("GET", "/orders/99999999"), (404, {"detail": "there is no order 99999999"}))
        self.assertEqual(ask("GET", "/orders/0")[0], 404)

    def test_a_number_that_is_none_is_refused(self):
        status, body = ask("GET", "/orders/seventeen")
        self.assertEqual((status, body["detail"][0]["type"], body["detail"][0]["loc"]), (422, "int_parsing", ["path", "number"]))

    def refused(self, body, *expected, content_type="application/json"):
        status, answer = ask("POST", "/orders", body, content_type)
        self.assertEqual(status, 422, answer)
        self.assertEqual([(each["type"], each["loc"]) for each in answer["detail"]], list(expected))
        return answer["detail"]

    def test_every_fault_of_an_order_is_named(self):
        self.refused({}, ("missing", ["body", "name"]), ("missing", ["body", "lines"]))
        self.refused({"name": "x" * 41, "lines": [{"dish": "pork-cabbage", "qty": 0}, {"dish": "pork-buns", "qty": 21}, {"qty": "two"}]},
                     ("string_too_long", ["body", "name"]), ("greater_than_equal", ["body", "lines", 0, "qty"]),
                     ("less_than_equal", ["body", "lines", 1, "qty"]), ("missing", ["body", "lines", 2, "dish"]),
                     ("int_parsing", ["body", "lines", 2, "qty"]))
        self.refused({"name": "Mei", "lines": []}, ("too_short", ["body", "lines"]))
        self.refused({"name": 7, "lines": {}}, ("string_type", ["body", "name"]), ("list_type", ["body", "lines"]))
        self.refused(["Mei"], ("model_attributes_type", ["body"]))

    def test_a_name_of_spaces_is_no_name(self):
        self.refused({"name": " \t\u3000", "lines": [{"dish": "pork-cabbage", "qty": 1}]}, ("string_too_short", ["body", "name"]))

    def test_an_unknown_dish_is_refused_at_its_line(self):
        detail = self.refused({"name": "Mei", "lines": [{"dish": "pork-cabbage", "qty": 1}, {"dish": "pizza", "qty": 1}]},
                              ("value_error", ["body", "lines", 1, "dish"]))
        self.assertEqual(detail[0]["msg"], "Value error, there is no dish 'pizza' on the menu")
        self.assertEqual(detail[0]["input"], "pizza")

    def test_broken_json_is_refused_where_it_breaks(self):
        self.refused(b'{"name": "Mei" "lines"}', ("json_invalid", ["body", 15]))
        self.assertEqual(ask("POST", "/orders", None)[0], 422)

    def test_an_order_too_large_to_be_one_is_refused(self):
        status, body = ask("POST", "/orders", {"name": "x" * 100_000, "lines": []})
        self.assertEqual(status, 413, body)

    def test_other_paths_and_methods_are_answered_in_json(self):
        self.assertEqual(ask("GET", "/pizza"), (404, {"detail": "Not Found"}))
        self.assertEqual(ask("GET", "/orders"), (405, {"detail": "Method Not Allowed"}))

    def test_after_all_that_the_shop_still_serves(self):
        self.assertGreater(order()["number"], 0)


class Events(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        asyncio.get_running_loop().set_debug(False)  # its checks cost more than the test

    async def test_a_customer_hears_the_board_the_order_and_the_call(self):
        number = (await asyncio.to_thread(order))["number"]
        stream = await EventStream.open(f"/events?number={number}")
        self.assertIn("content-type: text/event-stream", stream.head)
        self.assertIn("cache-control: no-store", stream.head)
        event, board = await stream.next()
        self.assertEqual(event, "board")
        self.assertGreaterEqual(stream.retry, 500)
        self.assertTrue(stream.last_id)
        self.assertEqual(board["cooks"], 3)
        self.assertEqual((await stream.until("called"))["number"], number)
        await stream.close()

    async def test_who_reconnects_is_called_again(self):
        number = (await asyncio.to_thread(order))["number"]
        for _ in range(2):
            stream = await EventStream.open(f"/events?number={number}")
            self.assertEqual((await stream.until("called"))["number"], number)
            await stream.close()

    async def test_an_order_moves_from_waiting_over_cooking_to_ready(self):
        stream = await EventStream.open("/events")
        await stream.until("stats")
        number = (await asyncio.to_thread(order))["number"]
        seen = []
        while "ready" not in seen:
            move = await stream.until("order")
            if move["number"] == number:
                seen.append(move["status"])
        self.assertEqual(seen, ["waiting", "cooking", "ready"])
        await stream.close()

    async def test_who_leaves_is_no_longer_counted(self):
        stays = await EventStream.open("/events")
        leaves = await EventStream.open("/events")
        together = (await leaves.until("stats"))["listeners"]
        await leaves.close()
        await stays.until("stats")
        while (await stays.until("stats"))["listeners"] >= together:
            await asyncio.to_thread(order)  # something to count, so that the next statistics come soon
        await stays.close()

    async def test_a_number_that_is_none_is_refused(self):
        status, body = await asyncio.to_thread(ask, "GET", "/events?number=x")
        self.assertEqual((status, body["detail"][0]["loc"]), (422, ["query", "number"]))

    async def test_a_thousand_customers_wait_at_once_and_each_is_called(self):
        # Three orders that keep the cooks busy while the customers come.
        large = {"name": "Banquet", "lines": [{"dish": "lamb-carrot", "qty": 20}] * 50}
        for _ in range(3):
            await asyncio.to_thread(ask, "POST", "/orders", large)
        numbers = await asyncio.to_thread(lambda: [order(dish="mushroom-buns")["number"] for _ in range(CUSTOMERS)])
        customers = [await Customer.sit_down(number) for number in numbers]
        stats = (await asyncio.to_thread(ask, "GET", "/api/stats"))[1]
        self.assertGreaterEqual(stats["listeners"], CUSTOMERS)
        await asyncio.gather(*(customer.called() for customer in customers))


@unittest.skipUnless(os.environ.get("KRAIT_BUILD_DIR"), "needs a program to open")
class Opening(unittest.TestCase):
    def fails(self, *arguments):
        done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60)
        self.assertNotIn("terminate called", done.stderr)
        return done.returncode, done.stderr

    def test_a_missing_menu_is_named(self):
        code, said = self.fails("--menu", "/no/such/menu.json")
        self.assertEqual(code, 2)
        self.assertIn("/no/such/menu.json", said)
        self.assertIn("No such file or directory", said)

    def test_a_broken_menu_is_named_with_the_place_of_the_fault(self):
        for text, place in (("{\n  \"shop\": oops\n}", "line 2 column 11"), ("{}", "dishes: Field required"),
                            ('{"shop": {"zh": "a", "en": "b"}, "dishes": [{"id": "x"}]}', "dishes[0].price: Field required")):
            with self.subTest(text), tempfile.NamedTemporaryFile("w", suffix=".json") as file:
                file.write(text)
                file.flush()
                code, said = self.fails("--menu", file.name)
                self.assertEqual(code, 2)
                self.assertIn(file.name, said)
                self.assertIn(place, said)

    def test_an_argument_that_makes_no_sense_is_named(self):
        for arguments, name in ((["--port", "http"], "--port"), (["--port", "70000"], "--port"), (["--cooks", "0"], "--cooks"),
                                (["--pace", "-1"], "--pace"), (["--pace", "nan"], "--pace"), (["--menu"], "--menu"), (["--soup"], "--soup"),
                                (["--page", "/no/such/page"], "/no/such/page/index.html")):
            with self.subTest(arguments):
                code, said = self.fails(*arguments)
                self.assertEqual(code, 2)
                self.assertIn(name, said)

    def test_a_taken_port_is_named(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            code, said = self.fails("--port", str(port))
        self.assertNotEqual(code, 0)
        self.assertIn(str(port), said)
        self.assertIn("in use", said.lower())


def main():
    global address
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    if sys.argv[1:] and sys.argv[1].startswith("http"):
        url = urlsplit(sys.argv.pop(1))
        address = (url.hostname, url.port or 80)
        unittest.main()
    with open_shop() as address:
        program = unittest.main(exit=False)
    sys.exit(not program.result.wasSuccessful())


if __name__ == "__main__":
    main()
