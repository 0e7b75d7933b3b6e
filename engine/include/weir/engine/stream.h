#pragma once

// The DataStream API: build a job by chaining calls, as in Flink.
//
//   StreamEnvironment env("word-count");
//   env.enable_checkpointing(5s);
//   env.from_source(LogSource<std::string>("words"), "kafka-source").uid("kafka-source")
//      .key_by([](const std::string& word) -> const std::string& { return word; })
//      .process<CountWords>("count").uid("keyed-process")
//      .sink_to(TransactionalLogSink<std::string>("counts"), "sink").uid("sink");

#include <memory>
#include <string>
#include <utility>

#include "weir/engine/data_stream.h"
#include "weir/engine/graph_builder.h"
#include "weir/engine/keyed_stream.h"
#include "weir/engine/stream_environment.h"

namespace weir::engine {

template <class Source>
DataStream<typename Source::Record> StreamEnvironment::from_source(Source source, std::string name) {
  StreamNode made;
  made.name = std::move(name);
  made.source = true;
  made.output = std::make_shared<StreamTypeOf<typename Source::Record>>();
  made.factory = detail::factory_of([source] { return source.create(); });
  return DataStream<typename Source::Record>(*this, detail::GraphBuilder(*this, std::move(made)).node());
}

}  // namespace weir::engine
