#include "model/text_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>

#include "model/suggest.h"

namespace weir::scenarios {
namespace {

using engine::Bytes;
using engine::BytesView;
using engine::Result;
using engine::Status;
using engine::StatusCode;

constexpr std::size_t kLargest = std::size_t{1} << 30;

bool text_control(unsigned char c) { return c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

// Length of the well-formed UTF-8 sequence at `at`; 0: malformed.
std::size_t sequence_length(BytesView bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                             : (lead & 0xF0) == 0xE0        ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 0;
  if (length == 0 || bytes.size() - at < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = byte(at + 1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool beyond = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || beyond ? 0 : length;
}

std::string byte_at(BytesView bytes, std::size_t at) {
  constexpr char kDigits[] = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(bytes[at]);
  const auto lines = std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  return std::string("byte 0x") + kDigits[value >> 4] + kDigits[value & 15] + " in line " + std::to_string(lines + 1);
}

Status problem(const std::string& path, const std::string& what) {
  return {StatusCode::NotFound, in_quotes(path) + " " + what};
}

Status check_kind(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return problem(path, "does not exist; check the path");
  if (error) return problem(path, "cannot be looked at: " + error.message());
  if (std::filesystem::is_directory(status)) return problem(path, "is a directory; name a text file");
  if (!std::filesystem::is_regular_file(status)) return problem(path, "is not a regular file; name a text file");
  return {};
}

class OpenFile {
 public:
  // Not waiting: a file of /proc or the like may have nothing to say for ever.
  explicit OpenFile(const std::string& path) : file_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {}
  ~OpenFile() {
    if (file_ >= 0) ::close(file_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  bool opened() const { return file_ >= 0; }
  // Bytes read, 0 at the end, -1 with errno.
  ssize_t read(char* to, std::size_t most) {
    for (;;) {
      const ssize_t got = ::read(file_, to, most);
      if (got >= 0 || errno != EINTR) return got;
    }
  }

 private:
  int file_;
};

std::string last_error() { return std::error_code(errno, std::generic_category()).message(); }

Result<Bytes> read_all(const std::string& path) {
  OpenFile file(path);
  if (!file.opened()) return problem(path, "cannot be read: " + last_error() + "; check its permissions");
  Bytes contents;
  Bytes chunk(std::size_t{1} << 16, '\0');
  for (;;) {
    const ssize_t got = file.read(chunk.data(), chunk.size());
    if (got < 0) return problem(path, "cannot be read: " + last_error() + "; name another file");
    if (got == 0) return contents;
    contents.append(chunk, 0, static_cast<std::size_t>(got));
    if (contents.size() > kLargest) return problem(path, "is larger than 1 GiB; name a smaller one");
  }
}

}  // namespace

std::string why_not_text(BytesView bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto c = static_cast<unsigned char>(bytes[at]);
    if ((c < 0x20 && !text_control(c)) || c == 0x7F) return byte_at(bytes, at) + " is a control character";
    const std::size_t length = sequence_length(bytes, at);
    if (length == 0) return byte_at(bytes, at) + " is not UTF-8 (iconv converts other encodings)";
    at += length;
  }
  return {};
}

Result<Bytes> read_text_file(const std::string& path) {
  const Status kind = check_kind(path);
  if (!kind.ok()) return kind;
  auto read = read_all(path);
  if (!read.ok()) return read;
  const Bytes& contents = read.value();
  if (contents.empty()) return problem(path, "is empty; name a file with text in it");
  const std::string why = why_not_text(contents);
  if (!why.empty()) return problem(path, "is not a text file: " + why);
  return read;
}

}  // namespace weir::scenarios
