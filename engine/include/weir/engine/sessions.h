#pragma once

// Ready part: a keyed stream cut into sessions. A session ends when nothing comes of its key for `gap` of event time;
// then it is emitted as a whole.
//
//   clicks.key_by(user) → sessionise<Before>(keyed, 30min)

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "weir/engine/stream.h"

namespace weir::engine {

template <class K, class T>
struct Session {
  K key{};
  std::int64_t from = 0;  // time of the first event, milliseconds
  std::int64_t to = 0;    // and of the last
  std::vector<T> events;
  static constexpr auto fields() { return std::tuple{&Session::key, &Session::from, &Session::to, &Session::events}; }
  static constexpr auto field_names() { return std::array{"key", "from", "to", "events"}; }
};

namespace detail {

template <class K, class T, class Before>
WindowFunction<K, std::vector<T>, Session<K, T>> session_of_window(std::chrono::milliseconds gap) {
  return [gap](const K& key, const TimeWindow& window, const std::vector<T>& events, Collector<Session<K, T>>& out) {
    Session<K, T> session{key, window.start, window.end - gap.count(), events};
    std::stable_sort(session.events.begin(), session.events.end(), Before{});
    out.collect(session);
  };
}

}  // namespace detail

// `Before` orders the events of a session; with a total order, a session does not depend on the order of arrival.
template <class Before, class T, class K, class Selector>
DataStream<Session<K, T>> sessionise(const KeyedStream<T, K, Selector>& stream, std::chrono::milliseconds gap,
                                     std::string name = "sessions") {
  return stream.window(session_windows(TimeDomain::Event, gap))
      .template process<Session<K, T>>(detail::session_of_window<K, T, Before>(gap), std::move(name));
}

}  // namespace weir::engine
