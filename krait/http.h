#pragma once
// HTTP's plain values: statuses, methods, dates, header fields. Nothing here waits or knows of a connection.
// Python: the module `http`, the HTTP dates of django.utils.http, the Content-Type of email.message, the dates of email.utils

#include "krait/http/cookies.h"
#include "krait/http/dates.h"
#include "krait/http/email_dates.h"
#include "krait/http/fields.h"
#include "krait/http/forms.h"
#include "krait/http/media_types.h"
#include "krait/http/methods.h"
#include "krait/http/status.h"
