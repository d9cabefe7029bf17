// What ThreadSanitizer must be told in every test.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)

extern "C" {

// An exception that one thread threw and another drops last: its count is atomic, but within libstdc++, where TSan cannot
// see it.
const char* __tsan_default_suppressions() { return "race:std::__exception_ptr::exception_ptr::_M_release\n"; }

// A forked child may start threads. TSan's own state survives a fork as long as no thread is within its runtime, which its
// fork handlers see to.
const char* __tsan_default_options() { return "die_after_fork=0"; }
}

#endif
#endif
