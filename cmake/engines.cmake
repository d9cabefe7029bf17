# The libraries that rooms stand on; docs/design.md says why each. krait_ENGINE_package is what find_package() takes,
# krait_ENGINE_target what to link. The installed package reads this file too, for the rooms that are asked for.
set(krait_asio_package Boost 1.81 CONFIG COMPONENTS headers)
set(krait_asio_target Boost::headers)
set(krait_threads_package Threads)
set(krait_threads_target Threads::Threads)
set(krait_backtrace_package GccBacktrace)
set(krait_backtrace_target GccBacktrace::GccBacktrace)
set(krait_openssl_package OpenSSL 3.0)
set(krait_openssl_target OpenSSL::SSL)
set(krait_pcre2_package PCRE2)
set(krait_pcre2_target PCRE2::8BIT)
set(krait_gtest_package GTest)
set(krait_gtest_target GTest::gtest)
