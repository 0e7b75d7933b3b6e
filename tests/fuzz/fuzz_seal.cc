// Sealed bytes, whatever is in them: a seal that was altered, cut or lengthened is refused (sealed_bytes.h).
// Input: one byte that chooses what is done, two that say where, one by what; the rest is the body, in half bytes.

#include "fuzz_support.h"
#include "state/sealed_bytes.h"

using namespace weir::engine;
using namespace weir::fuzz;

namespace {

constexpr SealedFormat kFormat{0x5A5A1234u, 3, "fuzzed", 2};

// The fuzzer learns a checksum where it is compared. A body of half bytes has no room for it, so that no cut can fall
// behind a checksum that the fuzzer has written there itself.
Bytes half_bytes(BytesView input) {
  Bytes halves;
  for (const char byte : input) {
    halves.push_back(static_cast<char>(static_cast<unsigned char>(byte) >> 4));
    halves.push_back(static_cast<char>(byte & 0xF));
  }
  return halves;
}

Bytes sealed(BytesView body) {
  ByteBuffer out;
  ByteWriter writer(out);
  open_seal(kFormat, writer);
  writer.raw(body);
  close_seal(writer);
  return writer.bytes();
}

void alter(Bytes& bytes, std::uint8_t how, std::size_t where, char by) {
  const std::size_t at = where % bytes.size();
  const std::size_t other = where / bytes.size() % bytes.size();
  switch (how % 6) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ by);
      return;
    case 1:
      bytes.resize(at);
      return;
    case 2:
      bytes.insert(at, 1, by);
      return;
    case 3:
      bytes.erase(at, 1);
      return;
    case 4:
      std::swap(bytes[at], bytes[other]);
      return;
    case 5:
      bytes.append(bytes.substr(at));
      return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const Bytes body = half_bytes(view(data + 4, size - 4));
  const Bytes whole = sealed(body);
  const auto opened = break_seal(kFormat, whole);
  must(opened.ok() && opened.value() == body, "what was sealed comes back");
  Bytes altered = whole;
  alter(altered, data[0], data[1] | std::size_t{data[2]} << 8, static_cast<char>(data[3]));
  const auto reopened = break_seal(kFormat, altered);
  must(altered == whole || !reopened.ok(), "an altered byte is refused");
  (void)break_seal(kFormat, view(data, size));
  return 0;
}
