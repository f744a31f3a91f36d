#include "store.h"

#include <filesystem>
#include <fstream>

#include "base/limits.h"
#include "crypto/hash.h"
#include "crypto/totp.h"
#include "runtime/json.h"

namespace mq::sandbox {
namespace {

namespace fs = std::filesystem;

// One line of the journal: exactly one of these.
struct Line {
  std::optional<Person> person;
  std::optional<PhotoQuery> query;
  std::optional<Sms> sms;
  std::optional<Payment> payment;
  std::optional<Authenticator> authenticator;
};
BOOST_DESCRIBE_STRUCT(Line, (), (person, query, sms, payment, authenticator))

template <class Record>
std::string line_of(const char* type, const Record& record) {
  return boost::json::serialize(boost::json::object{{type, runtime::to_json_value(record)}});
}

bool write_file(const std::string& path, ByteView bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  return out.flush().good();
}

}  // namespace

std::optional<std::string> image_type(ByteView bytes) {
  const auto text = as_text(bytes);
  if (text.starts_with("\xff\xd8\xff")) return "image/jpeg";
  if (text.starts_with("\x89PNG\r\n\x1a\n")) return "image/png";
  if (text.starts_with("RIFF") && text.size() > 12 && text.substr(8, 4) == "WEBP") {
    return "image/webp";
  }
  return std::nullopt;
}

std::optional<Bytes> read_photo(const std::string& path) {
  std::error_code failed;
  const auto size = fs::file_size(path, failed);
  if (failed || size == 0 || size > limits::kHttpPhotoBodyBytes) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  Bytes bytes(size);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (!in) return std::nullopt;
  return bytes;
}

template <class Record>
const Record* Store::Book<Record>::find(const std::string& request_id) const {
  const auto found = index.find(request_id);
  return found == index.end() ? nullptr : &records[found->second];
}

template <class Record>
void Store::Book<Record>::set(Record record) {
  const auto [place, fresh] = index.emplace(record.request_id, records.size());
  if (fresh) {
    records.push_back(std::move(record));
  } else {
    records[place->second] = std::move(record);
  }
}

Result<std::unique_ptr<Store>> Store::open(const std::string& directory) {
  std::unique_ptr<Store> store(new Store(directory));
  MQ_TRY(store->journal_,
         Journal::open(directory + "/sandbox-journal.jsonl",
                       [&](std::string_view line) { return store->replay(line); }));
  return store;
}

Status Store::replay(std::string_view line) {
  auto read = runtime::from_json<Line>(line);
  if (!read.ok()) return Error(JournalErrc::corrupt, read.error().detail());
  if (read->person) set_person(std::move(*read->person));
  if (read->authenticator) set_authenticator(std::move(*read->authenticator));
  if (read->query) queries_.set(std::move(*read->query));
  if (read->sms) messages_.set(std::move(*read->sms));
  if (read->payment) payments_.set(std::move(*read->payment));
  return ok();
}

Status Store::load_people(const std::string& directory) {
  const auto path = directory + "/people.json";
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  if (!in) return Error(StoreErrc::bad_people_file, path + " cannot be read");
  MQ_TRY(const auto document, runtime::parse_json(text));
  std::vector<Person> people;
  MQ_REQUIRE(runtime::detail::read_value(document, people, "people"));
  for (auto& person : people) {
    if (person.photo) {
      // Only the file name counts, so that the list cannot reach outside its folder.
      person.photo = directory + "/" + fs::path(*person.photo).filename().string();
      if (!read_photo(*person.photo)) {
        return Error(StoreErrc::bad_people_file, *person.photo + " cannot be read or is too large");
      }
    }
    const std::lock_guard lock(mutex_);
    set_person(std::move(person));
  }
  return ok();
}

Status Store::enrol(Person person, const std::optional<Bytes>& photo) {
  person.photo.reset();
  if (photo) {
    if (photo->size() > limits::kHttpPhotoBodyBytes || !image_type(*photo)) {
      return StoreErrc::bad_photo;
    }
    std::error_code failed;
    fs::create_directory(directory_ + "/photos", failed);
    person.photo = directory_ + "/photos/" + crypto::hex(crypto::sha256(*photo));
    if (!write_file(*person.photo, *photo)) return StoreErrc::cannot_write;
  }
  const std::lock_guard lock(mutex_);
  MQ_REQUIRE(journal_->append(line_of("person", person)));
  set_person(std::move(person));
  return ok();
}

void Store::set_person(Person person) {
  for (auto& known : people_) {
    if (known.id_number != person.id_number) continue;
    known = std::move(person);
    return;
  }
  people_.push_back(std::move(person));
}

std::vector<Person> Store::people() const {
  const std::lock_guard lock(mutex_);
  return people_;
}

std::optional<Person> Store::find_person(const std::string& id_number) const {
  const std::lock_guard lock(mutex_);
  for (const auto& person : people_) {
    if (person.id_number == id_number) return person;
  }
  return std::nullopt;
}

Status Store::put(Authenticator fresh) {
  const auto secret = crypto::unbase32(fresh.secret);
  if (!secret.ok() || secret->empty()) return StoreErrc::bad_secret;
  const std::lock_guard lock(mutex_);
  MQ_REQUIRE(journal_->append(line_of("authenticator", fresh)));
  set_authenticator(std::move(fresh));
  return ok();
}

void Store::set_authenticator(Authenticator fresh) {
  for (auto& known : authenticators_) {
    if (known.account != fresh.account) continue;
    known = std::move(fresh);
    return;
  }
  authenticators_.push_back(std::move(fresh));
}

std::vector<Authenticator> Store::authenticators() const {
  const std::lock_guard lock(mutex_);
  return authenticators_;
}

template <class Record>
Result<Record> Store::put_in(Book<Record>& book, const char* type, Record fresh) {
  const std::lock_guard lock(mutex_);
  if (const auto* known = book.find(fresh.request_id)) {
    if (known->digest != fresh.digest) return StoreErrc::conflict;
    return *known;
  }
  MQ_REQUIRE(journal_->append(line_of(type, fresh)));
  book.set(fresh);
  return fresh;
}

Result<PhotoQuery> Store::put(PhotoQuery fresh) {
  return put_in(queries_, "query", std::move(fresh));
}
Result<Sms> Store::put(Sms fresh) { return put_in(messages_, "sms", std::move(fresh)); }
Result<Payment> Store::put(Payment fresh) { return put_in(payments_, "payment", std::move(fresh)); }

Status Store::update(const Payment& payment) {
  const std::lock_guard lock(mutex_);
  MQ_CHECK(payments_.find(payment.request_id) != nullptr);
  MQ_REQUIRE(journal_->append(line_of("payment", payment)));
  payments_.set(payment);
  return ok();
}

std::vector<Sms> Store::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_.records;
}

std::vector<Payment> Store::payments() const {
  const std::lock_guard lock(mutex_);
  return payments_.records;
}

std::optional<Payment> Store::payment(const std::string& request_id) const {
  const std::lock_guard lock(mutex_);
  const auto* known = payments_.find(request_id);
  if (known == nullptr) return std::nullopt;
  return *known;
}

}  // namespace mq::sandbox
