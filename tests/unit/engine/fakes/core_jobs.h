#pragma once

// Small jobs for the tests of graphs and of the sequential interpreter.

#include <sstream>
#include <string>

#include "weir/engine/connectors.h"
#include "weir/engine/stream.h"

namespace weir::engine::fakes {

using Counted = std::pair<std::string, std::int64_t>;

struct CountWords final : KeyedProcessFunction<std::string, std::string, Counted> {
  void open(RuntimeContext& context) override { count = context.get_state<std::int64_t>({"count", 0}); }
  void process_element(const std::string& word, Context&, Collector<Counted>& out) override {
    const std::int64_t n = count.value_or(0) + 1;
    count.update(n);
    out.collect({word, n});
  }
  ValueState<std::int64_t> count;
};

inline void split_words(const std::string& line, Collector<std::string>& out) {
  std::istringstream words(line);
  for (std::string word; words >> word;) out.collect(word);
}

inline const std::string& itself(const std::string& word) { return word; }

// lines -> words -> count by word -> topic "counts"
inline StreamEnvironment word_count_job(std::uint32_t parallelism = 1) {
  StreamEnvironment env("word-count");
  env.set_parallelism(parallelism);
  env.from_source(TextFileSource("text", 3), "lines")
      .uid("lines")
      .flat_map<std::string>(split_words, "words")
      .key_by(itself)
      .process<CountWords>("count")
      .uid("totals")
      .sink_to(TransactionalLogSink<Counted>("counts"), "sink")
      .uid("sink");
  return env;
}

}  // namespace weir::engine::fakes
