// A stack made of two queues. Run: ./dev cookbook 09
//
// It is in the library: `TwoQueueStack`, and `SharedTwoQueueStack` for threads. Its pop() gives a std::optional, so that an empty stack and
// an item that is None differ; what throws loses no item.
#include <krait/builtins.h>
#include <krait/queue.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace krait;

using Word = std::optional<std::string>;

void show(queue::SharedTwoQueueStack<Word>& stack) {
  const std::optional<Word> word = stack.pop();
  if (!word) return print("pop: empty");
  print("pop", word->value_or("None"));
}

void work(queue::SharedTwoQueueStack<int>& stack, queue::Queue<int>& sums) {
  int total = 0;
  for (int i = 1; i <= 100; ++i) {
    stack.push(i);
    total += stack.pop().value();
  }
  sums.put(total);
}

int main() {
  queue::SharedTwoQueueStack<Word> stack;
  show(stack);
  for (const Word& word : {Word("love"), Word("hate"), Word(), Word("包子")}) stack.push(word);
  show(stack);
  show(stack);
  stack.push("regex");
  for (int i = 0; i < 4; ++i) show(stack);

  queue::SharedTwoQueueStack<int> numbers;
  queue::Queue<int> sums;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work, std::ref(numbers), std::ref(sums));
  for (std::thread& thread : threads) thread.join();
  int sum = 0;
  for (int i = 0; i < 4; ++i) sum += sums.get();
  print("sum", sum);
}
