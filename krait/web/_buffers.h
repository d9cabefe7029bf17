#pragma once
// Text buffers that responses leave behind, for the next ones: a warmed-up server makes a Response without an allocation.
// They are kept by thread, a few, and none that has grown large.

#include <string>

namespace krait::web {

// Gives `text`, which is empty and holds no memory of its own, that of a spare buffer if there is one.
void _use_spare_buffer(std::string& text) noexcept;
// Keeps the memory of `text`, whose content is lost.
void _keep_spare_buffer(std::string& text) noexcept;

}  // namespace krait::web
