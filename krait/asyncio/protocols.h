#pragma once
// What the loop calls on whoever speaks a protocol over a transport. Python: asyncio.protocols

#include <exception>
#include <memory>
#include <string>

#include "krait/asyncio/addresses.h"

namespace krait::asyncio {

class DatagramTransport;

// All of these do nothing until overridden, and are called in the loop. What they throw is reported, and concerns nobody
// else. Python: asyncio.DatagramProtocol
class DatagramProtocol {
 public:
  virtual ~DatagramProtocol() = default;
  // Called first, once. The transport may be kept: it lets go of the protocol when it is closed.
  virtual void connection_made(std::shared_ptr<DatagramTransport>) {}
  // One datagram, which may be empty, and who sent it.
  virtual void datagram_received(std::string /*data*/, SocketAddress /*addr*/) {}
  // Sending or receiving failed, and goes on: ConnectionRefusedError when nobody listens at the other end.
  virtual void error_received(std::exception_ptr) {}
  // Called last, once; null after close() and abort().
  virtual void connection_lost(std::exception_ptr) {}
  // Between these two, more is waiting to be sent than is good.
  virtual void pause_writing() {}
  virtual void resume_writing() {}
};

}  // namespace krait::asyncio
