// TZif (RFC 8536), big-endian:
//   file   := header block(4) | header block(4) header block(8) '\n' rule '\n'       the latter from version 2 on
//   header := "TZif" version 15 * 0 isutcnt isstdcnt leapcnt timecnt typecnt charcnt     each a 32-bit number
//   block(size) := timecnt * (time of `size` bytes) timecnt * (index of a kind)
//                  typecnt * (32-bit offset, 8-bit is-summer, 8-bit index of a name)
//                  charcnt * character   leapcnt * (size + 4 bytes)   isstdcnt * byte   isutcnt * byte
//
// The answers are those of CPython's zoneinfo, also where the file leaves a choice: what the summer time adds, what held
// before the first change.

#include "krait/zoneinfo/_tzif.h"

#include <algorithm>
#include <string>

#include "krait/builtins/exceptions.h"

namespace krait::zoneinfo {

namespace {

constexpr std::size_t kHeaderSize = 44;
constexpr std::int64_t kWest = -89999, kEast = 93599;      // the offsets that the RFC expects
constexpr std::int64_t kFarthest = std::int64_t{1} << 60;  // some files begin before the Big Bang

[[noreturn]] void invalid(const std::string& why) { throw ValueError("Invalid TZif file: " + why); }

class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes) {}

  std::string_view rest() const { return rest_; }
  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) invalid("it ends too early");
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  std::int64_t number(std::size_t size) {
    std::uint64_t value = 0;
    const std::string_view bytes = take(size);
    for (const char c : bytes) value = value << 8U | static_cast<unsigned char>(c);
    return size == 4 ? static_cast<std::int32_t>(value) : static_cast<std::int64_t>(value);
  }

 private:
  std::string_view rest_;
};

struct Header {
  bool has_second_block;
  std::uint64_t isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt;

  std::uint64_t block_size(std::uint64_t time_size) const {
    return timecnt * (time_size + 1) + typecnt * 6 + charcnt + leapcnt * (time_size + 4) + isstdcnt + isutcnt;
  }
};

Header read_header(Cursor& cursor) {
  if (!cursor.rest().starts_with("TZif")) invalid("magic not found");
  if (cursor.rest().size() < kHeaderSize) invalid("it ends too early");
  const char version = cursor.take(20)[4];
  if (version != 0 && (version < '1' || version > '9')) invalid("its version is no digit");
  Header header{};
  header.has_second_block = version > '1';
  for (auto* each :
       {&header.isutcnt, &header.isstdcnt, &header.leapcnt, &header.timecnt, &header.typecnt, &header.charcnt}) {
    const std::int64_t value = cursor.number(4);
    if (value < 0) invalid("a count is negative");
    *each = static_cast<std::uint64_t>(value);
  }
  return header;
}

// The bytes up to a zero; the index comes from the file.
std::string name_at(std::string_view characters, std::size_t index) {
  if (index >= characters.size()) invalid("a name lies outside of the names");
  const std::size_t end = characters.find('\0', index);
  if (end == characters.npos) invalid("a name does not end");
  return std::string(characters.substr(index, end - index));
}

}  // namespace

_Tzif::_Tzif(std::string_view bytes) {
  Cursor cursor(bytes);
  Header header = read_header(cursor);
  std::size_t time_size = 4;
  if (header.has_second_block) {
    cursor.take(header.block_size(4));
    header = read_header(cursor);
    time_size = 8;
  }
  if (header.block_size(time_size) > cursor.rest().size()) invalid("it ends too early");
  if (header.typecnt == 0) throw ValueError("No time zone information found.");
  if (header.typecnt > 256) invalid("there are more than 256 kinds of time");

  for (std::uint64_t i = 0; i < header.timecnt; ++i) {
    utc_.push_back(std::clamp(cursor.number(time_size), -kFarthest, kFarthest));
    if (i > 0 && utc_[i] < utc_[i - 1]) invalid("its changes are not in order");
  }
  for (const char index : cursor.take(header.timecnt)) {
    indices_.push_back(static_cast<std::uint8_t>(index));
    if (indices_.back() >= header.typecnt) {
      throw ValueError("Invalid transition index found while reading TZif: " + std::to_string(indices_.back()));
    }
  }

  std::vector<bool> is_summer;
  std::vector<std::size_t> names;
  for (std::uint64_t i = 0; i < header.typecnt; ++i) {
    const std::int64_t offset = cursor.number(4);
    if (offset < kWest || offset > kEast) invalid("an offset of " + std::to_string(offset) + " seconds");
    kinds_.push_back({.utcoff = static_cast<int>(offset), .dstoff = 0, .name = {}});
    const std::string_view flags = cursor.take(2);
    is_summer.push_back(flags[0] != 0);
    names.push_back(static_cast<unsigned char>(flags[1]));
  }
  const std::string_view characters = cursor.take(header.charcnt);
  for (std::size_t i = 0; i < kinds_.size(); ++i) kinds_[i].name = name_at(characters, names[i]);

  find_summer_offsets(is_summer);
  find_local_times();
  const auto standard = std::find(is_summer.begin(), is_summer.end(), false);
  if (standard != is_summer.end()) before_ = static_cast<std::size_t>(standard - is_summer.begin());
  last_ = indices_.empty() ? kinds_.size() - 1 : indices_.back();

  if (!header.has_second_block) return;
  cursor.take(header.leapcnt * (time_size + 4) + header.isstdcnt + header.isutcnt);
  const std::string_view footer = cursor.rest();
  if (!footer.starts_with('\n')) invalid("the rule at its end does not begin with a new line");
  const std::size_t end = footer.find('\n', 1);
  if (end == footer.npos) invalid("the rule at its end does not end with a new line");
  if (end > 1) rule_ = _read_posix_rule(footer.substr(1, end - 1));
}

