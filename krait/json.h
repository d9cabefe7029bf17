#pragma once
// JSON. Python: json, and the part of pydantic that reads models.
#include "krait/builtins/describe.h"
#include "krait/json/decoder.h"
#include "krait/json/encoder.h"
#include "krait/json/validation.h"
#include "krait/json/value.h"
