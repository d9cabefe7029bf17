#include "krait/web/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "krait/web/_ask.h"
#include "krait/web/_media_types.h"

namespace krait::web {
namespace {

// A folder of its own for each test, www, with secrets beside it. In it:
//   index.html  a.txt  large.bin  empty.json  sub/index.html  bare/b.css  fifo  in -> a.txt  out -> ../secret.txt  up -> ..
class Files : public testing::Test {
 protected:
  Files() {
    char name[] = "/tmp/krait-files-XXXXXX";
    root = ::mkdtemp(name);
    std::filesystem::create_directories(root + "/www/sub");
    std::filesystem::create_directories(root + "/www/bare");
    std::filesystem::create_directories(root + "/www-other");
    write("secret.txt", "secret");
    write("www-other/x.txt", "secret");
    write("www/index.html", "<h1>");
    write("www/a.txt", "0123456789");
    write("www/sub/index.html", "sub");
    write("www/bare/b.css", "b{}");
    write("www/large.bin", std::string(200000, 'x') + "end");
    write("www/empty.json", "");
    std::filesystem::create_symlink("a.txt", root + "/www/in");
    std::filesystem::create_symlink("../secret.txt", root + "/www/out");
    std::filesystem::create_symlink("..", root + "/www/up");
    ::mkfifo((root + "/www/fifo").c_str(), 0600);
    app._set_error_log([this](const Request&, const std::exception_ptr& error) { errors.push_back(str(error)); });
    app.get("/file", [this] { return FileResponse(root + "/www/a.txt"); });
    app.head("/file", [this] { return FileResponse(root + "/www/a.txt"); });
    app.get("/large", [this]() -> Coroutine<FileResponse> { co_return FileResponse(root + "/www/large.bin"); });
    app.mount("/static", StaticFiles(root + "/www", {.html = true}));
    app.mount("/plain", StaticFiles(root + "/www"));
  }
  ~Files() override { std::filesystem::remove_all(root); }

  void write(const std::string& name, const std::string& text) const { std::ofstream(root + "/" + name) << text; }
  _Answer ask(const std::string& line, std::vector<std::pair<std::string, std::string>> headers = {}) {
    return _ask(app, line, {.headers = std::move(headers)});
  }
  _Answer range(const std::string& value) { return ask("GET /file", {{"Range", value}}); }

  std::string root;
  App app;
  std::vector<std::string> errors;
};

TEST_F(Files, are_answered_with_what_a_cache_needs) {
  const _Answer answer = ask("GET /file");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "0123456789");
  EXPECT_EQ(answer.header("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(answer.header("accept-ranges"), "bytes");
  EXPECT_TRUE(answer.header("last-modified").ends_with(" GMT"));
  EXPECT_TRUE(answer.header("etag").starts_with("\""));
}

TEST_F(Files, are_not_sent_again_to_whom_has_them) {
  const _Answer first = ask("GET /file");
  const std::string etag = first.header("etag"), date = first.header("last-modified");
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"If-None-Match", etag},
                                                        {"If-None-Match", "\"x\", W/" + etag},
                                                        {"If-None-Match", "*"},
                                                        {"If-Modified-Since", date}}) {
    const _Answer answer = ask("GET /file", {{name, value}});
    EXPECT_EQ(answer.status, 304) << name << value;
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(answer.header("etag"), etag);
    EXPECT_EQ(answer.header("content-type"), "");
  }
  EXPECT_EQ(ask("GET /file", {{"If-None-Match", "\"x\""}, {"If-Modified-Since", date}}).status, 200);
  EXPECT_EQ(ask("GET /file", {{"If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"}}).status, 200);
  EXPECT_EQ(ask("GET /file", {{"If-Modified-Since", "yesterday"}}).status, 200);
}

TEST_F(Files, have_another_etag_when_they_change) {
  const std::string before = ask("GET /file").header("etag");
  write("www/a.txt", "01234567890");
  EXPECT_NE(ask("GET /file").header("etag"), before);
}

