#include "app/serve_command.h"

#include <signal.h>

#include <iostream>
#include <map>
#include <memory>
#include <optional>

#include "app/server.h"
#include "app/settings.h"
#include "runtime/log.h"

namespace mq::app {
namespace {

struct Options {
  std::string config, data, database, address, port, tls_port, public_url, log_level;
  bool demo = false;
};

Status run(const Options& options) {
  std::map<std::string, std::string> flags;
  const auto set = [&](const char* key, const std::string& value) {
    if (!value.empty()) flags[key] = value;
  };
  set("server.data", options.data);
  set("database.url", options.database);
  set("http.address", options.address);
  set("http.port", options.port);
  set("http.tls_port", options.tls_port);
  set("server.public_url", options.public_url);
  set("log.level", options.log_level);
  if (options.demo) flags["server.demo"] = "true";
  MQ_TRY(const auto settings,
         load_settings(options.config.empty() ? std::nullopt : std::optional(options.config),
                       flags));
  log::set_level(settings.log_level);
  if (!settings.log_file.empty()) MQ_REQUIRE(log::also_to_file(settings.log_file));

  // Blocked before any thread starts, so that only sigwait() below sees them.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  ::signal(SIGPIPE, SIG_IGN);

  MQ_TRY(const auto server, Server::start(settings));
  std::cout << "listening on " << server->url() << " " << server->tls_url() << std::endl;
  int signal_number = 0;
  sigwait(&ending, &signal_number);
  return ok();
}

}  // namespace

void add_serve_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  auto* serve = app.add_subcommand("serve", "run the server (production; --demo for a demo)");
  serve->add_option("--config", options->config, "TOML file")->check(CLI::ExistingFile);
  serve->add_option("--data", options->data, "folder for keys, certificate and SQLite files");
  serve->add_option("--database", options->database, "postgresql://… or sqlite:FILE");
  serve->add_option("--address", options->address, "address to listen on");
  serve->add_option("--port", options->port, "plain port, -1 = off");
  serve->add_option("--tls-port", options->tls_port, "TLS port, -1 = off");
  serve->add_option("--public-url", options->public_url, "how this server is reached");
  serve->add_option("--log-level", options->log_level, "debug, info, warn, error");
  serve->add_flag("--demo", options->demo, "simulated partners, known passwords");
  serve->callback([options, &exit_code] {
    const auto done = run(*options);
    if (done.ok()) return;
    exit_code = 1;
    std::cerr << "mianqian: " << done.error().code()
              << (done.error().detail().empty() ? "" : ": " + done.error().detail()) << std::endl;
  });
}

}  // namespace mq::app
