#include "krait/urllib/parse/split.h"

#include <gtest/gtest.h>

#include "krait/builtins/exceptions.h"

namespace krait::urllib::parse {
namespace {

using Parts = std::vector<std::string>;

Parts split(std::string_view url, std::string_view scheme = {}, bool allow_fragments = true) {
  try {
    const SplitResult parts = urlsplit(url, scheme, allow_fragments);
    return {parts.scheme, parts.netloc, parts.path, parts.query, parts.fragment};
  } catch (const ValueError& error) {
    return {error.what()};
  }
}

TEST(Urlsplit, takes_a_url_apart) {
  EXPECT_EQ(split("HTTP://u:p@Host:80/a/b;c?d=e?f#g#h"), (Parts{"http", "u:p@Host:80", "/a/b;c", "d=e?f", "g#h"}));
  EXPECT_EQ(split("//host?q"), (Parts{"", "host", "", "q", ""}));
  EXPECT_EQ(split("mailto:a@b"), (Parts{"mailto", "", "a@b", "", ""}));
  EXPECT_EQ(split("path:80"), (Parts{"path", "", "80", "", ""}));
  EXPECT_EQ(split("1a:80"), (Parts{"", "", "1a:80", "", ""}));
  EXPECT_EQ(split(":80"), (Parts{"", "", ":80", "", ""}));
  EXPECT_EQ(split("a#b", "http", false), (Parts{"http", "", "a#b", "", ""}));
  EXPECT_EQ(split(""), (Parts{"", "", "", "", ""}));
}

TEST(Urlsplit, drops_what_browsers_drop) {
  EXPECT_EQ(split("\x01 \nht\ttp://h\r\n/a b "), (Parts{"http", "h", "/a b ", "", ""}));
  EXPECT_EQ(split("a", " ht\ntp "), (Parts{"http", "", "a", "", ""}));
}

TEST(Urlsplit, refuses_an_address_that_is_none) {
  EXPECT_EQ(split("http://[::1]:80/"), (Parts{"http", "[::1]:80", "/", "", ""}));
  for (const char* good : {"[::]", "[1:2:3:4:5:6:7:8]", "[1::8]", "[::1.2.3.4]", "[1:2:3:4:5:6:1.2.3.4]",
                           "[fe80::1%eth0]", "[v1.x]", "[1:2:3:4:5:6:7::]"}) {
    EXPECT_EQ(split(std::string("//") + good).size(), 5u) << good;
  }
  for (const char* bad : {"", "::g", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "::12345", ":1:2:3:4:5:6:7:8",
                          "1:2:3:4:5:6:7:8::", "::1.2.3.256", "::1.2.3.04", "fe80::1%", "fe80::1%a%b", ":::"}) {
    EXPECT_EQ(split("//[" + std::string(bad) + "]"),
              Parts{"'" + std::string(bad) + "' does not appear to be an IPv4 or IPv6 address"});
  }
  EXPECT_EQ(split("//[1.2.3.4]"), Parts{"An IPv4 address cannot be in brackets"});
  EXPECT_EQ(split("//[v.x]"), Parts{"IPvFuture address is invalid"});
  EXPECT_EQ(split("//[::1"), Parts{"Invalid IPv6 URL"});
  EXPECT_EQ(split("//::1]"), Parts{"Invalid IPv6 URL"});
}

TEST(Urlsplit, refuses_characters_that_would_become_delimiters) {
  EXPECT_EQ(split("http://a\u2100b/"), Parts{"netloc 'a\u2100b' contains invalid characters under NFKC normalization"});
  EXPECT_EQ(split("http://a\uff1fb/").size(), 1u);
  EXPECT_EQ(split("http://\u4f8b\u3048.jp/").size(), 5u);
  EXPECT_EQ(split("http://a/\u2100").size(), 5u);
}

std::string port_of(std::string_view netloc) {
  try {
    const auto port = urlsplit("//" + std::string(netloc)).port();
    return port ? std::to_string(*port) : "None";
  } catch (const ValueError& error) {
    return error.what();
  }
}

TEST(SplitResult, knows_what_a_netloc_holds) {
  const SplitResult url = urlsplit("http://a:b:c@d@[FE80::1%Eth0]:8080/");
  EXPECT_EQ(url.username(), "a");
  EXPECT_EQ(url.password(), "b:c@d");
  EXPECT_EQ(url.hostname(), "fe80::1%Eth0");
  EXPECT_EQ(url.port(), 8080);
  const SplitResult bare = urlsplit("http://Example.ORG");
  EXPECT_EQ(bare.username(), std::nullopt);
  EXPECT_EQ(bare.password(), std::nullopt);
  EXPECT_EQ(bare.hostname(), "example.org");
  EXPECT_EQ(urlsplit("http://:80").hostname(), std::nullopt);
  EXPECT_EQ(port_of("h"), "None");
  EXPECT_EQ(port_of("h:"), "None");
  EXPECT_EQ(port_of("h:65536"), "Port out of range 0-65535");
  EXPECT_EQ(port_of("h:99999999999999999999"), "Port out of range 0-65535");
  EXPECT_EQ(port_of("h:8a"), "Port could not be cast to integer value as '8a'");
  EXPECT_EQ(port_of("h:-1"), "Port could not be cast to integer value as '-1'");
}

TEST(Urlparse, sets_parameters_apart_for_the_schemes_that_have_such) {
  EXPECT_EQ(urlparse("http://h/a;b/c;d?e").params, "d");
  EXPECT_EQ(urlparse("http://h/a;b/c").params, "");
  EXPECT_EQ(urlparse("git://h/a;b").params, "");
  EXPECT_EQ(urlparse("tel:1;2;3").params, "2;3");
}

TEST(Geturl, gives_an_equivalent_url) {
  for (const char* url :
       {"http://a/b;c?d#e", "file:///etc", "mailto:x", "//h/p", "/p", "http:p", "////x", "urn:a:b", "x"}) {
    EXPECT_EQ(urlsplit(url).geturl(), url);
    EXPECT_EQ(urlparse(url).geturl(), url);
  }
  EXPECT_EQ(urlsplit("http://h?#").geturl(), "http://h");
  EXPECT_EQ(urlsplit("http:///p").geturl(), "http:///p");
  SplitResult parts;
  parts.netloc = "h";
  parts.path = "p";
  EXPECT_EQ(parts.geturl(), "//h/p");
}

TEST(Urldefrag, cuts_the_fragment_off) {
  EXPECT_EQ(urldefrag("http://h/a?b#c"), (DefragResult{"http://h/a?b", "c"}));
  EXPECT_EQ(urldefrag("http://h/a"), (DefragResult{"http://h/a", ""}));
  EXPECT_EQ(urldefrag("http://h/a#").geturl(), "http://h/a");
}

}  // namespace
}  // namespace krait::urllib::parse
