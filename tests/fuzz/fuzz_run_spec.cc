// Run specs, which people paste (run_spec.h), and the text form of faults in them.

#include "fuzz_support.h"
#include "weir/scenarios/run_spec.h"

using namespace weir::scenarios;
using namespace weir::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const AllocationLimit limit(size);
  survives([&] {
    const auto spec = parse_run_spec(view(data, size));
    if (!spec.ok()) return must(!spec.status().message().empty(), "a refusal says why");
    for (const std::string& text : {to_text(spec.value()), to_line(spec.value())}) {
      const auto again = parse_run_spec(text);
      must(again.ok() && again.value() == spec.value(), "a spec is what its text says");
    }
  });
  return 0;
}
