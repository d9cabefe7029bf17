// The dumpling shop: ./dev run, or build/examples/dumplings --help

#include <krait/asyncio.h>
#include <krait/web.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "kitchen.h"
#include "menu.h"
#include "shop.h"

using namespace krait;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kUsage =
    "usage: dumplings [--host H] [--port P] [--menu F] [--cooks N] [--pace X] [--page DIR]\n";
constexpr std::string_view kHelp =
    "\nA dumpling shop that hands out numbers and calls them.\n\n"
    "  --host H    the address to listen on (127.0.0.1)\n"
    "  --port P    the port (8000; 0: any free one)\n"
    "  --menu F    the menu, a JSON file (menu.json beside the source)\n"
    "  --cooks N   how many cook at the same time, 1 to 100 (3)\n"
    "  --pace X    20: twenty times as fast as the menu says (1)\n"
    "  --page DIR  the folder of the page (static beside the source)\n";

// The menu and the page that come with the source.
std::filesystem::path beside_the_source(const char* name) {
  return std::filesystem::path(__FILE__).parent_path() / name;
}

struct Arguments {
  std::string host = "127.0.0.1";
  int port = 8000;
  std::string menu = beside_the_source("menu.json").string();
  int cooks = 3;
  double pace = 1;
  std::string page = beside_the_source("static").string();
};

// The command line makes no sense.
KRAIT_EXCEPTION(ArgumentError, ValueError);

// A number within bounds, and nothing else.
template <class T>
T number(std::string_view name, std::string_view text, T least, T most) {
  T value{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= least && value <= most)) {
    std::ostringstream why;
    why << "argument " << name << ": '" << text << "' is not a number from " << least << " to " << most;
    throw ArgumentError(why.str());
  }
  return value;
}

void set(Arguments& arguments, std::string_view name, std::string_view value) {
  if (name == "--host") {
    arguments.host = value;
  } else if (name == "--port") {
    arguments.port = number(name, value, 0, 65535);
  } else if (name == "--menu") {
    arguments.menu = value;
  } else if (name == "--cooks") {
    arguments.cooks = number(name, value, 1, 100);
  } else if (name == "--pace") {
    arguments.pace = number(name, value, 0.001, 1e6);
  } else if (name == "--page") {
    arguments.page = value;
  } else {
    throw ArgumentError("unrecognized argument: " + std::string(name));
  }
}

// nullopt: help was asked for.
std::optional<Arguments> parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    std::string_view name = argv[i];
    if (name == "--help" || name == "-h") return std::nullopt;
    if (auto equals = name.find('='); equals != name.npos) {
      set(arguments, name.substr(0, equals), name.substr(equals + 1));
    } else if (i + 1 < argc) {
      set(arguments, name, argv[++i]);
    } else {
      set(arguments, name, "");
      throw ArgumentError("argument " + std::string(name) + ": expected a value");
    }
  }
  return arguments;
}

// Every customer who waits keeps a connection open; the usual limit of 1,024 files is too few.
void allow_many_connections() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::max(limit.rlim_cur, std::min<rlim_t>(limit.rlim_max, 20'000));
  setrlimit(RLIMIT_NOFILE, &limit);
}

void serve(const Arguments& arguments) {
  dumplings::Kitchen kitchen(dumplings::load_menu(arguments.menu), {.cooks = arguments.cooks, .pace = arguments.pace});
  web::App app({.title = "Dumplings"});
  dumplings::add_routes(app, kitchen, arguments.page);

  asyncio::Task<> work;
  app.on_startup([&]() -> Coroutine<> {
    work = asyncio::create_task(kitchen.work(), "kitchen");
    co_return;
  });
  app.on_shutdown([&]() -> Coroutine<> {
    work.cancel();
    co_await asyncio::wait(std::vector{work});
  });
  web::run(app, {.host = arguments.host, .port = arguments.port});
}

int fail(int code, std::string_view why) {
  std::cerr << "dumplings: error: " << why << "\n";
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  std::optional<Arguments> arguments;
  try {
    arguments = parse(argc, argv);
  } catch (const ArgumentError& e) {
    std::cerr << kUsage;
    return fail(2, e.what());
  }
  if (!arguments) {
    std::cout << kUsage << kHelp;
    return 0;
  }
  allow_many_connections();
  try {
    serve(*arguments);
  } catch (const dumplings::MenuError& e) {
    return fail(2, e.what());
  } catch (const FileNotFoundError& e) {
    return fail(2, e.what());
  } catch (const std::exception& e) {
    return fail(1, e.what());
  }
  return 0;
}
