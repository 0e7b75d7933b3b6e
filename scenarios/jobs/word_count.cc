// Lines of a file, or generated ones → words in lower case → count per word → "word: n".

#include <cstdint>
#include <string>

#include "jobs/built_in.h"
#include "jobs/generate.h"
#include "weir/engine/connectors.h"

namespace weir::scenarios {
namespace {

using namespace engine;

constexpr char kLines[] = "lines";
constexpr char kCounts[] = "counts";
constexpr std::uint64_t kMostWordsPerLine = 12;

// Letters and digits make words, and so does every byte of a character beyond ASCII.
bool in_word(unsigned char c) {
  return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

void split_words(const std::string& line, Collector<std::string>& out) {
  std::string word;
  for (const char c : line) {
    if (in_word(static_cast<unsigned char>(c))) {
      word += lower(c);
    } else if (!word.empty()) {
      out.collect(word);
      word.clear();
    }
  }
  if (!word.empty()) out.collect(word);
}

class CountWords : public KeyedProcessFunction<std::string, std::string, std::string> {
 public:
  void open(RuntimeContext& context) override {
    count_ = context.get_state(ValueStateDescriptor<std::int64_t>{"count"});
  }
  void process_element(const std::string& word, Context&, Collector<std::string>& out) override {
    const std::int64_t count = count_.value_or(0) + 1;
    count_.update(count);
    out.collect(word + ": " + std::to_string(count));
  }

 private:
  ValueState<std::int64_t> count_;
};

DataStream<std::string> lines(StreamEnvironment& env, const JobRef& ref) {
  if (ref.input.empty()) return env.from_source(LogSource<std::string>(kLines), "lines");
  return env.from_source(TextFileSource(ref.input, ref.parallelism), "lines");
}

void build(StreamEnvironment& env, const JobRef& ref) {
  lines(env, ref)
      .uid("lines")
      .flat_map<std::string>(split_words, "words")
      .uid("words")
      .key_by([](const std::string& word) -> const std::string& { return word; })
      .process<CountWords>("counts")
      .uid("counts")
      .sink_to(TransactionalLogSink<std::string>(kCounts), "sink")
      .uid("sink");
}

std::string generated_line(const JobRef& ref, sim::RandomStream& random) {
  std::string line;
  for (std::uint64_t n = random.between(1, kMostWordsPerLine); n > 0; --n) {
    if (!line.empty()) line += ' ';
    line += nth_word(random.below(ref.keys));
  }
  return line;
}

sim::Workload workload(const JobRef& ref, const Bytes& contents) {
  sim::Workload made;
  made.output_topics = {kCounts};
  if (ref.input.empty()) {
    made.topics = {
        generated_topic(kLines, ref, [&](sim::RandomStream& random) { return generated_line(ref, random); })};
  } else {
    made.files = {{ref.input, contents}};
  }
  return made;
}

}  // namespace

JobDefinition word_count() {
  return {"word-count", "counts the words of a text file, or of generated lines", true, {}, build, workload};
}

}  // namespace weir::scenarios
