#include "app/server.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <thread>

#include "api/api.h"
#include "app/curve_file.h"
#include "app/demo_staff.h"
#include "app/document_ports.h"
#include "app/face_support.h"
#include "app/migrations.h"
#include "app/partner_ports.h"
#include "app/paths.h"
#include "app/sandbox_process.h"
#include "app/subscriptions.h"
#include "audit/audit.h"
#include "runtime/log.h"
#include "runtime/tls.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;

constexpr int kJobIntervalMs = 300;
constexpr std::int64_t kReviveSeconds = 600;  // a partner down for longer than the retries last
constexpr std::string_view kAuditOrigin = "mianqian.example/audit";

// The folder with its lock: a second server on the same folder would double the sequencer's and the
// children's work and race for the SQLite files.
class DataFolder {
 public:
  static Result<std::unique_ptr<DataFolder>> open(const std::string& path) {
    std::error_code failed;
    fs::create_directories(path, failed);
    if (failed) return Error(AppErrc::data_folder, path + " cannot be made");
    fs::permissions(path, fs::perms::owner_all, failed);
    const int fd = ::open((path + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ::flock(fd, LOCK_EX | LOCK_NB) != 0) {
      if (fd >= 0) ::close(fd);
      return Error(AppErrc::data_folder, path + " is in use by another server");
    }
    return std::unique_ptr<DataFolder>(new DataFolder(fd));
  }
  ~DataFolder() { ::close(fd_); }
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

 private:
  explicit DataFolder(int fd) : fd_(fd) {}
  int fd_;
};

Result<crypto::KeyRing> open_keys(const Settings& settings, Random& random) {
  const auto path = settings.data + "/master.key";
  if (fs::exists(path)) return crypto::KeyRing::load(path);
  return crypto::KeyRing::create(path, random);
}

// Where browsers see the pages, which passkeys belong to.
struct Pages {
  std::string domain;
  std::vector<std::string> origins;
};

Pages pages_of(const Settings& settings, int port, int tls_port) {
  const auto& url = settings.public_url;
  if (url.empty()) {
    // The one name of this machine that browsers take for safe without TLS.
    Pages local{"localhost", {"http://localhost:" + std::to_string(port)}};
    if (tls_port >= 0) local.origins.push_back("https://localhost:" + std::to_string(tls_port));
    return local;
  }
  const auto host_at = url.find("://") + 3;
  const auto origin = url.substr(0, url.find('/', host_at));
  const auto host = origin.substr(host_at);
  return {host.substr(0, host.rfind(':')), {origin}};
}

}  // namespace

// The marker is written before the keys.
Status check_kind(const Settings& settings) {
  const fs::path marker = fs::path(settings.data) / "DEMO";
  const bool fresh = !fs::exists(fs::path(settings.data) / "master.key");
  if (settings.demo && fresh) {
    std::ofstream(marker) << "demo data: never serve it as production\n";
    return ok();
  }
  if (settings.demo != fs::exists(marker)) {
    return Error(AppErrc::demo_mixed_with_production, settings.data);
  }
  return ok();
}

struct Server::Impl {
  Settings settings;
  SystemClock clock;
  crypto::SystemRandom random;
  runtime::Metrics metrics;
  std::unique_ptr<DataFolder> folder;
  std::optional<crypto::KeyRing> keys;
  std::unique_ptr<storage::Database> database, key_store;
  std::unique_ptr<SandboxProcess> sandbox;
  std::unique_ptr<vision::WorkerPool> vision;
  vision::PdfPool pdfs{pdf_config()};
  std::optional<vault::Vault> vault;
  std::optional<auth::Auth> auth;
  std::optional<auth::StaffAccounts> staff;
  std::optional<PartnerPorts> partners;
  std::optional<documents::Uploads> documents;
  std::optional<identity::Identity> identity;
  std::optional<origination::Origination> origination;
  std::optional<servicing::Servicing> servicing;
  std::optional<audit::Sequencer> sequencer;
  std::optional<storage::OutboxWorker> outbox;
  std::optional<Subscribers> subscribers;
  std::optional<api::Services> services;
  runtime::Router router;
  runtime::StaticSite site;
  std::unique_ptr<runtime::HttpServer> http;
  std::thread jobs;
  std::mutex jobs_mutex;
  std::condition_variable jobs_changed;
  bool ending = false, due = false;

