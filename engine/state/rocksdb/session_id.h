#pragma once

// RocksDB marks what a database writes with a session id that it draws from the machine's entropy and lets nobody set.
// Here it is taken out of what goes to checkpoint storage, so that equal runs store equal bytes. RocksDB uses it to
// tell cached blocks apart, for which the numbers of the tables are enough within one database.

#include "weir/engine/bytes.h"

namespace weir::engine {

// Of the properties of a block-based table with CRC32c checksums, which are kept valid.
void erase_session_id(Bytes& table);
// Of the unique ids of tables in a manifest: they become "unknown", which RocksDB does not compare with anything.
void erase_unique_ids(Bytes& manifest);

}  // namespace weir::engine
