// The whole product's migrations, in order. Private to app/.
#pragma once

#include <vector>

#include "storage/storage.h"

namespace mq::app {

const std::vector<storage::Migration>& data_migrations();
const std::vector<storage::Migration>& key_migrations();

}  // namespace mq::app
