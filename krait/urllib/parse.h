#pragma once
// URLs: taking them apart, putting them together, quoting what stands in them.
//
//   namespace parse = krait::urllib::parse;
//   auto url = parse::urlsplit("https://ada@example.org:8443/menu?dish=tea#top");
//   url.hostname();                                     // "example.org"
//   parse::urljoin("https://example.org/a/b", "../c");  // "https://example.org/c"
//   parse::quote("a b/c");                              // "a%20b/c"
//   parse::parse_qs("a=1&a=2")["a"];                    // {"1", "2"}
//
// Text is UTF-8. Python: urllib.parse
#include "krait/urllib/parse/join.h"
#include "krait/urllib/parse/query.h"
#include "krait/urllib/parse/quote.h"
#include "krait/urllib/parse/split.h"
