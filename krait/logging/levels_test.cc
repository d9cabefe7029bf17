#include "krait/logging/levels.h"

#include <gtest/gtest.h>

#include "krait/builtins/exceptions.h"

namespace krait::logging {
namespace {

TEST(Levels, have_names_in_both_directions) {
  EXPECT_EQ(getLevelName(WARNING), "WARNING");
  EXPECT_EQ(getLevelName(35), "Level 35");
  EXPECT_EQ(Level("FATAL"), CRITICAL);
  EXPECT_EQ(getLevelNamesMapping().at("WARN"), WARNING);
  EXPECT_EQ(getLevelNamesMapping().size(), 8u);
}

TEST(Levels, a_name_that_there_is_not_is_refused) {
  try {
    Level("loud");
    FAIL();
  } catch (const ValueError& error) {
    EXPECT_STREQ(error.what(), "Unknown level: 'loud'");
  }
}

TEST(Levels, can_be_added) {
  addLevelName(25, "NOTICE");
  EXPECT_EQ(getLevelName(25), "NOTICE");
  EXPECT_EQ(Level("NOTICE"), 25);
}

}  // namespace
}  // namespace krait::logging
