"""Downloads in threads, awaited together

The library at hand blocks, so each download runs in a thread of the loop's pool; the loop waits for all of them at once.
So that nothing outside is needed, the program is its own server: it answers no request before all have come, and that
ends only because the downloads run at the same time.

The notes had wrong:
- `url_list` was empty, for which `asyncio.wait` raises `ValueError: Set of Tasks/Futures is empty.`
- `asyncio.wait` was given coroutines, a TypeError from Python 3.11 on; `gather` takes them, and keeps their order.
- `url.rsplit('-')[-1]` is the whole address, not the file's name: that is `url.rsplit('/', 1)[1]`.
- Nobody looked at the status: an error page would have been saved as a picture.
- `open` and `write` block the loop like the download itself: they belong into the same thread.
"""

import asyncio
import os
import tempfile
import urllib.error
import urllib.request

PICTURES = {'cat.png': b'meow' * 1000, 'dog.png': b'woof' * 2000}


def fetch(url, folder):
    with urllib.request.urlopen(url, timeout=10) as response:  # raises for 404 and its kin
        content = response.read()
    file_name = url.rsplit('/', 1)[1]
    with open(os.path.join(folder, file_name), mode='wb') as file_obj:
        file_obj.write(content)
    return file_name


async def download_image(url, folder):
    print('开始下载', url.rsplit('/', 1)[1])
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, fetch, url, folder)


async def main():
    requests, all_here = 0, asyncio.Event()

    async def serve(reader, writer):
        nonlocal requests
        head = await reader.readuntil(b'\r\n\r\n')
        requests += 1
        if requests == 3:
            all_here.set()
        await all_here.wait()
        content = PICTURES.get(head.split()[1].decode().lstrip('/'))
        status = '200 OK' if content else '404 Not Found'
        content = content or b''
        writer.write(f'HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n'.encode() + content)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, '127.0.0.1', 0)
    port = server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        urls = [f'http://127.0.0.1:{port}/{name}' for name in ('cat.png', 'dog.png', 'cow.png')]
        results = await asyncio.gather(*(download_image(url, folder) for url in urls), return_exceptions=True)
        print('同时下载', requests)
        for result in results:
            if isinstance(result, urllib.error.HTTPError):
                print('下载失败', result)
            else:
                print('下载完成', result, os.path.getsize(os.path.join(folder, result)))
    server.close()


if __name__ == '__main__':
    asyncio.run(main())
