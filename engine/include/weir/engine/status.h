#pragma once

// Foreseen misfortune as a value: a refused write, a missing file, a fenced producer.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "weir/engine/assert.h"

namespace weir::engine {

enum class StatusCode : unsigned char {
  Ok,
  NotFound,     // the file, transaction or partition does not exist
  Unavailable,  // the other side refused or cannot be reached; nothing was applied
  Unknown,      // the outcome is not known: applied or not (RP-1)
  Fenced,       // a newer epoch owns the resource; the caller is a zombie
  Corrupt,      // bytes that do not decode
  Invalid,      // the user's input cannot be used; the message has place and remedy
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message)
      : code_(code), message_(std::make_shared<const std::string>(std::move(message))) {}
  bool ok() const { return code_ == StatusCode::Ok; }
  StatusCode code() const { return code_; }
  const std::string& message() const {
    static const std::string kNone;
    return message_ != nullptr ? *message_ : kNone;
  }

 private:
  StatusCode code_ = StatusCode::Ok;
  std::shared_ptr<const std::string> message_;  // null when there is none, so that success costs nothing
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}         // NOLINT: a value is a result
  Result(Status status) : status_(std::move(status)) {  // NOLINT: so is a misfortune
    WEIR_ASSERT(!status_.ok(), "an error result needs an error");
  }
  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }
  const T& value() const& {
    WEIR_ASSERT(ok(), status_.message());
    return *value_;
  }
  T& value() & {
    WEIR_ASSERT(ok(), status_.message());
    return *value_;
  }
  T&& value() && {
    WEIR_ASSERT(ok(), status_.message());
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
  Status status_;
};

}  // namespace weir::engine
