"""A stack made of two queues

A push enters the first queue. A pop sends everything but the newest item through the second one, takes the newest, and the two
change places: push is O(1), pop O(n).

The notes had wrong:
- `sefl.minor_queue` is a NameError at the first pop, and the item it had taken was lost.
- An empty stack gave None, as an item that is None does. Here an empty one raises.
- Each `queue.Queue` locks, but a pop is many calls: the whole of it needs a lock for itself.
"""

import queue
import threading


class Stack:
    def __init__(self):
        self.master_queue = queue.Queue()
        self.minor_queue = queue.Queue()
        self.lock = threading.Lock()

    def push(self, value):
        with self.lock:
            self.master_queue.put(value)

    def pop(self):
        with self.lock:
            if self.master_queue.qsize() == 0:
                raise queue.Empty

            while self.master_queue.qsize() > 1:
                self.minor_queue.put(self.master_queue.get())
            value = self.master_queue.get()
            self.master_queue, self.minor_queue = self.minor_queue, self.master_queue
            return value


def show(stack):
    try:
        print('pop', stack.pop())
    except queue.Empty:
        print('pop: empty')


def work(stack, sums):
    total = 0
    for i in range(1, 101):
        stack.push(i)
        total += stack.pop()
    sums.put(total)


if __name__ == '__main__':
    stack = Stack()
    show(stack)
    for word in ['love', 'hate', None, '包子']:
        stack.push(word)
    show(stack)
    show(stack)
    stack.push('regex')
    for _ in range(4):
        show(stack)

    sums = queue.Queue()
    threads = [threading.Thread(target=work, args=(stack, sums)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print('sum', sum(sums.get() for _ in threads))
