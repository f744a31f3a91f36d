#include "runtime/tls.h"

#include <openssl/ssl.h>
#include <sys/stat.h>

#include "runtime/http_testing.h"

namespace mq::runtime::testing {
namespace {

class TlsTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    const auto base = ::testing::TempDir() + "mq_tls_" + std::to_string(getpid());
    settings_.tls_certificate = base + ".crt";
    settings_.tls_key = base + ".key";
    settings_.tls_port = 0;
    ASSERT_TRUE(make_self_signed(settings_.tls_certificate, settings_.tls_key, {"loan.example"}).ok());
  }
  void TearDown() override {
    ServerTest::TearDown();
    ::unlink(settings_.tls_certificate.c_str());
    ::unlink(settings_.tls_key.c_str());
  }

  // Shakes hands as a client with exactly this version, trusting our certificate as `host`.
  bool handshake(int version, const char* host) const {
    using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
    using Session = std::unique_ptr<SSL, decltype(&SSL_free)>;
    const Context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_min_proto_version(context.get(), version);
    SSL_CTX_set_max_proto_version(context.get(), version);
    SSL_CTX_load_verify_file(context.get(), settings_.tls_certificate.c_str());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    const Session session(SSL_new(context.get()), SSL_free);
    SSL_set1_host(session.get(), host);
    const RawClient client(server_->tls_port());
    SSL_set_fd(session.get(), client.handle());
    return SSL_connect(session.get()) == 1;
  }

  HttpServerSettings settings_;
};

TEST_F(TlsTest, ServesTheSameRoutesOverTls13) {
  start(settings_);
  const auto response = http_send({.url = "https://127.0.0.1:" +
                                          std::to_string(server_->tls_port()) + "/v1/people/1",
                                   .insecure = true});
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->body, "1|127.0.0.1|tls");
  EXPECT_NE(find_header(response->headers, "Strict-Transport-Security"), std::nullopt);
  EXPECT_EQ(RawClient(port()).get("/v1/people/1").body, "1|127.0.0.1|plain");
}

TEST_F(TlsTest, RefusesTls12) {
  start(settings_);
  EXPECT_TRUE(handshake(TLS1_3_VERSION, "localhost"));
  EXPECT_FALSE(handshake(TLS1_2_VERSION, "localhost"));
}

TEST_F(TlsTest, CertificateNamesItsHosts) {
  start(settings_);
  EXPECT_TRUE(handshake(TLS1_3_VERSION, "loan.example"));
  EXPECT_FALSE(handshake(TLS1_3_VERSION, "evil.example"));
}

TEST_F(TlsTest, KeyFileIsPrivateEvenWhenItReplacesAnOpenOne) {
  ::chmod(settings_.tls_key.c_str(), 0644);
  ASSERT_TRUE(make_self_signed(settings_.tls_certificate, settings_.tls_key, {"192.0.2.7"}).ok());
  struct stat info{};
  ASSERT_EQ(::stat(settings_.tls_key.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(TlsTest, ClientRefusesAnUntrustedCertificate) {
  start(settings_);
  const auto response = http_send(
      {.url = "https://localhost:" + std::to_string(server_->tls_port()) + "/v1/people/1"});
  ASSERT_FALSE(response.ok());
  EXPECT_TRUE(response.error().is(HttpErrc::connect_failed));
}

TEST(TlsFiles, BadHostsAndUnwritableFilesAreErrors) {
  const auto base = ::testing::TempDir() + "mq_tls_bad";
  for (const std::string host : {"", "a,DNS:evil", "名"}) {
    const auto status = make_self_signed(base + ".crt", base + ".key", {host});
    ASSERT_FALSE(status.ok());
    EXPECT_TRUE(status.error().is(TlsErrc::invalid_host));
  }
  const auto status = make_self_signed("/nowhere/a.crt", "/nowhere/a.key", {});
  ASSERT_FALSE(status.ok());
  EXPECT_TRUE(status.error().is(TlsErrc::cannot_write));
}

TEST(TlsFiles, ServerWithoutACertificateDoesNotStart) {
  const Router router;
  HttpServer server({.port = -1, .tls_port = 0, .tls_certificate = "/nowhere.crt", .tls_key = ""},
                    router, nullptr, nullptr);
  const auto status = server.start();
  ASSERT_FALSE(status.ok());
  EXPECT_TRUE(status.error().is(HttpErrc::cannot_listen));
}

}  // namespace
}  // namespace mq::runtime::testing
