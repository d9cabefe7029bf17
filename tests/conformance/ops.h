#pragma once
// What krait-conform answers, besides aio.run: an op's name and what answers it. A room's ops stand in a file of their own.

#include <map>
#include <string_view>

#include "krait/json.h"

namespace krait::conformance {

// Takes the request, gives what stands under "ok". What it throws stands under "error".
using Op = json::Value (*)(const json::Value& request);
using Ops = std::map<std::string_view, Op>;

Ops http_ops();      // http.status, http.members, http.media, http.date, http.formatdate
Ops codec_ops();     // http.request, json.loads
Ops json_ops();      // json.decode, json.dumps
Ops argparse_ops();  // argparse.run, argparse.help
Ops time_ops();      // time.*, datetime.*
Ops datetime_ops();  // timedelta.*, datetime.apply, zoneinfo.look
Ops logging_ops();   // logging.message, logging.format, logging.rollover
Ops url_ops();       // url.split and its kin, form.parse, cookie.parse
Ops re_ops();        // re.*

}  // namespace krait::conformance
