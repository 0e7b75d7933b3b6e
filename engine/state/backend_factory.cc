#include "state/backend_factory.h"

#include "state/heap_backend.h"
#include "state/rocksdb/rocks_backend.h"

namespace weir::engine {

Backend make_backend(const BackendRequest& request) {
  switch (request.kind) {
    case StateBackendKind::Heap:
      return {
          make_heap_backend(request.range, &request.environment.clock, request.environment.defects, request.changelog),
          nullptr};
    case StateBackendKind::RocksDb:
      return make_rocks_backend(request);
  }
  fail_invariant("request.kind", "unknown state backend", __FILE__, __LINE__);
}

}  // namespace weir::engine
