#pragma once
// HTTP/1.1 for a server, without input or output: bytes in, events out, bytes.
//
//   h1::ServerConnection connection;
//   connection.receive_data("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
//   if (connection.next_event() == h1::Event::Request) connection.send_response(out, {.status = 200}, "Hello!\n");
//
// Python: h11

#include "krait/wire/h1/connection.h"
#include "krait/wire/h1/errors.h"
#include "krait/wire/h1/head.h"
#include "krait/wire/h1/limits.h"
#include "krait/wire/h1/messages.h"
#include "krait/wire/h1/writer.h"
