#include "krait/web/exceptions.h"

#include <gtest/gtest.h>

namespace krait::web {
namespace {

TEST(HTTPException, has_the_phrase_of_its_status_unless_it_is_told_more) {
  EXPECT_EQ(HTTPException(404).detail, json::Value("Not Found"));
  EXPECT_STREQ(HTTPException(404).what(), "404: Not Found");
  EXPECT_STREQ(HTTPException(400, "bad tea").what(), "400: bad tea");
  EXPECT_STREQ(HTTPException(400, json::Object{{"tea", "\xff"}}).what(), "400: {\"tea\":\"\xef\xbf\xbd\"}");
  EXPECT_EQ(HTTPException(799).detail, json::Value(""));
}

TEST(RequestValidationError, is_caught_as_a_value_error_with_its_list) {
  json::_Errors errors;
  errors.loc = {"query", "q"};
  errors.add("missing", "Field required", nullptr);
  try {
    throw RequestValidationError(errors.list);
  } catch (const ValueError& error) {
    EXPECT_STREQ(error.what(), "request validation failed");
    EXPECT_EQ(dynamic_cast<const json::ValidationError&>(error).errors().size(), 1u);
  }
}

}  // namespace
}  // namespace krait::web
