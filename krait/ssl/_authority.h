#pragma once
// An authority that issues certificates, for tests: what trustme is to Python's. Its keys are new each time, so that
// nobody comes to trust one.

#include <string>
#include <vector>

#include "krait/ssl/context.h"

namespace krait::ssl {

// PEM texts.
struct _Issued {
  std::string certificate, key;
};

struct _IssueOptions {
  std::vector<std::string> names = {"localhost", "127.0.0.1"};  // of hosts; numbers are addresses
  std::string common_name = "krait test";
  // Whole days from now.
  int valid_from = -1, valid_until = 30;
  std::string password = "";                 // the key is encrypted when there is one
  std::vector<std::string> extensions = {};  // "authorityInfoAccess=OCSP;URI:http://ocsp.test/"
};

class _Authority {
 public:
  explicit _Authority(std::string name = "krait test authority");
  // What clients are to trust.
  const std::string& certificate() const noexcept { return own_.certificate; }
  _Issued issue(const _IssueOptions& options = {}) const;

  static _Issued self_signed(const _IssueOptions& options = {});

 private:
  _Issued own_;
};

// A temporary folder with a file of each text; gone with it.
class _Folder {
 public:
  _Folder();
  _Folder(const _Folder&) = delete;
  _Folder& operator=(const _Folder&) = delete;
  ~_Folder();
  const std::string& path() const noexcept { return path_; }
  // Gives the path of the file.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

// An authority, a server with a certificate of its, and a client that trusts it.
class _Site {
 public:
  _Site();
  const _Authority authority;
  const _Folder folder;
  const std::string authority_file, good_file;
  // Gives the path of a file with certificate and key.
  std::string write(const std::string& name, const _Issued& issued) const;
  SSLContext server(const std::string& file) const;
  SSLContext server() const { return server(good_file); }
  SSLContext client() const;
};
// Made once a program: keys take their time.
const _Site& _site();

}  // namespace krait::ssl
