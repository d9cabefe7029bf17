#pragma once
// What a handler throws to answer with an error.
//
//   throw web::HTTPException(404, "no such dumpling");        // {"detail":"no such dumpling"}
//
// Python: fastapi.exceptions

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "krait/builtins/exceptions.h"
#include "krait/json/validation.h"

namespace krait::web {

// Python: fastapi.HTTPException(status_code, detail=None, headers=None)
class HTTPException : public Exception {
 public:
  // Without a detail it is the status' phrase.
  explicit HTTPException(int status_code);
  HTTPException(int status_code, json::Value detail, std::vector<std::pair<std::string, std::string>> headers = {});

  int status_code;
  json::Value detail;
  std::vector<std::pair<std::string, std::string>> headers;
};

// The request does not fit the handler's signature; answered 422. Python: fastapi.exceptions.RequestValidationError
class RequestValidationError : public json::ValidationError {
 public:
  explicit RequestValidationError(std::vector<json::ErrorDetail> errors)
      : BaseException("request validation failed"), json::ValidationError(std::move(errors)) {}
};

}  // namespace krait::web
