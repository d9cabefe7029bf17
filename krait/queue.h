#pragma once
// Queues between threads, and a stack made of two queues. Python: queue
#include "krait/queue/queues.h"
#include "krait/queue/two_queue_stack.h"
