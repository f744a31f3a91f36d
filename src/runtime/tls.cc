#include "runtime/tls.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/check.h"

namespace mq::runtime {
namespace {

constexpr long kValidSeconds = 825L * 24 * 3600;

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Memory = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> out{};
  return inet_pton(AF_INET, host.c_str(), out.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), out.data()) == 1;
}

bool is_host_name(const std::string& host) {
  return !host.empty() && host.size() <= 253 &&
         std::all_of(host.begin(), host.end(), [](unsigned char c) {
           return (c < 0x80 && std::isalnum(c) != 0) || c == '-' || c == '.';
         });
}

void add_extension(X509* certificate, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
  MQ_CHECK(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

Certificate sign_certificate(EVP_PKEY* key, const std::string& names) {
  Certificate certificate(X509_new());
  MQ_CHECK(certificate != nullptr);
  auto* const raw = certificate.get();
  std::uint64_t serial = 0;
  MQ_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
  X509_set_version(raw, X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(raw), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(raw), -3600);  // clocks of phones differ
  X509_gmtime_adj(X509_getm_notAfter(raw), kValidSeconds - 3600);
  auto* const subject = X509_get_subject_name(raw);
  const auto* const common = reinterpret_cast<const unsigned char*>("Mianqian self-signed");
  MQ_CHECK(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common, -1, -1, 0) == 1);
  X509_set_issuer_name(raw, subject);
  X509_set_pubkey(raw, key);
  add_extension(raw, NID_subject_alt_name, names);
  add_extension(raw, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(raw, NID_key_usage, "critical,digitalSignature");
  add_extension(raw, NID_ext_key_usage, "serverAuth");
  MQ_CHECK(X509_sign(raw, key, EVP_sha256()) > 0);
  return certificate;
}

std::string pem_text(BIO* memory) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

Status write_file(const std::string& path, const std::string& text, mode_t mode) {
  // Removed first: an existing file would keep its own, maybe wider, permissions.
  ::unlink(path.c_str());
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) return Error(TlsErrc::cannot_write, path);
  const bool written = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (::close(file) != 0 || !written) return Error(TlsErrc::cannot_write, path);
  return ok();
}

}  // namespace

Status make_self_signed(const std::string& certificate_path, const std::string& key_path,
                        const std::vector<std::string>& hosts) {
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  for (const auto& host : hosts) {
    if (!is_address(host) && !is_host_name(host)) return Error(TlsErrc::invalid_host, host);
    names += (is_address(host) ? ",IP:" : ",DNS:") + host;
  }
  const Key key(EVP_EC_gen("P-256"));
  MQ_CHECK(key != nullptr);
  const auto certificate = sign_certificate(key.get(), names);
  const Memory certificate_pem(BIO_new(BIO_s_mem())), key_pem(BIO_new(BIO_s_mem()));
  MQ_CHECK(PEM_write_bio_X509(certificate_pem.get(), certificate.get()) == 1);
  MQ_CHECK(PEM_write_bio_PKCS8PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                         nullptr) == 1);
  MQ_REQUIRE(write_file(key_path, pem_text(key_pem.get()), 0600));
  return write_file(certificate_path, pem_text(certificate_pem.get()), 0644);
}

}  // namespace mq::runtime
