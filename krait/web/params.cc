#include "krait/web/params.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "krait/http/fields.h"
#include "krait/json/_unicode.h"
#include "krait/json/decoder.h"
#include "krait/json/validation.h"
#include "krait/web/_text.h"
#include "krait/web/exceptions.h"
#include "krait/web/requests.h"

namespace krait::web {

namespace {

using Kind = json::_Type::Kind;

// "application/json", or any "application/….+json", whatever the parameters; also nothing at all.
bool is_json(const Headers& headers) {
  const auto content_type = headers.get("content-type");
  if (!content_type || content_type->empty()) return true;
  const std::string_view media_type = http::strip(content_type->substr(0, content_type->find(';')));
  const std::size_t slash = media_type.find('/');
  if (slash == std::string_view::npos || !http::equals_ignoring_case(media_type.substr(0, slash), "application"))
    return false;
  const std::string_view subtype = media_type.substr(slash + 1);
  constexpr std::string_view suffix = "+json";
  return http::equals_ignoring_case(subtype, "json") ||
         (subtype.size() > suffix.size() &&
          http::equals_ignoring_case(subtype.substr(subtype.size() - suffix.size()), suffix));
}

std::string_view name_of(_Source source) {
  constexpr std::string_view names[] = {"path", "query", "header", "cookie", "body"};
  return names[static_cast<std::size_t>(source)];
}

const json::_Type* element_of(const _Param& param) {
  const json::_Type* type = param.type->kind == Kind::Optional ? param.type->element : param.type;
  return type->kind == Kind::List ? type->element : nullptr;
}

// Throws what is wrong with the document itself.
json::Value parse(std::string_view document) {
  try {
    return json::loads(document);
  } catch (const json::JSONDecodeError& error) {
    json::_Errors errors;
    errors.loc = {"body", static_cast<std::int64_t>(error.pos)};
    errors.add("json_invalid", "JSON decode error", json::Object(), json::Object{{"error", error.msg}});
    throw RequestValidationError(std::move(errors.list));
  } catch (const std::exception&) {
    throw HTTPException(400, "There was an error parsing the body");
  }
}

// Fills a handler's parameters one by one. The faults found are thrown together by finish().
class Binder {
 public:
  explicit Binder(Request& request) : request_(request) {}

  void bind(const _Param& param, std::size_t path_index, void* target) {
    switch (param.source) {
      case _Source::Path: {
        const Pair& given = request_.path_params().begin()[static_cast<std::ptrdiff_t>(path_index)];
        return text(param, given.name, given.value, target);
      }
      case _Source::Query:
        return query(param, target);
      case _Source::Header:
        return header(param, target);
      case _Source::Cookie: {
        const auto value = request_.cookies().get(param.name);
        return value ? text(param, param.name, *value, target) : absent(param, target);
      }
      case _Source::Body:
        return body(param, target);
      case _Source::Request:
        *static_cast<Request**>(target) = &request_;
        return;
    }
  }

  void finish() {
    std::size_t count = 0;
    for (const auto& faults : faults_) count += faults.size();
    if (count == 0) [[likely]]
      return;
    std::vector<json::ErrorDetail> all;
    all.reserve(count);
    for (auto& faults : faults_) std::move(faults.begin(), faults.end(), std::back_inserter(all));
    throw RequestValidationError(std::move(all));
  }

 private:
  void query(const _Param& param, void* target) {
    const MultiDict& all = request_.query_params();
    if (element_of(param)) {
      const auto values = all.getlist(param.name);
      return values.empty() ? absent(param, target) : list(param, values, target);
    }
    const auto value = all.get(param.name);
    value ? text(param, param.name, *value, target) : absent(param, target);
  }

  void header(const _Param& param, void* target) {
    if (element_of(param)) {
      std::vector<std::string_view> values = request_.headers().getlist(param.name);
      if (values.empty()) return absent(param, target);
      std::vector<std::string> decoded(values.size());
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = decode(values[i], decoded[i]);
      return list(param, values, target);
    }
    const auto value = request_.headers().get(param.name);
    if (!value) return absent(param, target);
    std::string decoded;
    text(param, param.name, decode(*value, decoded), target);
  }

  // Python reads headers as Latin-1.
  static std::string_view decode(std::string_view value, std::string& storage) {
    if (_is_ascii(value)) return value;
    _append_latin1(value, storage);
    return storage;
  }

  void body(const _Param& param, void* target) {
    const std::string_view document = request_._whole_body();
    if (document.empty()) return absent(param, target);
    // What is not declared as JSON is not parsed: the type gets the text, and says what it thinks of that.
    const bool parsed = is_json(request_.headers());
    if (parsed && json::_read_fast(document, *param.type, target)) return;
    const json::Value value = parsed ? parse(document) : json::Value(json::_replace_invalid_utf8(document));
    if (value.is_null()) return absent(param, target);
    // What the quick reader got to must not show through.
    if (param.type->reset) param.type->reset(target);
    validate(param, {"body"}, value, target);
  }

  void text(const _Param& param, std::string_view name, std::string_view value, void* target) {
    if (json::_read_text(value, *param.type, target, param.field)) [[likely]]
      return;
    validate(param, {std::string(name_of(param.source)), std::string(name)}, value, target);
  }

  void list(const _Param& param, const std::vector<std::string_view>& values, void* target) {
    validate(param, {std::string(name_of(param.source)), std::string(param.name)},
             json::Array(values.begin(), values.end()), target);
  }

  void validate(const _Param& param, std::vector<json::LocItem> loc, const json::Value& value, void* target) {
    json::_Errors errors;
    errors.loc = std::move(loc);
    json::_validate(value, *param.type, target, param.field, errors);
    add(param, std::move(errors.list));
  }

  void absent(const _Param& param, void* target) {
    if (!param.required) {
      if (param.set_default) param.set_default(target);
      return;
    }
    json::_Errors errors;
    errors.loc.emplace_back(std::string(name_of(param.source)));
    if (param.source != _Source::Body) errors.loc.emplace_back(std::string(param.name));
    errors.add("missing", "Field required", nullptr);
    add(param, std::move(errors.list));
  }

  void add(const _Param& param, std::vector<json::ErrorDetail> errors) {
    auto& faults = faults_[static_cast<std::size_t>(param.source)];
    std::move(errors.begin(), errors.end(), std::back_inserter(faults));
  }

  Request& request_;
  std::vector<json::ErrorDetail> faults_[5];  // by source, in FastAPI's order
};

}  // namespace

void _bind(Request& request, std::span<const _Param> params, const std::uint8_t* path_index, void* const* targets) {
  Binder binder(request);
  for (std::size_t i = 0; i < params.size(); ++i) binder.bind(params[i], path_index[i], targets[i]);
  binder.finish();
}

}  // namespace krait::web
