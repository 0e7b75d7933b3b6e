#pragma once

// The same work for many items, on many threads.

#include <cstddef>
#include <cstdint>
#include <functional>

namespace weir::scenarios {

// `wanted` threads, or as many as there are cores (0).
std::uint32_t thread_count(std::uint32_t wanted);

// Does one item after the other; made on the calling thread, used on one thread.
using ItemWorker = std::function<void(std::size_t item)>;

// Calls each item of [0, items) once, on `thread_count(threads)` threads, each with a worker of its
// own. `done` is called now and then with the number of items done, from the calling thread, which works too. After the
// first exception no further item is begun; that of the smallest item is thrown again when all threads have ended.
void for_each_item(std::size_t items, std::uint32_t threads, const std::function<ItemWorker()>& make_worker,
                   const std::function<void(std::size_t)>& done);

}  // namespace weir::scenarios
