"""The CPython peers of the echo: `echo.py [--uvloop] [--protocol] PORT`, streams or a protocol, on either loop."""

import asyncio
import sys

READ_SIZE = 64 * 1024


async def echo(reader, writer):
    try:
        while data := await reader.read(READ_SIZE):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


async def serve(port, with_protocol):
    if with_protocol:
        server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", port)
    else:
        server = await asyncio.start_server(echo, "127.0.0.1", port)
    await server.serve_forever()


def main(words):
    if "--uvloop" in words:
        import uvloop as loops
    else:
        import asyncio as loops
    with asyncio.Runner(loop_factory=loops.new_event_loop) as runner:
        runner.run(serve(int(words[-1]), "--protocol" in words))


if __name__ == "__main__":
    main(sys.argv[1:])
