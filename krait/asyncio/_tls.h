#pragma once
// TLS between a stream and the transport that carries it. Python: asyncio.sslproto

#include "krait/asyncio/_transport.h"
#include "krait/ssl/objects.h"

namespace krait::asyncio {

struct _TlsOptions {
  ssl::WrapOptions wrap;
  nanoseconds handshake_timeout = std::chrono::seconds(60);
  nanoseconds shutdown_timeout = std::chrono::seconds(30);
};

// A session over `raw`, with its handshake done; `ahead` was read from `raw` already. However it fails or is cancelled,
// `raw` is closed. Throws ssl::SSLError and its kin, ConnectionResetError when the peer ends the connection,
// ConnectionAbortedError after the handshake's timeout.
Coroutine<std::shared_ptr<_Transport>> _start_tls(std::shared_ptr<_Transport> raw, ssl::SSLContext context,
                                                  _TlsOptions options, std::string ahead = {});

}  // namespace krait::asyncio
