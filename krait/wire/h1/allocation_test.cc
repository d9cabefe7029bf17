// A warmed-up connection allocates nothing: counted by the program's own operator new.

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "krait/wire/h1/connection.h"

namespace {
thread_local std::size_t allocations = 0;
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace krait::wire::h1 {
namespace {

constexpr std::string_view request =
    "POST /items?q=1 HTTP/1.1\r\nHost: example.com\r\nUser-Agent: test\r\nAccept: */*\r\nContent-Length: "
    "5\r\n\r\nhello";
constexpr http::Header headers[] = {{"Content-Type", "application/json"}};

// One turn of a server: receive, answer all that is there. Gives the number of requests answered.
int serve(ServerConnection& connection, std::string_view bytes, std::string& out) {
  out.clear();
  connection.receive_data(bytes);
  int answered = 0;
  while (true) {
    switch (connection.next_event()) {
      case Event::Request:
        ++answered;
        break;
      case Event::Data:
        connection.prepare(1);
        break;
      case Event::EndOfMessage:
        connection.prepare(2048);  // a server that listens for the peer's leaving while the handler runs
        connection.send_response(out, {.headers = headers, .preformatted = "Server: krait\r\n"}, "{}");
        break;
      default:
        return answered;
    }
  }
}

std::size_t allocations_once_warm(std::string_view bytes, int expected_requests) {
  ServerConnection connection;
  std::string out;
  for (int i = 0; i < 10; ++i) serve(connection, bytes, out);
  const std::size_t before = allocations;
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(serve(connection, bytes, out), expected_requests);
  return allocations - before;
}

TEST(Allocation, the_counter_counts) {
  const std::size_t before = allocations;
  std::vector<char> some(100);
  EXPECT_EQ(allocations - before, 1u);
}

TEST(Allocation, a_warm_connection_answers_a_request_without_any) { EXPECT_EQ(allocations_once_warm(request, 1), 0u); }

TEST(Allocation, a_warm_connection_answers_pipelined_requests_without_any) {
  std::string sixteen;
  for (int i = 0; i < 16; ++i) sixteen += request;
  EXPECT_EQ(allocations_once_warm(sixteen, 16), 0u);
}

TEST(Allocation, requests_that_lie_across_two_reads_need_none_either) {
  ServerConnection connection;
  std::string out;
  std::string stream;
  for (int i = 0; i < 2000; ++i) stream += request;
  int answered = 0;
  std::size_t before = 0;
  for (std::size_t at = 0; at < stream.size(); at += 97) {
    if (at > stream.size() / 10 && before == 0) before = allocations;
    answered += serve(connection, std::string_view(stream).substr(at, 97), out);
  }
  EXPECT_EQ(allocations - before, 0u);
  EXPECT_EQ(answered, 2000);
}

}  // namespace
}  // namespace krait::wire::h1
