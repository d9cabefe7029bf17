// The bytes of a client, to a server that is before its handshake or after it. The first byte of the input chooses:
// even, the rest is read as it is; odd, the rest follows a true client's first messages, with some of these spoilt.
// Whatever comes, the server throws or waits for more, and what it says goes nowhere. Sanitizers watch for the rest.

#include <cstdint>
#include <string>

#include "krait/ssl.h"
#include "krait/ssl/_authority.h"

namespace {

using namespace krait::ssl;

SSLContext server_context() {
  static const SSLContext context = [] {
    _Folder folder;
    _Issued issued = _Authority::self_signed();
    SSLContext made(PROTOCOL_TLS_SERVER);
    made.load_cert_chain(folder.write("both.pem", issued.certificate + issued.key));
    made.set_alpn_protocols({"h2", "http/1.1"});
    made.set_sni_callback([](SSLObject&, const std::optional<std::string>& name, SSLContext&) {
      return name == "refused" ? std::optional(ALERT_DESCRIPTION_UNRECOGNIZED_NAME) : std::nullopt;
    });
    return made;
  }();
  return context;
}

SSLContext client_context() {
  static const SSLContext context = [] {
    SSLContext made(PROTOCOL_TLS_CLIENT);
    made.set_check_hostname(false);
    made.set_verify_mode(CERT_NONE);
    made.set_alpn_protocols({"h2"});
    return made;
  }();
  return context;
}

bool step(SSLObject& side) {
  try {
    side.do_handshake();
    return true;
  } catch (const SSLError&) {
    return false;
  }
}

void read_all(SSLObject& side) {
  try {
    while (!side.read(4096).empty()) {
    }
  } catch (const SSLError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  std::string rest(reinterpret_cast<const char*>(data + 2), size - 2);
  MemoryBIO in, out;
  SSLObject server = server_context().wrap_bio(in, out, {.server_side = true});
  if (data[0] % 2 == 1) {
    MemoryBIO client_in, client_out;
    SSLObject client = client_context().wrap_bio(client_in, client_out, {.server_hostname = "localhost"});
    step(client);
    std::string hello = client_out.read();
    // Each pair of bytes spoils one of the hello's, where it stands: what a mutation of true bytes would be.
    if (data[1] % 2 == 1) {
      for (std::size_t i = 0; i + 2 < rest.size(); i += 3) {
        auto at = static_cast<std::size_t>(static_cast<unsigned char>(rest[i])) * 256 +
                  static_cast<unsigned char>(rest[i + 1]);
        hello[at % hello.size()] = rest[i + 2];
      }
    }
    in.write(hello);
    step(server);
    client_in.write(out.read());
    if (step(client)) in.write(client_out.read());
  }
  in.write(rest);
  step(server);
  read_all(server);
  in.write_eof();
  read_all(server);
  try {
    server.unwrap();
  } catch (const SSLError&) {
  }
  return 0;
}
