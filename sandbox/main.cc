#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "crypto/hash.h"
#include "notifier.h"
#include "runtime/http.h"
#include "runtime/log.h"
#include "signing.h"
#include "store.h"

namespace {

using namespace mq;
using namespace mq::sandbox;

constexpr std::size_t kSecretBytes = 16;  // the least that is worth the name
constexpr int kHandlerThreads = 32;       // some may sleep for Mode::slow

enum class StartErrc { bad_secret };
BOOST_DESCRIBE_ENUM(StartErrc, bad_secret)
constexpr std::string_view error_domain(StartErrc) { return "start"; }

struct Options {
  int port = 8090;
  std::string data, people, secret_file;
  int notify_delay_ms = 150;
  int ready_fd = -1;
};

Result<std::string> read_secret(const std::string& path) {
  std::string text;
  if (path.empty()) {
    const char* const value = std::getenv("MIANQIAN_SANDBOX_SECRET");
    if (value != nullptr) text = value;
  } else {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return Error(StartErrc::bad_secret, path + " cannot be read");
    struct stat about {};
    char bytes[1024];
    const bool is_private = ::fstat(fd, &about) == 0 && (about.st_mode & 077) == 0;
    const auto count = ::read(fd, bytes, sizeof bytes);
    ::close(fd);
    if (!is_private) return Error(StartErrc::bad_secret, path + " is open to others (want 0600)");
    if (count > 0) text.assign(bytes, static_cast<std::size_t>(count));
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.size() < kSecretBytes) {
    return Error(StartErrc::bad_secret,
                 "give at least 16 characters with --secret-file or MIANQIAN_SANDBOX_SECRET");
  }
  return text;
}

void announce(int port, int ready_fd) {
  const auto url = "http://127.0.0.1:" + std::to_string(port) + "\n";
  std::fputs(url.c_str(), stdout);
  std::fflush(stdout);
  if (ready_fd < 0) return;
  // Whoever waits there may be gone; that is no reason to stop.
  [[maybe_unused]] const auto written = ::write(ready_fd, url.data(), url.size());
  ::close(ready_fd);
}

Status run(const Options& options) {
  log::set_level("warn");  // the page asks every two seconds: a line for each would bury the rest
  MQ_TRY(auto secret, read_secret(options.secret_file));
  MQ_TRY(const auto store, Store::open(options.data));
  if (!options.people.empty()) MQ_REQUIRE(store->load_people(options.people));

  // Blocked before any thread starts, so that only sigwait() below sees them.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  ::signal(SIGPIPE, SIG_IGN);

  const SystemClock clock;
  crypto::SystemRandom random;
  Faults faults;
  Notifier notifier(options.notify_delay_ms);
  Sandbox sandbox{*store, faults, clock, random, notifier, std::move(secret)};
  runtime::Router router;
  add_authority_routes(router, sandbox);
  add_sms_routes(router, sandbox);
  add_payment_routes(router, sandbox);
  add_page_routes(router, sandbox);

  runtime::HttpServerSettings settings;
  settings.port = options.port;
  settings.handler_threads = kHandlerThreads;
  settings.hosts = {"127.0.0.1", "localhost"};  // no page of another site may talk to it
  runtime::HttpServer server(settings, router, nullptr, runtime::render_plain_problem);
  MQ_REQUIRE(server.start());
  notifier.start(sandbox);
  announce(server.port(), options.ready_fd);

  int signal_number = 0;
  sigwait(&ending, &signal_number);
  faults.close();
  server.stop();
  notifier.stop();
  return ok();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"mianqian-sandbox: plays all outside partners. Nothing in it is real."};
  app.add_option("--port", options.port, "loopback port; 0 = any free one")
      ->check(CLI::Range(0, 65535));
  app.add_option("--data", options.data, "folder for the journal and enrolled photos")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--people", options.people, "folder with people.json and photos")
      ->check(CLI::ExistingDirectory);
  app.add_option("--secret-file", options.secret_file,
                 "shared secret, mode 0600 (else MIANQIAN_SANDBOX_SECRET)");
  app.add_option("--notify-delay-ms", options.notify_delay_ms, "from acceptance to notification")
      ->check(CLI::Range(1, 600'000));
  app.add_option("--ready-fd", options.ready_fd, "also write the URL to this descriptor");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const auto done = run(options);
  if (done.ok()) return 0;
  std::fprintf(stderr, "mianqian-sandbox: %s: %s\n", done.error().code().c_str(),
               done.error().detail().c_str());
  return 1;
}
