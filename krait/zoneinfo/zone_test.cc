#include "krait/zoneinfo/zone.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "krait/datetime/datetime.h"

namespace krait::zoneinfo {
namespace {

using krait::datetime::datetime;
using krait::datetime::timedelta;
using krait::datetime::timezone;

std::string fault(auto call) {
  try {
    call();
  } catch (const ValueError& error) {
    return error.what();
  } catch (const ZoneInfoNotFoundError& error) {
    return error.what();
  }
  return "nothing was thrown";
}

datetime at(const char* iso, const ZoneInfo& zone, int fold = 0) {
  return datetime::fromisoformat(iso).replace({.tzinfo = zone, .fold = fold});
}

const ZoneInfo& new_york() {
  static const ZoneInfo zone("America/New_York");
  return zone;
}

// Big-endian numbers and texts, put together to a file.
class File {
 public:
  File& text(std::string_view text) {
    bytes_ += text;
    return *this;
  }
  File& number(std::int64_t value, int size) {
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) bytes_ += static_cast<char>(value >> shift & 255);
    return *this;
  }
  File& header(char version, int timecnt, int typecnt, int charcnt) {
    text("TZif").number(version, 1).text(std::string(15, '\0'));
    for (const int count : {0, 0, 0, timecnt, typecnt, charcnt}) number(count, 4);
    return *this;
  }
  File& kind(int offset, int summer, int name) { return number(offset, 4).number(summer, 1).number(name, 1); }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

ZoneInfo of(const std::string& bytes, std::optional<std::string> key = std::nullopt) {
  std::istringstream file(bytes);
  return ZoneInfo::from_file(file, std::move(key));
}

// A second block with one kind, and a rule.
std::string with_rule(std::string_view rule) {
  File file;
  file.header('2', 0, 0, 0).header('2', 0, 1, 4).kind(-18000, 0, 0).text(std::string_view("EST\0\n", 5)).text(rule);
  return file.text("\n").bytes();
}

std::string fault_of(const std::string& bytes) {
  return fault([&] { of(bytes); });
}

TEST(ZoneInfo, tells_a_repeated_hour_by_its_fold) {
  EXPECT_EQ(at("2023-11-05T01:30", new_york(), 0).isoformat(), "2023-11-05T01:30:00-04:00");
  EXPECT_EQ(at("2023-11-05T01:30", new_york(), 1).isoformat(), "2023-11-05T01:30:00-05:00");
  EXPECT_EQ(at("2023-11-05T01:30", new_york(), 1).tzname(), "EST");
  EXPECT_EQ(at("2023-11-05T01:30", new_york(), 0).dst(), timedelta(0, 3600));
}

TEST(ZoneInfo, leads_out_of_a_gap_by_way_of_utc) {
  const datetime gap = at("2023-03-12T02:30", new_york());
  EXPECT_EQ(gap.isoformat(), "2023-03-12T02:30:00-05:00");
  EXPECT_EQ(gap.astimezone(timezone::utc).astimezone(new_york()).isoformat(), "2023-03-12T03:30:00-04:00");
  EXPECT_EQ(gap.replace({.fold = 1}).utcoffset(), timedelta({.hours = -4}));
}

TEST(ZoneInfo, sets_the_fold_of_what_comes_from_utc) {
  const datetime first = datetime(2023, 11, 5, 5, 30, {.tzinfo = timezone::utc}).astimezone(new_york());
  const datetime second = datetime(2023, 11, 5, 6, 30, {.tzinfo = timezone::utc}).astimezone(new_york());
  EXPECT_EQ(first.isoformat(), "2023-11-05T01:30:00-04:00");
  EXPECT_EQ(second.isoformat(), "2023-11-05T01:30:00-05:00");
  EXPECT_EQ(second.fold(), 1);
}

TEST(ZoneInfo, moves_its_own_clock) {
  const datetime before = at("2023-11-04T12:00", new_york());
  EXPECT_EQ((before + timedelta(1)).isoformat(), "2023-11-05T12:00:00-05:00");
  EXPECT_EQ(before + timedelta(1) - before, timedelta(1));
  const datetime elsewhere = (before + timedelta(1)).astimezone(timezone::utc);
  EXPECT_EQ(elsewhere - before, timedelta(1, 3600));
}

TEST(ZoneInfo, makes_an_ambiguous_time_unequal_to_those_elsewhere) {
  const datetime ambiguous = at("2023-11-05T01:30", new_york());
  const datetime utc(2023, 11, 5, 5, 30, {.tzinfo = timezone::utc});
  EXPECT_FALSE(ambiguous == utc);
  EXPECT_EQ(ambiguous <=> utc, std::weak_ordering::equivalent);
  EXPECT_EQ(ambiguous, ambiguous.replace({.fold = 1}));
  EXPECT_EQ(at("2023-11-05T12:00", new_york()), datetime(2023, 11, 5, 17, {.tzinfo = timezone::utc}));
}

TEST(ZoneInfo, goes_on_by_its_rule) {
  EXPECT_EQ(at("2500-07-01T00:00", new_york()).isoformat(), "2500-07-01T00:00:00-04:00");
  EXPECT_EQ(at("2500-11-07T01:30", new_york(), 1).utcoffset(), timedelta({.hours = -5}));
  EXPECT_EQ(at("2500-07-01T00:00", ZoneInfo("Australia/Sydney")).utcoffset(), timedelta({.hours = 10}));
  EXPECT_EQ(at("2500-07-01T00:00", ZoneInfo("Europe/Dublin")).tzname(), "IST");
  EXPECT_EQ(at("1800-01-01T00:00", new_york()).tzname(), "LMT");
}

TEST(ZoneInfo, without_a_date_answers_only_when_it_is_fixed) {
  EXPECT_FALSE(new_york().utcoffset(nullptr));
  EXPECT_FALSE(new_york().dst(nullptr));
  EXPECT_FALSE(new_york().tzname(nullptr));
  EXPECT_EQ(ZoneInfo("UTC").utcoffset(nullptr), timedelta());
  EXPECT_EQ(ZoneInfo("UTC").tzname(nullptr), "UTC");
}

TEST(ZoneInfo, is_one_for_a_key) {
  EXPECT_EQ(ZoneInfo("America/New_York"), new_york());
  EXPECT_FALSE(ZoneInfo::no_cache("America/New_York") == new_york());
  ZoneInfo::clear_cache({"America/New_York"});
  const ZoneInfo again("America/New_York");
  EXPECT_FALSE(again == new_york());
  ZoneInfo::clear_cache();
  EXPECT_FALSE(ZoneInfo("America/New_York") == again);
}

TEST(ZoneInfo, is_found_in_what_carries_it) {
  EXPECT_EQ(*ZoneInfo::from(at("2023-01-01", new_york()).tzinfo()), new_york());
  EXPECT_FALSE(ZoneInfo::from(timezone::utc));
}

TEST(ZoneInfo, is_printed_as_python_prints_it) {
  EXPECT_EQ(str(new_york()), "America/New_York");
  EXPECT_EQ(repr(new_york()), "zoneinfo.ZoneInfo(key='America/New_York')");
  EXPECT_EQ(new_york().key(), "America/New_York");
  EXPECT_EQ(repr(of(with_rule("EST5"))), "zoneinfo.ZoneInfo.from_file(<file>)");
  EXPECT_EQ(str(of(with_rule("EST5"), "here")), "here");
}

TEST(ZoneInfo, that_is_not_there_is_a_key_error) {
  EXPECT_EQ(fault([] { ZoneInfo("Nowhere/City"); }), "'No time zone found with key Nowhere/City'");
  EXPECT_EQ(fault([] { ZoneInfo("America"); }), "'No time zone found with key America'");
  EXPECT_EQ(fault([] { ZoneInfo("../zoneinfo/UTC"); }),
            "ZoneInfo keys must refer to subdirectories of TZPATH, got: ../zoneinfo/UTC");
  EXPECT_THROW(ZoneInfo("Nowhere/City"), KeyError);
}

TEST(ZoneInfo, converts_only_its_own_times) {
  EXPECT_EQ(fault([] { (void)new_york().fromutc(datetime(2023, 1, 1)); }), "fromutc: dt.tzinfo is not self");
}

TEST(ZoneFile, of_version_1_has_no_rule) {
  File file;
  file.header(0, 1, 2, 8).number(0, 4).number(1, 1).kind(0, 0, 0).kind(3600, 1, 4);
  const ZoneInfo zone = of(file.text(std::string_view("AAA\0BBB\0", 8)).bytes());
  EXPECT_EQ(at("1969-12-31T00:00", zone).tzname(), "AAA");
  EXPECT_EQ(at("2100-01-01T00:00", zone).tzname(), "BBB");
  EXPECT_EQ(at("2100-01-01T00:00", zone).dst(), timedelta(0, 3600));
}

TEST(ZoneFile, may_have_any_rule_of_posix) {
  const ZoneInfo julian = of(with_rule("EST5EDT,J60/0,300/23:59:59"));
  EXPECT_EQ(at("2024-03-01T12:00", julian).tzname(), "EDT");
  EXPECT_EQ(at("2024-02-29T12:00", julian).tzname(), "EST");
  EXPECT_EQ(at("2023-10-29T12:00", julian).tzname(), "EST");
  const ZoneInfo west = of(with_rule("<-03>3<-02>,M3.5.0/-2,M10.5.0/-1"));
  EXPECT_EQ(at("2024-04-01T12:00", west).tzname(), "-02");
  const ZoneInfo behind = of(with_rule("IST-1GMT0,M10.5.0,M3.5.0/1"));
  EXPECT_EQ(at("2024-01-01T12:00", behind).dst(), timedelta(0, -3600));
}

TEST(ZoneFile, names_the_fault_of_its_rule) {
  const auto fault_of_rule = [](std::string_view rule) { return fault_of(with_rule(rule)); };
  EXPECT_EQ(fault_of_rule("5"), "Invalid STD format in b'5'");
  EXPECT_EQ(fault_of_rule("EST"), "Invalid STD offset in b'EST'");
  EXPECT_EQ(fault_of_rule("EST25"), "Invalid STD offset in b'EST25'");
  EXPECT_EQ(fault_of_rule("EST5,M3"), "Invalid DST format in b'EST5,M3'");
  EXPECT_EQ(fault_of_rule("EST5EDT"), "Invalid DST offset in b'EST5EDT'");
  EXPECT_EQ(fault_of_rule("EST5EDT,M3.2.0"), "Missing transition rules in TZ string: b'EST5EDT,M3.2.0'");
  EXPECT_EQ(fault_of_rule("EST5EDT,M3.2.9,1"), "Malformed transition rule in TZ string: b'EST5EDT,M3.2.9,1'");
  EXPECT_EQ(fault_of_rule("EST5EDT,J0,1"), "Malformed transition rule in TZ string: b'EST5EDT,J0,1'");
  EXPECT_EQ(fault_of_rule("EST5EDT,1,2/168"), "Malformed transition rule in TZ string: b'EST5EDT,1,2/168'");
  EXPECT_EQ(fault_of_rule("EST5EDT,1,2x"), "Extraneous characters at end of TZ string: b'EST5EDT,1,2x'");
}

TEST(ZoneFile, that_is_broken_is_an_error) {
  EXPECT_EQ(fault_of(""), "Invalid TZif file: magic not found");
  EXPECT_EQ(fault_of("TZif"), "Invalid TZif file: it ends too early");
  EXPECT_EQ(fault_of(File().header('x', 0, 1, 4).bytes()), "Invalid TZif file: its version is no digit");
  EXPECT_EQ(fault_of(File().header(0, 0, -1, 4).bytes()), "Invalid TZif file: a count is negative");
  EXPECT_EQ(fault_of(File().header(0, 2147483647, 1, 4).bytes()), "Invalid TZif file: it ends too early");
  EXPECT_EQ(fault_of(File().header(0, 0, 0, 0).bytes()), "No time zone information found.");
  EXPECT_EQ(fault_of(File().header(0, 1, 1, 1).number(0, 4).number(7, 1).kind(0, 0, 0).number(0, 1).bytes()),
            "Invalid transition index found while reading TZif: 7");
  EXPECT_EQ(fault_of(File().header(0, 0, 1, 2).kind(-2147483647, 0, 0).text("A").number(0, 1).bytes()),
            "Invalid TZif file: an offset of -2147483647 seconds");
  EXPECT_EQ(fault_of(File().header(0, 0, 1, 1).kind(0, 0, 9).number(0, 1).bytes()),
            "Invalid TZif file: a name lies outside of the names");
  EXPECT_EQ(fault_of(File().header(0, 0, 1, 1).kind(0, 0, 0).text("A").bytes()),
            "Invalid TZif file: a name does not end");
}

TEST(ZoneFile, that_ends_anywhere_is_an_error) {
  std::ifstream file("/usr/share/zoneinfo/America/New_York", std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  ASSERT_GT(whole.size(), 100U);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(fault_of(whole.substr(0, size)), "nothing was thrown") << size;
  }
}

}  // namespace
}  // namespace krait::zoneinfo
