// Whatever bytes they are, reading a value from them throws what is documented, or gives one that is written and read again as
// the same bytes.

#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "krait/multiprocessing/reduction.h"

namespace {

using namespace krait;

enum class Kind { noodle, dumpling };
KRAIT_DESCRIBE_ENUM(Kind, noodle, dumpling);

struct Node {
  std::string name;
  std::optional<std::int16_t> number;
  Kind kind = Kind::noodle;
  std::vector<Node> nodes;
  std::map<std::string, std::vector<std::uint8_t>> counts;
};
KRAIT_DESCRIBE(Node, name, number, kind, nodes, counts);

using Value =
    std::variant<Node, std::vector<std::pair<std::string, bool>>, std::tuple<int, std::unique_ptr<std::string>>,
                 std::set<std::string>, std::vector<double>, std::deque<std::array<char, 2>>>;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const Value value = multiprocessing::loads<Value>({reinterpret_cast<const char*>(data), size});
    const std::string once = multiprocessing::dumps(value);
    if (multiprocessing::dumps(multiprocessing::loads<Value>(once)) != once) {
      std::fputs("a value does not survive\n", stderr);
      std::abort();
    }
  } catch (const multiprocessing::UnpicklingError&) {
  } catch (const RecursionError&) {
  }
  return 0;
}
