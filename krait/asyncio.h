#pragma once
// Python: asyncio
#include "krait/asyncio/coroutines.h"
#include "krait/asyncio/events.h"
#include "krait/asyncio/exceptions.h"
#include "krait/asyncio/futures.h"
#include "krait/asyncio/gather.h"
#include "krait/asyncio/locks.h"
#include "krait/asyncio/queues.h"
#include "krait/asyncio/runners.h"
#include "krait/asyncio/streams.h"
#include "krait/asyncio/tasks.h"
#include "krait/asyncio/timeouts.h"
#include "krait/asyncio/wait.h"
