#pragma once
// The body of a request: so many bytes, or chunks and a trailer section.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "krait/http/fields.h"
#include "krait/wire/h1/head.h"
#include "krait/wire/h1/limits.h"

namespace krait::wire::h1 {

class BodyReader {
 public:
  enum class Step : std::uint8_t { NeedData, Data, End };

  explicit BodyReader(const Limits& limits) : limits_(_bounded(limits)) {}

  // Prepares for the body that `head` announces.
  void begin(const RequestHead& head) noexcept;

  // Reads on at `p`, which moves behind what was used. Data: data() holds the next bytes, a view of the input.
  // Throws RemoteProtocolError (400, 413, 431). `end` must have scan_padding readable bytes behind it.
  Step next(const char*& p, const char* end);

  std::string_view data() const noexcept { return data_; }
  // The trailers, valid after End until the next begin().
  std::span<const http::Header> trailers() const noexcept { return trailers_; }
  // Body bytes given so far.
  std::uint64_t received() const noexcept { return received_; }

  // At most `bytes` in this body, in place of Limits::body. Throws RemoteProtocolError (413) when more came already
  // or was announced.
  void limit(std::uint64_t bytes);

  // True when the body was read to its end.
  bool complete() const noexcept { return state_ == State::Done; }
  // "10 bytes of the body are missing", for a peer that left.
  std::string describe_missing() const;

 private:
  // The parts of a chunk; see the grammar in body.cc. Spaces stand at BWS, which the RFC calls bad whitespace.
  enum class State : std::uint8_t {
    Length,  // a body of known length
    Size,
    MoreSize,
    ExtensionSpace,
    ExtensionStart,
    ExtensionName,
    ExtensionNameSpace,
    ExtensionValueStart,
    ExtensionToken,
    ExtensionQuoted,
    ExtensionEscape,
    ExtensionEnd,
    SizeLf,
    ChunkData,
    DataCr,
    DataLf,
    Trailers,
    Done,
  };

  Step take_data(const char*& p, const char* end, State after);
  void read_size_line(char c);
  void add_size_digit(char c);
  void read_extension(char c);
  void end_size_line();
  bool read_trailers(const char*& p, const char* end);
  void add_trailer(const http::Header& field);
  void finish_trailers();
  [[noreturn]] void refuse_body_size() const;

  Limits limits_;
  State state_ = State::Done;
  std::string_view data_;
  std::uint64_t remaining_ = 0;  // of the body of known length, or of the chunk
  std::uint64_t received_ = 0;
  std::uint64_t most_ = 0;  // what this body may hold
  unsigned size_digits_ = 0;
  std::size_t extension_bytes_ = 0;
  std::size_t trailer_bytes_ = 0;

  // Trailers are rare and small: copied, so that they outlive the input. Lengths first, views when all are there.
  struct Lengths {
    std::size_t name;
    std::size_t value;
  };
  std::string trailer_text_;
  std::vector<Lengths> trailer_lengths_;
  std::vector<http::Header> trailers_;
};

}  // namespace krait::wire::h1
