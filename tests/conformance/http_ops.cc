#include "krait/http.h"
#include "ops.h"

namespace krait::conformance {

namespace {

using http::HTTPStatus;
using json::Value;

constexpr std::pair<const char*, HTTPStatus> kMembers[] = {
    {"CONTINUE", HTTPStatus::CONTINUE},
    {"SWITCHING_PROTOCOLS", HTTPStatus::SWITCHING_PROTOCOLS},
    {"PROCESSING", HTTPStatus::PROCESSING},
    {"EARLY_HINTS", HTTPStatus::EARLY_HINTS},
    {"OK", HTTPStatus::OK},
    {"CREATED", HTTPStatus::CREATED},
    {"ACCEPTED", HTTPStatus::ACCEPTED},
    {"NON_AUTHORITATIVE_INFORMATION", HTTPStatus::NON_AUTHORITATIVE_INFORMATION},
    {"NO_CONTENT", HTTPStatus::NO_CONTENT},
    {"RESET_CONTENT", HTTPStatus::RESET_CONTENT},
    {"PARTIAL_CONTENT", HTTPStatus::PARTIAL_CONTENT},
    {"MULTI_STATUS", HTTPStatus::MULTI_STATUS},
    {"ALREADY_REPORTED", HTTPStatus::ALREADY_REPORTED},
    {"IM_USED", HTTPStatus::IM_USED},
    {"MULTIPLE_CHOICES", HTTPStatus::MULTIPLE_CHOICES},
    {"MOVED_PERMANENTLY", HTTPStatus::MOVED_PERMANENTLY},
    {"FOUND", HTTPStatus::FOUND},
    {"SEE_OTHER", HTTPStatus::SEE_OTHER},
    {"NOT_MODIFIED", HTTPStatus::NOT_MODIFIED},
    {"USE_PROXY", HTTPStatus::USE_PROXY},
    {"TEMPORARY_REDIRECT", HTTPStatus::TEMPORARY_REDIRECT},
    {"PERMANENT_REDIRECT", HTTPStatus::PERMANENT_REDIRECT},
    {"BAD_REQUEST", HTTPStatus::BAD_REQUEST},
    {"UNAUTHORIZED", HTTPStatus::UNAUTHORIZED},
    {"PAYMENT_REQUIRED", HTTPStatus::PAYMENT_REQUIRED},
    {"FORBIDDEN", HTTPStatus::FORBIDDEN},
    {"NOT_FOUND", HTTPStatus::NOT_FOUND},
    {"METHOD_NOT_ALLOWED", HTTPStatus::METHOD_NOT_ALLOWED},
    {"NOT_ACCEPTABLE", HTTPStatus::NOT_ACCEPTABLE},
    {"PROXY_AUTHENTICATION_REQUIRED", HTTPStatus::PROXY_AUTHENTICATION_REQUIRED},
    {"REQUEST_TIMEOUT", HTTPStatus::REQUEST_TIMEOUT},
    {"CONFLICT", HTTPStatus::CONFLICT},
    {"GONE", HTTPStatus::GONE},
    {"LENGTH_REQUIRED", HTTPStatus::LENGTH_REQUIRED},
    {"PRECONDITION_FAILED", HTTPStatus::PRECONDITION_FAILED},
    {"CONTENT_TOO_LARGE", HTTPStatus::CONTENT_TOO_LARGE},
    {"REQUEST_ENTITY_TOO_LARGE", HTTPStatus::REQUEST_ENTITY_TOO_LARGE},
    {"URI_TOO_LONG", HTTPStatus::URI_TOO_LONG},
    {"REQUEST_URI_TOO_LONG", HTTPStatus::REQUEST_URI_TOO_LONG},
    {"UNSUPPORTED_MEDIA_TYPE", HTTPStatus::UNSUPPORTED_MEDIA_TYPE},
    {"RANGE_NOT_SATISFIABLE", HTTPStatus::RANGE_NOT_SATISFIABLE},
    {"REQUESTED_RANGE_NOT_SATISFIABLE", HTTPStatus::REQUESTED_RANGE_NOT_SATISFIABLE},
    {"EXPECTATION_FAILED", HTTPStatus::EXPECTATION_FAILED},
    {"IM_A_TEAPOT", HTTPStatus::IM_A_TEAPOT},
    {"MISDIRECTED_REQUEST", HTTPStatus::MISDIRECTED_REQUEST},
    {"UNPROCESSABLE_CONTENT", HTTPStatus::UNPROCESSABLE_CONTENT},
    {"UNPROCESSABLE_ENTITY", HTTPStatus::UNPROCESSABLE_ENTITY},
    {"LOCKED", HTTPStatus::LOCKED},
    {"FAILED_DEPENDENCY", HTTPStatus::FAILED_DEPENDENCY},
    {"TOO_EARLY", HTTPStatus::TOO_EARLY},
    {"UPGRADE_REQUIRED", HTTPStatus::UPGRADE_REQUIRED},
    {"PRECONDITION_REQUIRED", HTTPStatus::PRECONDITION_REQUIRED},
    {"TOO_MANY_REQUESTS", HTTPStatus::TOO_MANY_REQUESTS},
    {"REQUEST_HEADER_FIELDS_TOO_LARGE", HTTPStatus::REQUEST_HEADER_FIELDS_TOO_LARGE},
    {"UNAVAILABLE_FOR_LEGAL_REASONS", HTTPStatus::UNAVAILABLE_FOR_LEGAL_REASONS},
    {"INTERNAL_SERVER_ERROR", HTTPStatus::INTERNAL_SERVER_ERROR},
    {"NOT_IMPLEMENTED", HTTPStatus::NOT_IMPLEMENTED},
    {"BAD_GATEWAY", HTTPStatus::BAD_GATEWAY},
    {"SERVICE_UNAVAILABLE", HTTPStatus::SERVICE_UNAVAILABLE},
    {"GATEWAY_TIMEOUT", HTTPStatus::GATEWAY_TIMEOUT},
    {"HTTP_VERSION_NOT_SUPPORTED", HTTPStatus::HTTP_VERSION_NOT_SUPPORTED},
    {"VARIANT_ALSO_NEGOTIATES", HTTPStatus::VARIANT_ALSO_NEGOTIATES},
    {"INSUFFICIENT_STORAGE", HTTPStatus::INSUFFICIENT_STORAGE},
    {"LOOP_DETECTED", HTTPStatus::LOOP_DETECTED},
    {"NOT_EXTENDED", HTTPStatus::NOT_EXTENDED},
    {"NETWORK_AUTHENTICATION_REQUIRED", HTTPStatus::NETWORK_AUTHENTICATION_REQUIRED},
};

// HTTPStatus.__members__, each with its number
Value http_members(const Value&) {
  json::Object members;
  for (const auto& [name, status] : kMembers) members.set(name, static_cast<int>(status));
  return members;
}

Value http_status(const Value& request) {
  const int status = static_cast<int>(request["status"].as_int());
  return json::Array{std::string(http::phrase(status)), std::string(http::description(status)),
                     http::is_informational(status),    http::is_success(status),
                     http::is_redirection(status),      http::is_client_error(status),
                     http::is_server_error(status)};
}

// Message.get_content_type(), get_content_charset() and get_param("boundary") of this Content-Type
Value http_media(const Value& request) {
  const std::string& field = request["field"].as_string();
  const std::optional<std::string> charset = http::content_charset(field),
                                   boundary = http::content_param(field, "boundary");
  return json::Array{http::content_type(field), charset ? Value(*charset) : Value(),
                     boundary ? Value(*boundary) : Value()};
}

// email.utils.parsedate_tz(text)
Value http_date(const Value& request) {
  const std::optional<http::ParsedDate> date = http::parsedate_tz(request["text"].as_string());
  if (!date) return Value();
  return json::Array{date->year,
                     date->month,
                     date->day,
                     date->hour,
                     date->minute,
                     date->second,
                     date->utc_offset ? Value(date->utc_offset->count()) : Value()};
}

// email.utils.formatdate(seconds, usegmt=usegmt)
Value http_formatdate(const Value& request) {
  const std::chrono::sys_seconds time{std::chrono::seconds(request["seconds"].as_int())};
  return http::formatdate(time, request["usegmt"].as_bool());
}

}  // namespace

Ops http_ops() {
  return {{"http.members", http_members},
          {"http.status", http_status},
          {"http.media", http_media},
          {"http.date", http_date},
          {"http.formatdate", http_formatdate}};
}

}  // namespace krait::conformance