TEST_F(Files, are_sent_in_part_when_a_range_asks_for_one) {
  const std::tuple<const char*, const char*, const char*> parts[] = {
      {"bytes=2-4", "234", "bytes 2-4/10"},
      {"bytes=-3", "789", "bytes 7-9/10"},
      {"bytes=8-99", "89", "bytes 8-9/10"},
      {"bytes=0-0", "0", "bytes 0-0/10"},
      {"Bytes=5-", "56789", "bytes 5-9/10"},
      {"bytes=-99", "0123456789", "bytes 0-9/10"},
      {"bytes=9-99999999999999999999", "9", "bytes 9-9/10"}};
  for (const auto& [value, body, content_range] : parts) {
    const _Answer answer = range(value);
    EXPECT_EQ(answer.status, 206) << value;
    EXPECT_EQ(answer.body, body) << value;
    EXPECT_EQ(answer.header("content-range"), content_range) << value;
  }
}

TEST_F(Files, refuse_a_range_behind_their_end) {
  for (const char* value : {"bytes=10-", "bytes=99-100", "bytes=-0"}) {
    const _Answer answer = range(value);
    EXPECT_EQ(answer.status, 416) << value;
    EXPECT_EQ(answer.header("content-range"), "bytes */10");
    EXPECT_EQ(answer.body, "");
  }
}

TEST_F(Files, are_sent_whole_when_the_range_makes_no_sense) {
  for (const char* value : {"items=0-1", "bytes=x", "bytes=5-2", "bytes=0-1,4-5", "bytes=-", "bytes=", "bytes=1-x"}) {
    const _Answer answer = range(value);
    EXPECT_EQ(answer.status, 200) << value;
    EXPECT_EQ(answer.body, "0123456789") << value;
    EXPECT_EQ(answer.header("content-range"), "");
  }
}

TEST_F(Files, are_sent_in_part_only_while_they_are_the_same) {
  const _Answer first = ask("GET /file");
  const auto if_range = [&](const std::string& value) {
    return ask("GET /file", {{"Range", "bytes=2-4"}, {"If-Range", value}}).status;
  };
  EXPECT_EQ(if_range(first.header("etag")), 206);
  EXPECT_EQ(if_range(first.header("last-modified")), 206);
  EXPECT_EQ(if_range("\"x\""), 200);
  EXPECT_EQ(if_range("W/" + first.header("etag")), 200);
  EXPECT_EQ(if_range("Sun, 06 Nov 1994 08:49:37 GMT"), 200);
}

TEST_F(Files, that_are_large_go_out_in_pieces) {
  const _Answer answer = ask("GET /large");
  EXPECT_EQ(answer.length, 200003u);
  EXPECT_EQ(answer.body, std::string(200000, 'x') + "end");
  EXPECT_EQ(answer.pieces.size(), 4u);
  EXPECT_EQ(ask("GET /large", {{"Range", "bytes=100000-199999"}}).length, 100000u);
}

TEST_F(Files, are_only_measured_for_head) {
  const _Answer answer = ask("HEAD /file");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.length, 10u);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(ask("HEAD /static/large.bin").length, 200003u);
}

TEST_F(Files, that_are_missing_or_no_files_are_our_own_fault) {
  app.get("/missing", [this] { return FileResponse(root + "/none"); });
  app.get("/folder", [this] { return FileResponse(root); });
  app.get("/fifo", [this]() -> Coroutine<FileResponse> { co_return FileResponse(root + "/www/fifo"); });
  for (const char* path : {"/missing", "/folder", "/fifo"}) EXPECT_EQ(ask(std::string("GET ") + path).status, 500);
  EXPECT_EQ(errors, (std::vector<std::string>{"File at path " + root + "/none does not exist.",
                                              "File at path " + root + " is not a file.",
                                              "File at path " + root + "/www/fifo is not a file."}));
}

