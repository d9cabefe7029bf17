// Cook and eater in two processes, with a queue between them. Run: ./dev cookbook 49
//
// A queue has the type of what it carries; None at the end is an empty optional. Copies of a queue are one queue, and a
// process that is started later shares it. What is killed in the middle of a `get` leaves no lock behind, as it may in Python.
#include <krait/multiprocessing.h>

#include <unistd.h>

#include <iostream>
#include <optional>
#include <string>

using namespace krait;
using Dumplings = multiprocessing::JoinableQueue<std::optional<std::string>>;

void consumer(Dumplings q) {
  while (auto res = q.get()) {
    std::cout << "\033[45m pid " << ::getpid() << " 吃 " << *res << "\033[0m\n" << std::flush;
    q.task_done();
  }
  q.task_done();
}

void producer(Dumplings q) {
  for (int i = 0; i < 5; ++i) {
    std::string res = "包子" + std::to_string(i);
    std::cout << "\033[44m pid " << ::getpid() << " 生产了 " << res << "\033[0m\n" << std::flush;
    q.put(res);
    q.join();
  }
  q.put(std::nullopt);
  q.join();
}

int main() {
  Dumplings q;
  // 生产者们：即厨师们
  multiprocessing::Process p1(producer, q);
  // 消费者们：即吃货们
  multiprocessing::Process c1(consumer, q);

  std::cout << "主\n" << std::flush;
  p1.start();
  c1.start();
  p1.join();
  c1.join();
  std::cout << "吃完了，退出码 " << *p1.exitcode() << " " << *c1.exitcode() << "\n";
}
