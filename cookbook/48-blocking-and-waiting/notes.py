"""Four ways to wait for dumplings

Synchronous or asynchronous is how one learns that the dumplings are ready: one looks, or one is called. Blocking or not is
what one does until then. A program that runs has the processor; one that is blocked (in `input`, `time.sleep`, `recv`,
`accept`) has given it up and waits for an event; one that is ready waits for nothing but the processor. The four programs
below say what state their guest is in.

The notes had wrong:
- They describe the four forms and show none. "Asynchronous and blocking" is not a mistake: it is what `future.result()`
  does, and what a program with one thing to do should do.
- "Asynchronous is unreliable" confuses not knowing when with not knowing whether: a future says that it is done.
"""

import asyncio
import socket
import threading
from concurrent.futures import Future


def say(state, what):
    print(f'  [{state}] {what}')


# The kitchen, as seen from a guest who waits at the counter: dumplings come over a socket.
def cook_over_socket(counter, begin):
    begin.wait()
    counter.sendall('包子'.encode())


# The guest stands in line and does nothing else: recv() comes back with the dumplings.
def synchronous_blocking():
    guest, counter = socket.socketpair()
    begin = threading.Event()
    kitchen = threading.Thread(target=cook_over_socket, args=(counter, begin))
    kitchen.start()
    say('运行', '点餐，站在队里')
    say('阻塞', 'recv：等包子，什么都不做')
    begin.set()
    food = guest.recv(100)
    say('运行', f'拿到{food.decode()}')
    kitchen.join()
    guest.close()
    counter.close()


# The guest plays and looks up after every round: recv() comes back at once, mostly with nothing.
def synchronous_nonblocking():
    guest, counter = socket.socketpair()
    guest.setblocking(False)
    say('运行', '点餐，一边玩一边看')
    for round in range(1, 10):
        try:
            food = guest.recv(100)
        except BlockingIOError:
            say('运行', f'recv：还没有；玩第 {round} 局')
            if round == 2:
                counter.sendall('包子'.encode())  # meanwhile, in the kitchen
            continue
        break
    say('运行', f'拿到{food.decode()}')
    guest.close()
    counter.close()


# The guest has a number that will be called, and sits down to wait for that.
def asynchronous_blocking():
    number = Future()
    begin = threading.Event()

    def cook():
        begin.wait()
        number.set_result('包子')

    kitchen = threading.Thread(target=cook)
    kitchen.start()
    say('运行', '点餐，领到 250 号')
    say('阻塞', 'result：坐着等叫号，什么都不做')
    begin.set()
    food = number.result()
    say('运行', f'250 号拿到{food}')
    kitchen.join()


# The guest has a number, and plays until it is called. Nobody asks whether the dumplings are ready.
async def asynchronous_nonblocking():
    called = False

    async def cook():
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return '包子'

    def call(number):
        nonlocal called
        called = True
        say('就绪', '叫到 250 号')

    number = asyncio.create_task(cook())
    number.add_done_callback(call)
    say('运行', '点餐，领到 250 号，去玩')
    round = 0
    while not called:
        round += 1
        say('运行', f'玩第 {round} 局')
        await asyncio.sleep(0)
    say('运行', f'250 号拿到{number.result()}')


if __name__ == '__main__':
    print('同步阻塞')
    synchronous_blocking()
    print('同步非阻塞')
    synchronous_nonblocking()
    print('异步阻塞')
    asynchronous_blocking()
    print('异步非阻塞')
    asyncio.run(asynchronous_nonblocking())