TEST_F(Files, may_be_given_a_name_to_be_saved_under) {
  app.get("/plain-name", [this] { return FileResponse(root + "/www/a.txt", {.filename = "b.csv"}); });
  app.get("/name", [this] {
    return FileResponse(root + "/www/a.txt",
                        {.media_type = "a/b", .filename = "\xc3\xa4 b", .content_disposition_type = "inline"});
  });
  EXPECT_EQ(ask("GET /plain-name").header("content-disposition"), "attachment; filename=\"b.csv\"");
  EXPECT_EQ(ask("GET /plain-name").header("content-type"), "text/csv; charset=utf-8");
  EXPECT_EQ(ask("GET /name").header("content-disposition"), "inline; filename*=utf-8''%C3%A4%20b");
  EXPECT_EQ(ask("GET /name").header("content-type"), "a/b");
}

TEST_F(Files, of_a_folder_are_found_by_their_path) {
  EXPECT_EQ(ask("GET /static/a.txt").body, "0123456789");
  EXPECT_EQ(ask("GET /static//./a.txt").body, "0123456789");
  EXPECT_EQ(ask("GET /static/bare/b.css").header("content-type"), "text/css; charset=utf-8");
  EXPECT_EQ(ask("GET /static/in").body, "0123456789");
  EXPECT_EQ(ask("GET /static/empty.json").body, "");
  EXPECT_TRUE(ask("GET /static/a.txt").at_once);
}

TEST_F(Files, outside_of_the_folder_are_not_found) {
  for (const char* path :
       {"/plain/../secret.txt", "/plain/%2e%2e/secret.txt", "/plain/sub/../../secret.txt", "/plain/out",
        "/plain/up/secret.txt", "/plain/..%2fsecret.txt", "/plain/a.txt%00.html", "/plain/../www-other/x.txt",
        "/plain//etc/passwd", "/plain/fifo", "/plain/none", "/plain/a.txt/", "/plain/a.txt/b"}) {
    const _Answer answer = ask(std::string("GET ") + path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.body, R"({"detail":"Not Found"})") << path;
  }
  EXPECT_EQ(ask("GET /plain/" + std::string(300, 'x')).status, 404);
}

TEST_F(Files, named_index_html_answer_for_their_folder) {
  EXPECT_EQ(ask("GET /static/").body, "<h1>");
  EXPECT_EQ(ask("GET /static/sub/").body, "sub");
  EXPECT_EQ(ask("GET /static/sub?x=1").header("location"), "http://testserver/static/sub/?x=1");
  EXPECT_EQ(ask("GET /static").header("location"), "http://testserver/static/");
  EXPECT_EQ(ask("GET /static/bare/").status, 404);
  EXPECT_EQ(ask("GET /plain/").status, 404);
  EXPECT_EQ(ask("GET /plain/sub").status, 404);
}

TEST_F(Files, named_404_html_answer_for_what_is_missing) {
  EXPECT_EQ(ask("GET /static/none").body, R"({"detail":"Not Found"})");
  write("www/404.html", "gone");
  EXPECT_EQ(ask("GET /static/none").status, 404);
  EXPECT_EQ(ask("GET /static/none").body, "gone");
  EXPECT_EQ(ask("GET /plain/none").body, R"({"detail":"Not Found"})");
}

TEST_F(Files, of_a_folder_are_only_read) {
  const _Answer answer = ask("POST /static/a.txt");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.header("allow"), "GET, HEAD");
  EXPECT_EQ(ask("HEAD /static/a.txt").length, 10u);
}

TEST_F(Files, need_a_folder_that_is_there) {
  const auto error_of = [](const std::string& path) -> std::string {
    try {
      StaticFiles files(path);
    } catch (const RuntimeError& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  EXPECT_EQ(error_of(root + "/none"), "StaticFiles directory '" + root + "/none' does not exist.");
  EXPECT_EQ(error_of(root + "/secret.txt"), "StaticFiles path '" + root + "/secret.txt' is not a directory.");
}

TEST(MediaTypes, go_by_the_suffix) {
  EXPECT_EQ(_guess_media_type("a/b.HTML"), "text/html");
  EXPECT_EQ(_guess_media_type("x.tar.gz"), "application/gzip");
  EXPECT_EQ(_guess_media_type("folder.png/file"), "");
  EXPECT_EQ(_guess_media_type(".css"), "");
  EXPECT_EQ(_guess_media_type("x.unknown"), "");
}

}  // namespace
}  // namespace krait::web
