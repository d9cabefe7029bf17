#pragma once
// krait pstree PID: who waits for whom in a live process.
//
//   Loop 1 of shop (pid 4711, thread 4711): 2 tasks, asleep
//   └── Task 'main' waits on Task 'cook' for 12.3s
//       ├── File "/src/shop.cc", line 41, in Coroutine<> main()
//       └── Task 'cook' waits on Queue.get for 1.2s
//           └── File "/src/shop.cc", line 17, in Coroutine<> cook()
//
// The roots are the tasks that no other waits for. Tasks that wait for each other in a circle have no root: each circle is
// named in a line of its own, and then shown once around. Departs from Python, which shows nothing when there is one.
// Python: python -m asyncio pstree PID, 3.14

#include <string>

#include "krait/cli/_family.h"

namespace krait::cli {

std::string pstree_text(const Family& family);
// As ps_json has it, but a loop has "roots" instead of "tasks", each task "awaits": [task…], and the loop "cycles": [[name…]].
std::string pstree_json(const Family& family);

}  // namespace krait::cli
