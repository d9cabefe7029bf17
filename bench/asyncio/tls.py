"""The CPython peers of tls.cc: `tls.py [--uvloop] PORT CERTIFICATE KEY`."""

import asyncio
import ssl
import sys

CHUNK = bytes(64 * 1024)


async def answer(reader, writer):
    request = await reader.readline()
    if request.startswith(b"GET /"):
        left = int(request[5:].split()[0])
        writer.write(b"HTTP/1.0 200 OK\r\n\r\n")
        while left > 0:
            writer.write(CHUNK[:left])
            await writer.drain()
            left -= len(CHUNK)
    writer.close()
    await writer.wait_closed()


async def serve(port, certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = await asyncio.start_server(answer, "127.0.0.1", port, ssl=context)
    await server.serve_forever()


def main(words):
    if words[0] == "--uvloop":
        import uvloop as loops

        del words[0]
    else:
        import asyncio as loops
    with asyncio.Runner(loop_factory=loops.new_event_loop) as runner:
        runner.run(serve(int(words[0]), *words[1:]))


if __name__ == "__main__":
    main(sys.argv[1:])
