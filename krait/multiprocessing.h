#pragma once
// Python: multiprocessing
#include "krait/multiprocessing/process.h"
#include "krait/multiprocessing/queues.h"
#include "krait/multiprocessing/reduction.h"
#include "krait/multiprocessing/synchronize.h"
