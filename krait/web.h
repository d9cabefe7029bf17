#pragma once
// Serving HTTP. Python: fastapi, starlette, uvicorn.run
#include "krait/json.h"
#include "krait/web/app.h"
#include "krait/web/exceptions.h"
#include "krait/web/files.h"
#include "krait/web/params.h"
#include "krait/web/requests.h"
#include "krait/web/responses.h"
#include "krait/web/routing.h"
#include "krait/web/server.h"
#include "krait/web/sse.h"
