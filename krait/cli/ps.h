#pragma once
// krait ps PID: a row for each task of a live process.
//
//   LOOP  TASK    STATE    FOR    WAITS ON     AT
//   1     main    waiting  12.3s  Task 'cook'  shop.cc:41
//   1     cook    waiting  1.2s   Queue.get    shop.cc:17
//
// Python: python -m asyncio ps PID, 3.14

#include <string>

#include "krait/cli/_family.h"

namespace krait::cli {

// With `verbose` the awaits that each task stands at follow its row. A column of process ids is there when they are several.
std::string ps_text(const Family& family, bool verbose);
// [{"pid", "program", "krait", "loops": [{"loop", "thread", …, "tasks": [{"name", "state", "seconds", "waits_on", "at", "stack"}]}]}]
std::string ps_json(const Family& family);

}  // namespace krait::cli