  Status open_stores();
  Status open_capabilities();
  Status open_http();
  void start_workers();
  void run_jobs();
  void wake();
  void stop();
};

Status Server::Impl::open_stores() {
  MQ_TRY(folder, DataFolder::open(settings.data));
  MQ_REQUIRE(check_kind(settings));
  MQ_TRY(auto ring, open_keys(settings, random));
  keys.emplace(std::move(ring));
  MQ_TRY(database, storage::open(settings.database, settings.schema));
  MQ_TRY(key_store, storage::open(settings.key_database, settings.schema + "_keys"));
  MQ_REQUIRE(database->migrate(data_migrations()));
  return key_store->migrate(key_migrations());
}

Status Server::Impl::open_capabilities() {
  MQ_REQUIRE(use_curve_file(settings.vision_curve));
  if (settings.demo) {
    MQ_TRY(sandbox, SandboxProcess::start(settings));
    const PartnerAddress address{sandbox->url(), sandbox->secret_file()};
    settings.authority = settings.sms = settings.payment = address;
  }
  vision::WorkerConfig workers;
  workers.models_dir = find_models_dir(settings.models);
  workers.children = settings.vision_children;
  MQ_TRY(vision, vision::WorkerPool::start(workers));
  vault.emplace(*key_store, *keys, clock, random);
  auth.emplace(*database, *vault, *keys, clock, random);
  staff.emplace(*database, *keys, clock, random);
  MQ_TRY(auto ports, PartnerPorts::make(settings, *database, *vault, clock, random, metrics));
  partners.emplace(std::move(ports));
  identity.emplace(
      *database, *vault, clock, random,
      [this](ByteView picture) { return vision->analyze(picture); },
      [this](ByteView picture) { return vision->read_hand_held(picture); },
      partners->query_authority());
  documents.emplace(*database, *vault, clock, random,
                    document_ports(*vision, pdfs, settings.clamd));
  servicing.emplace(*database, clock, random, settings.demo);
  origination.emplace(*database, *vault, *auth, clock, random, servicing::Servicing::business_date,
                      servicing::Servicing::active_loans, servicing::Servicing::exposure);
  sequencer.emplace(*database, clock,
                    crypto::NoteSigner(std::string(kAuditOrigin), keys->audit_signing_seed()));
  outbox.emplace(*database, clock, random);
  subscribers.emplace(Subscribers{*database, *auth, *identity, *documents, *servicing,
                                  partners->send_sms(), partners->channel(), clock, random});
  subscribe_all(*outbox, *subscribers);
  if (settings.demo) {
    MQ_REQUIRE(make_demo_staff(*auth, *staff, settings, sandbox->url(), random));
  } else {
    MQ_TRY(const auto accounts, staff->list());
    if (accounts.empty())
      log::warn("staff.none", {{"next", "mianqian user invite NAME --roles admin"}});
  }
  // The lock of the data folder says that nobody else works on a SQLite file in it, or on a demo's
  // schema: what is under way there belonged to a process that is gone.
  if (settings.demo || database->kind() == "sqlite") {
    MQ_REQUIRE(api::forget_unfinished(*database));
    MQ_TRY([[maybe_unused]] const int reclaimed, outbox->reclaim());
  }
  return servicing->ensure_business_date();
}

