#include "krait/web/exceptions.h"

#include "krait/http/status.h"
#include "krait/json/encoder.h"

namespace krait::web {

namespace {
// "404: Not Found". Python: str(HTTPException)
std::string describe(int status_code, const json::Value& detail) {
  std::string text = std::to_string(status_code) + ": ";
  if (detail.is_string()) return text + detail.as_string();
  json::_dump(json::_type<json::Value>, &detail, text, json::_Invalid::Escape);
  return text;
}
}  // namespace

HTTPException::HTTPException(int status_code) : HTTPException(status_code, http::phrase(status_code)) {}

HTTPException::HTTPException(int status_code, json::Value detail,
                             std::vector<std::pair<std::string, std::string>> headers)
    : BaseException(describe(status_code, detail)),
      status_code(status_code),
      detail(std::move(detail)),
      headers(std::move(headers)) {}

}  // namespace krait::web
