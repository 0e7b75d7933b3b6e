#include "campaign/guarded.h"

#include <new>

#include "weir/engine/assert.h"
#include "weir/engine/operator.h"

namespace weir::scenarios {

std::string in_words(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const engine::InvariantViolation& v) {
    return "an assertion of weir failed: " + v.message + " (" + v.expression + ", " + v.file + ":" +
           std::to_string(v.line) + ")";
  } catch (const engine::OperatorFailure& failure) {
    return failure.message + " (" + std::string(engine::name(failure.cause)) + ")";
  } catch (const std::bad_alloc&) {
    return "out of memory";
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "something that is no std::exception";
  }
}

}  // namespace weir::scenarios