Status Server::Impl::open_http() {
  services.emplace(api::Services{
      *database, *vault, *auth, *staff, *identity, *documents, *origination, *servicing, metrics,
      clock, random, [this] { wake(); }, [this] { return outbox->counts(); },
      partners->notification_secret(), settings.demo, sandbox ? sandbox->url() : ""});
  router = api::make_router(*services);
  const auto web = find_web_root(settings.web_root);
  if (web.empty()) return Error(AppErrc::no_web_pages, "build web/ or set server.web_root");
  MQ_REQUIRE(site.mount("/", web + "/borrower", "index.html"));
  MQ_REQUIRE(site.mount("/console/", web + "/console", "index.html"));

  runtime::HttpServerSettings http_settings;
  http_settings.address = settings.address;
  http_settings.port = settings.port;
  http_settings.tls_port = settings.tls_port;
  http_settings.handler_threads = settings.handler_threads;
  http_settings.trusted_proxies = settings.trusted_proxies;
  http_settings.hosts = settings.hosts;
  if (http_settings.hosts.empty() && settings.address != "0.0.0.0") {
    http_settings.hosts = {"localhost", "127.0.0.1", "[::1]", "::1"};
  }
  if (settings.tls_port >= 0) {
    http_settings.tls_certificate = settings.certificate;
    http_settings.tls_key = settings.certificate_key;
    if (settings.certificate.empty()) {
      http_settings.tls_certificate = settings.data + "/tls.crt";
      http_settings.tls_key = settings.data + "/tls.key";
      if (!fs::exists(http_settings.tls_key)) {
        MQ_REQUIRE(runtime::make_self_signed(http_settings.tls_certificate, http_settings.tls_key,
                                             settings.hosts));
      }
    }
  }
  http = std::make_unique<runtime::HttpServer>(http_settings, router, &site, api::render_problem,
                                               &metrics);
  MQ_REQUIRE(http->start());
  const auto pages = pages_of(settings, http->port(), http->tls_port());
  auth->set_pages(pages.domain, pages.origins);
  partners->set_notify_url((settings.public_url.empty()
                                ? "http://127.0.0.1:" + std::to_string(http->port())
                                : settings.public_url) +
                           "/v1/partner/payment-notifications");
  return ok();
}

void Server::Impl::start_workers() {
  outbox->start();
  sequencer->start();
  jobs = std::thread([this] { run_jobs(); });
}

// The jobs that are due by time: the business date, end of day, payments without a word.
void Server::Impl::run_jobs() {
  auto revived_at = clock.now();
  while (true) {
    {
      std::unique_lock lock(jobs_mutex);
      jobs_changed.wait_for(lock, std::chrono::milliseconds(kJobIntervalMs),
                            [this] { return ending || due; });
      if (ending) return;
      due = false;
    }
    for (const auto& [name, result] :
         {std::pair("calendar", servicing->follow_calendar()),
          std::pair("end_of_day", servicing->run_end_of_day()),
          std::pair("expired_payouts", servicing->expire_payouts()),
          std::pair("unresolved_payments", drive_unresolved(*subscribers))}) {
      if (!result.ok()) log::error("job.failed", {{"job", name}, {"error", result.error()}});
    }
    if (clock.now() < revived_at.plus_seconds(kReviveSeconds)) continue;
    revived_at = clock.now();
    const auto revived = outbox->revive();
    if (revived.ok() && *revived > 0) log::warn("outbox.revived", {{"events", *revived}});
  }
}

void Server::Impl::wake() {
  outbox->wake();
  sequencer->wake();
  {
    const std::lock_guard lock(jobs_mutex);
    due = true;
  }
  jobs_changed.notify_one();
}

void Server::Impl::stop() {
  if (http) http->stop();
  if (jobs.joinable()) {
    {
      const std::lock_guard lock(jobs_mutex);
      ending = true;
    }
    jobs_changed.notify_one();
    jobs.join();
  }
  if (outbox) outbox->stop();
  if (sequencer) sequencer->stop();
}

Result<std::unique_ptr<Server>> Server::start(const Settings& settings) {
  // A core dump would hold keys and personal data.
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  auto impl = std::make_unique<Impl>();
  impl->settings = settings;
  MQ_REQUIRE(impl->open_stores());
  MQ_REQUIRE(impl->open_capabilities());
  MQ_REQUIRE(impl->open_http());
  impl->start_workers();
  log::info("server.started", {{"demo", settings.demo},
                               {"database", impl->database->kind()},
                               {"port", impl->http->port()},
                               {"tls_port", impl->http->tls_port()}});
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() {
  impl_->stop();
  log::info("server.stopped");
}

std::string Server::url() const {
  return "http://127.0.0.1:" + std::to_string(impl_->http->port());
}
std::string Server::tls_url() const {
  return impl_->settings.tls_port < 0
             ? ""
             : "https://127.0.0.1:" + std::to_string(impl_->http->tls_port());
}
std::string Server::sandbox_url() const { return impl_->sandbox ? impl_->sandbox->url() : ""; }

}  // namespace mq::app
