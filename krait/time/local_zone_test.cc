#include "krait/time/local_zone.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "krait/time/struct_time.h"

namespace krait::time {
namespace {

void set_zone(const char* name) {
  setenv("TZ", name, 1);
  tzset();
}

TEST(LocalZone, tells_a_zone_with_summer_time) {
  set_zone("America/New_York");
  EXPECT_EQ(tzname(), (std::pair<std::string, std::string>("EST", "EDT")));
  EXPECT_EQ(timezone(), 18000);
  EXPECT_EQ(altzone(), 14400);
  EXPECT_NE(daylight(), 0);
}

TEST(LocalZone, tells_a_zone_without_one) {
  set_zone("Asia/Shanghai");
  EXPECT_EQ(tzname(), (std::pair<std::string, std::string>("CST", "CST")));
  EXPECT_EQ(timezone(), -28800);
  EXPECT_EQ(altzone(), -28800);
  EXPECT_EQ(daylight(), 0);
}

TEST(LocalZone, of_the_south_has_its_summer_in_january) {
  set_zone("Australia/Sydney");
  EXPECT_EQ(tzname(), (std::pair<std::string, std::string>("AEST", "AEDT")));
  EXPECT_EQ(timezone(), -36000);
  EXPECT_EQ(altzone(), -39600);
}

TEST(LocalZone, is_that_of_localtime) {
  set_zone("Asia/Shanghai");
  EXPECT_EQ(localtime(1694760884).tm_hour, 14);
  set_zone("UTC");
  EXPECT_EQ(localtime(1694760884).tm_hour, 6);
}

}  // namespace
}  // namespace krait::time