// What a kind of summer time adds is not in the file. It is what it differs by from the standard time before it, or, if
// that says nothing, from the one after it; or else an hour.
void _Tzif::find_summer_offsets(const std::vector<bool>& is_summer) {
  const auto all = static_cast<std::size_t>(std::count(is_summer.begin(), is_summer.end(), true));
  std::size_t found = 0;
  for (std::size_t i = 1; i < indices_.size() && found < all; ++i) {
    const std::size_t now = indices_[i];
    if (!is_summer[now] || kinds_[now].dstoff != 0) continue;
    const std::size_t before = indices_[i - 1];
    int added = is_summer[before] ? 0 : kinds_[now].utcoff - kinds_[before].utcoff;
    if (added == 0 && now + 1 < kinds_.size() && i + 1 < indices_.size()) {
      const std::size_t next = indices_[i + 1];
      if (is_summer[next]) continue;
      added = kinds_[now].utcoff - kinds_[next].utcoff;
    }
    if (added != 0) {
      ++found;
      kinds_[now].dstoff = added;
    }
  }
  if (found == all) return;
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    if (kinds_[i].dstoff == 0 && is_summer[i]) kinds_[i].dstoff = 3600;
  }
}

// With fold 0 a change happens on the clock with the larger of the two offsets, with fold 1 on that with the smaller one.
void _Tzif::find_local_times() {
  for (std::size_t i = 0; i < utc_.size(); ++i) {
    const std::int64_t before = kinds_[i == 0 ? 0 : indices_[i - 1]].utcoff;
    const std::int64_t now = kind(i).utcoff;
    local_[0].push_back(utc_[i] + std::max(before, now));
    local_[1].push_back(utc_[i] + std::min(before, now));
  }
}

const _Kind& _Tzif::at_clock(std::int64_t clock, int year, int fold) const {
  const std::vector<std::int64_t>& changes = local_[fold != 0 ? 1 : 0];
  if (changes.empty() || clock > changes.back()) {
    return rule_ ? rule_->at_clock(clock, year, fold) : kinds_[last_];
  }
  if (clock < changes.front()) return kinds_[before_];
  const auto behind = std::upper_bound(changes.begin(), changes.end(), clock);
  return behind == changes.begin() ? kinds_[before_] : kind(static_cast<std::size_t>(behind - changes.begin()) - 1);
}

_PosixRule::Found _Tzif::at_utc(std::int64_t utc, int year) const {
  const std::size_t count = utc_.size();
  if (count > 0 && utc < utc_.front()) return {&kinds_[before_], 0};
  if (count == 0 || utc > utc_.back()) {
    _PosixRule::Found found{&kinds_[last_], 0};
    if (rule_) found = rule_->at_utc(utc, year);
    // What follows the last change repeats what was before it, whatever the rule would have.
    if (count > 0 && repeats(count - 1, *found.kind, utc)) found.fold = 1;
    return found;
  }
  const auto change = static_cast<std::size_t>(std::upper_bound(utc_.begin(), utc_.end(), utc) - utc_.begin()) - 1;
  return {&kind(change), repeats(change, kind(change), utc) ? 1 : 0};
}

// Whether the clock, now that of `now`, has shown this time already before the change.
bool _Tzif::repeats(std::size_t change, const _Kind& now, std::int64_t utc) const {
  const _Kind& before = change == 0 ? kinds_[before_] : kind(change - 1);
  return std::int64_t{before.utcoff} - now.utcoff > utc - utc_[change];
}

const _Kind* _Tzif::fixed() const {
  if (kinds_.size() > 1 || (rule_ && rule_->summer)) return nullptr;
  return kinds_[0] == after() ? &after() : nullptr;
}

}  // namespace krait::zoneinfo
