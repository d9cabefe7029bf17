#pragma once
// Files as responses.
//
//   app.get("/report", [] { return web::FileResponse("report.pdf", {.filename = "report.pdf"}); });
//   app.mount("/static", web::StaticFiles("static", {.html = true}));
//
// A file is answered with ETag, Last-Modified and Accept-Ranges; If-None-Match and If-Modified-Since get 304, one Range
// gets 206 or 416. Python: starlette.responses.FileResponse, starlette.staticfiles

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "krait/web/app.h"
#include "krait/web/responses.h"

namespace krait::web {

// Python: the keywords of FileResponse
struct FileOptions {
  int status_code = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string media_type = {};  // "": by the suffix of the filename or the path; text/plain when that is unknown
  std::string filename = {};    // for Content-Disposition; "": none
  std::string content_disposition_type = "attachment";
};

// The file is opened when the response is sent: one that is missing or no file is answered 500 then, with a RuntimeError
// in the log. Small files go out in one piece, others in pieces of 64 KiB as the client takes them.
// Departs from Starlette as RFC 9110 has it: a Range in another unit, malformed, or of several parts is ignored, the
// response being the whole file; the Content-Range of 416 begins with "bytes". Python: FileResponse
class FileResponse : public Response {
 public:
  explicit FileResponse(std::string path, FileOptions options = {});
};

// Everything below a directory. What would lead out of it, by ".." or by a symbolic link, is not found.
// Departs from Starlette: a path that goes on behind a file ("/a.txt/") is not found. Python: StaticFiles
class StaticFiles : public Mountable {
 public:
  struct Options {
    bool html = false;  // "index.html" answers for its directory, "404.html" for what is missing
  };
  // Throws RuntimeError when `directory` is none. Python: StaticFiles(directory=…, html=False)
  StaticFiles(std::string directory, Options options);
  explicit StaticFiles(std::string directory);

  bool try_handle(Request& request, Response& out) override;
  Coroutine<> handle(Request& request, Response& out) override;

 private:
  std::string find(const std::string& relative) const;
  std::string root_;  // resolved: absolute, without links
  bool html_;
};

}  // namespace krait::web
