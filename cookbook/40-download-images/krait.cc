// Blocking downloads in the loop's threads, awaited together. Run: ./dev cookbook 40
//
// `gather` with `return_exceptions` gives an Outcome of each: a result or an exception. What a thread throws comes out
// as it was thrown.
#include <krait/asyncio.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

using namespace krait;
namespace fs = std::filesystem;

std::string times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

const std::map<std::string, std::string> pictures{{"cat.png", times(1000, "meow")}, {"dog.png", times(2000, "woof")}};

// What a blocking library does within a call: connect, send, receive until the end.
std::string fetch(int port, std::string file_name, fs::path folder) {
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<in_port_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) raise_os_error(errno, "connect");
  std::string request = "GET /" + file_name + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  ::send(fd, request.data(), request.size(), 0);
  std::string answer;
  char part[4096];
  for (ssize_t n; (n = ::recv(fd, part, sizeof part, 0)) > 0;) answer.append(part, static_cast<std::size_t>(n));
  ::close(fd);

  std::string status = answer.substr(9, answer.find('\r') - 9);  // after "HTTP/1.1 "
  if (status != "200 OK") throw RuntimeError("HTTP Error " + status.substr(0, 3) + ":" + status.substr(3));
  std::ofstream(folder / file_name, std::ios::binary) << answer.substr(answer.find("\r\n\r\n") + 4);
  return file_name;
}

Coroutine<std::string> download_image(int port, std::string file_name, fs::path folder) {
  std::cout << "开始下载 " << file_name << "\n";
  asyncio::EventLoop& loop = asyncio::get_running_loop();
  co_return co_await loop.run_in_executor(nullptr, fetch, port, file_name, folder);
}

Coroutine<> main_() {
  int requests = 0;
  asyncio::Event all_here;
  auto serve = [&](asyncio::StreamReader reader, asyncio::StreamWriter writer) -> Coroutine<> {
    std::string head = co_await reader.readuntil("\r\n\r\n");
    if (++requests == 3) all_here.set();
    co_await all_here.wait();
    auto picture = pictures.find(head.substr(5, head.find(' ', 5) - 5));  // after "GET /"
    bool found = picture != pictures.end();
    std::string content = found ? picture->second : "";
    writer.write("HTTP/1.1 " + std::string(found ? "200 OK" : "404 Not Found") +
                 "\r\nContent-Length: " + std::to_string(content.size()) + "\r\nConnection: close\r\n\r\n" + content);
    co_await writer.drain();
    writer.close();
  };
  asyncio::Server server = co_await asyncio::start_server(serve);

  fs::path folder = fs::temp_directory_path() / ("krait-download-" + std::to_string(::getpid()));
  fs::create_directory(folder);
  std::vector<Coroutine<std::string>> downloads;
  for (std::string name : {"cat.png", "dog.png", "cow.png"})
    downloads.push_back(download_image(server.port(), name, folder));
  auto results = co_await asyncio::gather(asyncio::return_exceptions, std::move(downloads));
  std::cout << "同时下载 " << requests << "\n";
  for (const auto& result : results) {
    if (result.exception) {
      std::cout << "下载失败 " << str(result.exception) << "\n";
    } else {
      std::cout << "下载完成 " << *result.value << " " << fs::file_size(folder / *result.value) << "\n";
    }
  }
  fs::remove_all(folder);
  server.close();
}

int main() { asyncio::run(main_()); }
