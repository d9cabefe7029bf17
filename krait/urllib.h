#pragma once
// Python: urllib, of which its parse is here. What opens URLs is krait::client.
#include "krait/urllib/parse.h"
