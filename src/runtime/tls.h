// A certificate for a machine that has none: the demo's and the tests'. Production brings its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mq::runtime {

enum class TlsErrc { cannot_write, invalid_host };
BOOST_DESCRIBE_ENUM(TlsErrc, cannot_write, invalid_host)
constexpr std::string_view error_domain(TlsErrc) { return "tls"; }

// Writes a new EC P-256 key (mode 0600) and a certificate it signed itself, both PEM, valid 825 days (the
// most that browsers accept) for `hosts`, localhost, 127.0.0.1 and ::1. Existing files are replaced.
// Errors: invalid_host (not a host name or address), cannot_write.
Status make_self_signed(const std::string& certificate_path, const std::string& key_path,
                        const std::vector<std::string>& hosts);

}  // namespace mq::runtime
