#pragma once
// Python: concurrent.futures
#include "krait/concurrent/futures/executor.h"
#include "krait/concurrent/futures/future.h"
#include "krait/concurrent/futures/process.h"
#include "krait/concurrent/futures/thread.h"
#include "krait/concurrent/futures/waiting.h"
