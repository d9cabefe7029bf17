#include "krait/web/_pattern.h"

#include <gtest/gtest.h>

#include "krait/builtins/exceptions.h"

namespace krait::web {
namespace {

std::string error_of(std::string_view path) {
  try {
    _parse_pattern(path);
  } catch (const ValueError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

std::string match(std::string_view pattern, std::string_view path) {
  std::vector<std::string_view> values;
  if (!_match_pattern(_parse_pattern(pattern).tokens, path, values)) return "no";
  std::string all;
  for (std::string_view value : values) all.append("[").append(value).append("]");
  return all;
}

TEST(Pattern, names_what_is_wrong_with_a_path) {
  EXPECT_EQ(error_of("items"), "cannot use the path 'items': Routed paths must start with '/'");
  EXPECT_EQ(error_of(""), "cannot use the path '': Routed paths must start with '/'");
  EXPECT_EQ(error_of("/{a"), "cannot use the path '/{a': a '{' is not closed");
  EXPECT_EQ(error_of("/{a}/{a}"), "cannot use the path '/{a}/{a}': Duplicated param name a");
  EXPECT_EQ(error_of("/{a:word}"), "cannot use the path '/{a:word}': Unknown path convertor 'word'");
  EXPECT_EQ(error_of("/{}"), "cannot use the path '/{}': '{}' is no parameter");
  EXPECT_EQ(error_of("/{1a}"), "cannot use the path '/{1a}': '{1a}' is no parameter");
}

TEST(Pattern, takes_the_longest_text_for_each_parameter) {
  EXPECT_EQ(match("/file/{name}.{suffix}", "/file/a.b.c"), "[a.b][c]");
  EXPECT_EQ(match("/file/{name}.{suffix}", "/file/ab"), "no");
  EXPECT_EQ(match("/{a:path}/edit", "/x/y/edit"), "[x/y]");
  EXPECT_EQ(match("/{a:path}/edit", "/x/y"), "no");
  EXPECT_EQ(match("/v{n:int}{rest}", "/v12a"), "[12][a]");
  EXPECT_EQ(match("/v{n:int}{rest}", "/v12"), "[1][2]");
}

TEST(Pattern, a_convertor_takes_only_what_looks_so) {
  EXPECT_TRUE(_fits(_Convertor::Int, "0123"));
  EXPECT_FALSE(_fits(_Convertor::Int, "-1"));
  EXPECT_FALSE(_fits(_Convertor::Int, ""));
  EXPECT_TRUE(_fits(_Convertor::Float, "1.5"));
  EXPECT_TRUE(_fits(_Convertor::Float, "15"));
  EXPECT_FALSE(_fits(_Convertor::Float, "1."));
  EXPECT_FALSE(_fits(_Convertor::Float, "1.2.3"));
  EXPECT_TRUE(_fits(_Convertor::Uuid, "123e4567-e89b-12d3-a456-426614174000"));
  EXPECT_FALSE(_fits(_Convertor::Uuid, "123e4567-e89b-12d3-a456-42661417400g"));
  EXPECT_FALSE(_fits(_Convertor::Uuid, "123e4567e89b-12d3-a456-4266141740000"));
  EXPECT_TRUE(_fits(_Convertor::Path, ""));
  EXPECT_FALSE(_fits(_Convertor::Str, "a/b"));
}

TEST(Pattern, a_hostile_path_is_refused_without_trying_every_combination) {
  const std::string dots(1000, '.');
  EXPECT_EQ(match("/{a}.{b}.{c}.{d}.{e}.{f}x", "/" + dots), "no");
}

}  // namespace
}  // namespace krait::web
