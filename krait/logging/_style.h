#pragma once
// The three languages of formats. Python: logging.PercentStyle, StrFormatStyle, StringTemplateStyle

#include <memory>
#include <string>

#include "krait/logging/_percent.h"
#include "krait/logging/record.h"

namespace krait::logging {

class _Style {
 public:
  virtual ~_Style();
  virtual bool uses_time() const = 0;
  virtual void validate() const = 0;
  // Throws KeyError for an unknown field.
  virtual std::string format(const _Mapping& record) const = 0;

  const std::string fmt;
  const Dict defaults;

 protected:
  _Style(std::string fmt, Dict defaults) : fmt(std::move(fmt)), defaults(std::move(defaults)) {}
};

// Throws ValueError "Style must be one of: %,{,$".
std::unique_ptr<_Style> _make_style(char style, std::string fmt, Dict defaults);
// The format of basicConfig in a style; throws as well.
std::string_view _basic_format(char style);

// Python: fmt.format(**mapping), and what logging checks of such a format: throws ValueError.
std::string _braces(std::string_view format, const _Mapping& mapping);
void _validate_braces(std::string_view format);
// Python: format(value, spec)
std::string _format_value(const Value& value, std::string_view spec);

// Python: string.Template(fmt).substitute(**mapping)
std::string _substitute(std::string_view format, const _Mapping& mapping);
void _validate_template(std::string_view format);

}  // namespace krait::logging
