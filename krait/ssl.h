#pragma once
// Python: ssl
#include "krait/ssl/certificates.h"
#include "krait/ssl/constants.h"
#include "krait/ssl/context.h"
#include "krait/ssl/exceptions.h"
#include "krait/ssl/objects.h"
#include "krait/ssl/sockets.h"
