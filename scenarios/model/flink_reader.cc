#include "model/flink_reader.h"

#include <optional>
#include <utility>

#include "model/fields.h"
#include "model/flink_keys.h"
#include "model/key_values.h"
#include "model/suggest.h"

namespace weir::scenarios {
namespace {

constexpr std::string_view kTable = "flink";
constexpr std::string_view kStart = "flink.";
constexpr std::string_view kDirectory = "execution.checkpointing.dir";

bool is_flink(const Entry& entry) { return entry.path == kTable || entry.path.compare(0, kStart.size(), kStart) == 0; }

bool has_text(ValueKind kind) {
  return kind == ValueKind::Integer || kind == ValueKind::Boolean || kind == ValueKind::Text ||
         kind == ValueKind::Number;
}

ValueKind kind_for(KeyType type) {
  if (type == KeyType::Integer) return ValueKind::Integer;
  return type == KeyType::Boolean ? ValueKind::Boolean : ValueKind::Text;
}

std::string unknown(const std::string& name) {
  const std::string what = "unknown Flink key " + in_quotes(name);
  if (spec_key(name) != nullptr) return what + ": it is weir's own and stands outside of [flink]";
  return what + suggestion(name, flink_names());
}

struct Given {
  std::string present;
  std::string name;  // as the file spells it
  Place place;
};

class Reader {
 public:
  Reader(Document& document, Problems& problems, Problems& warnings, std::vector<std::string>& notes)
      : document_(document), problems_(problems), warnings_(warnings), notes_(notes) {}

  void read() {
    std::vector<Entry> flink;
    std::vector<Entry> own;
    for (Entry& entry : document_.entries) (is_flink(entry) ? flink : own).push_back(std::move(entry));
    document_.entries = std::move(own);
    for (const Entry& entry : flink) {
      if (is_shape(entry)) continue;
      take(entry.path.substr(kStart.size()), entry);
    }
    for (Entry& entry : translated_) document_.entries.push_back(std::move(entry));
    check_directory();
  }

 private:
  // The table itself, and tables that dotted keys make.
  bool is_shape(const Entry& entry) {
    const bool table = entry.value.kind == ValueKind::Table;
    if (entry.path == "flink.0" && table) {
      problems_.add(entry.value.place, "Flink's keys stand below one [flink], with single brackets");
    } else if (entry.path == kTable && !table) {
      problems_.add(entry.value.place, "'flink' is a section: write [flink] and Flink's keys below it");
      return true;
    }
    return table;
  }

  void take(const std::string& name, const Entry& entry) {
    const std::string_view present = present_name(name);
    const FlinkKey* key = flink_key(present);
    if (key == nullptr) return problems_.add(entry.key_place, unknown(name));
    if (present != name) {
      warnings_.add(entry.key_place, "warning: " + in_quotes(name) + " is an old name of " + in_quotes(present));
    }
    if (!is_first(present, name, entry.key_place)) return;
    if (key->use == FlinkUse::Unmodelled) {
      return problems_.add(entry.key_place, in_quotes(name) + " is not modelled: " + std::string(key->why));
    }
    if (const auto text = text_of(name, entry.value)) use(*key, name, *text, entry);
  }

  bool is_first(std::string_view present, const std::string& name, const Place& place) {
    for (const Given& given : given_) {
      if (given.present != present) continue;
      const std::string as = given.name == name ? "" : " as " + in_quotes(given.name);
      problems_.add(place,
                    in_quotes(name) + " is also given at " + given.place.text() + as + "; remove one of the two");
      return false;
    }
    given_.push_back({std::string(present), name, place});
    return true;
  }

  std::optional<std::string> text_of(const std::string& name, const Value& value) {
    if (has_text(value.kind)) return value.text;
    problems_.add(value.place, name + ": expected a single value, not " + std::string(described(value.kind)));
    return std::nullopt;
  }

  void use(const FlinkKey& key, const std::string& name, const std::string& text, const Entry& entry) {
    if (key.use == FlinkUse::Sets) return set(key, name, text, entry);
    const bool accepted = key.use == FlinkUse::Ignored || lower_case(trimmed(text)) == key.words;
    if (accepted) return note(entry, name + " = " + text + " changes nothing: " + std::string(key.why));
    problems_.add(entry.value.place, name + ": " + in_quotes(text) + " is not modelled, only " + in_quotes(key.words) +
                                         " is: " + std::string(key.why));
  }

  void set(const FlinkKey& key, const std::string& name, const std::string& text, const Entry& entry) {
    if (is_own(key, name, entry.key_place)) return;
    auto read = weir_value(key.form, key.words, text);
    if (!read.ok()) return problems_.add(entry.value.place, name + ": " + read.status().message());
    const SpecKey& own = *spec_key(key.sets);
    Value value{kind_for(own.type), std::move(read).value(), {}, entry.value.place};
    RunSpec trial;
    const engine::Status status = set_from_value(trial, own, value);
    if (!status.ok()) {
      return problems_.add(value.place, name + " (" + std::string(key.sets) + "): " + status.message());
    }
    note(entry, name + " = " + text + " is " + std::string(key.sets) + " = " + value.text);
    translated_.push_back({std::string(key.sets), std::move(value), entry.key_place});
  }

  bool is_own(const FlinkKey& key, const std::string& name, const Place& place) {
    for (const Entry& entry : document_.entries) {
      if (entry.path != key.sets || entry.value.kind == ValueKind::Table) continue;
      problems_.add(place, in_quotes(name) + " is " + std::string(key.sets) + ", which is also given at " +
                               entry.key_place.text() + "; remove one of the two");
      return true;
    }
    return false;
  }

  // Flink writes the metadata of the JobManager's checkpoints to a directory that is given; here they have no files.
  void check_directory() {
    const Value* storage = document_.find("checkpoint.storage");
    if (storage == nullptr || storage->text != "jobmanager") return;
    for (const Given& given : given_) {
      if (given.present != kDirectory) continue;
      problems_.add(given.place, in_quotes(given.name) + " is not modelled: checkpoints that the JobManager keeps (" +
                                     storage->place.text() + ") have no files; remove one of the two");
    }
  }

  void note(const Entry& entry, const std::string& what) { notes_.push_back(entry.key_place.text() + ": " + what); }

  Document& document_;
  Problems& problems_;
  Problems& warnings_;
  std::vector<std::string>& notes_;
  std::vector<Given> given_;
  std::vector<Entry> translated_;
};

}  // namespace

void translate_flink(Document& document, Problems& problems, Problems& warnings, std::vector<std::string>& notes) {
  Reader(document, problems, warnings, notes).read();
}

}  // namespace weir::scenarios
