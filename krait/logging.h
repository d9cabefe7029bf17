#pragma once
// Logging, as Python has it: a tree of loggers, levels, handlers, filters, formatters. Handlers that rotate files, or that
// hand records to another thread, are in <krait/logging/handlers.h>. Python: logging
//
//   logging::basicConfig({.format = "%(asctime)s %(levelname)-8s %(message)s", .level = logging::INFO});
//   auto& log = logging::getLogger("shop");
//   log.info("%d dumplings for %s", 12, "Ada");
#include "krait/logging/adapter.h"
#include "krait/logging/filter.h"
#include "krait/logging/formatter.h"
#include "krait/logging/handler.h"
#include "krait/logging/levels.h"
#include "krait/logging/logger.h"
#include "krait/logging/record.h"
#include "krait/logging/streams.h"
#include "krait/logging/value.h"
