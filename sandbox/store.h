// What the invented partners know: people, messages, payments. Everything but the people file is in
// the journal, so that a killed sandbox forgets no moved money.
#pragma once

#include <boost/describe.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/money.h"
#include "base/result.h"
#include "journal.h"

namespace mq::sandbox {

enum class StoreErrc {
  bad_people_file,
  bad_photo,   // not a JPEG, PNG or WebP, or too large
  conflict,    // the request id was used with other content
  bad_secret,  // of an authenticator: no base32
  cannot_write,
};
BOOST_DESCRIBE_ENUM(StoreErrc, bad_people_file, bad_photo, conflict, bad_secret, cannot_write)
constexpr std::string_view error_domain(StoreErrc) { return "sandbox"; }

struct Person {
  std::string name, id_number;
  std::optional<std::string> phone;
  std::optional<std::string> photo;  // a path
};
BOOST_DESCRIBE_STRUCT(Person, (), (name, id_number, phone, photo))

// `digest` is the hash of what was asked: the same request id with another one is a conflict.
struct PhotoQuery {
  std::string request_id, digest, result;
  std::optional<std::string> photo;
};
BOOST_DESCRIBE_STRUCT(PhotoQuery, (), (request_id, digest, result, photo))

struct Sms {
  std::string request_id, digest, message_id, phone, text, at;
};
BOOST_DESCRIBE_STRUCT(Sms, (), (request_id, digest, message_id, phone, text, at))

enum class PaymentKind { payout, debit };
BOOST_DESCRIBE_ENUM(PaymentKind, payout, debit)
enum class PaymentState { accepted, succeeded, failed };
BOOST_DESCRIBE_ENUM(PaymentState, accepted, succeeded, failed)

struct Payment {
  std::string request_id, digest, channel_reference;
  PaymentKind kind = PaymentKind::payout;
  Money amount;
  std::string card_masked, notify_url, at;
  PaymentState state = PaymentState::accepted;
  std::optional<std::string> reason;           // of a failure
  std::optional<std::string> notification_id;  // once settled
  bool notified = false;                       // somebody answered 2xx
};
BOOST_DESCRIBE_STRUCT(Payment, (),
                      (request_id, digest, channel_reference, kind, amount, card_masked, notify_url,
                       at, state, reason, notification_id, notified))

// An account in an authenticator app; `secret` in base32.
struct Authenticator {
  std::string account, secret;
};
BOOST_DESCRIBE_STRUCT(Authenticator, (), (account, secret))

// Thread-safe. What a put returns is on disk.
class Store {
 public:
  // `directory` must exist. Errors: those of the journal.
  static Result<std::unique_ptr<Store>> open(const std::string& directory);

  // Reads people.json: [{name, id_number, phone?, photo?: "file beside it"}]. Error:
  // bad_people_file.
  Status load_people(const std::string& directory);
  // An entry for a known ID number replaces it. Errors: bad_photo, cannot_write, those of the
  // journal.
  Status enrol(Person person, const std::optional<Bytes>& photo);
  std::vector<Person> people() const;
  std::optional<Person> find_person(const std::string& id_number) const;
  // One for an account that is there replaces it. Errors: bad_secret, those of the journal.
  Status put(Authenticator fresh);
  std::vector<Authenticator> authenticators() const;

  // The first record under that request id, which is `fresh` itself when there was none.
  // Errors: conflict, those of the journal.
  Result<PhotoQuery> put(PhotoQuery fresh);
  Result<Sms> put(Sms fresh);
  Result<Payment> put(Payment fresh);
  // A later state of a known payment.
  Status update(const Payment& payment);

  std::vector<Sms> messages() const;      // oldest first
  std::vector<Payment> payments() const;  // oldest first
  std::optional<Payment> payment(const std::string& request_id) const;

 private:
  // Records in the order they came, found by request id.
  template <class Record>
  struct Book {
    std::vector<Record> records;
    std::map<std::string, std::size_t> index;
    const Record* find(const std::string& request_id) const;
    void set(Record record);
  };

  explicit Store(std::string directory) : directory_(std::move(directory)) {}
  Status replay(std::string_view line);
  template <class Record>
  Result<Record> put_in(Book<Record>& book, const char* type, Record fresh);
  void set_person(Person person);
  void set_authenticator(Authenticator fresh);

  const std::string directory_;
  mutable std::mutex mutex_;
  std::unique_ptr<Journal> journal_;
  std::vector<Person> people_;
  std::vector<Authenticator> authenticators_;
  Book<PhotoQuery> queries_;
  Book<Sms> messages_;
  Book<Payment> payments_;
};

// "image/jpeg", "image/png" or "image/webp" by the first bytes; nothing for anything else.
std::optional<std::string> image_type(ByteView bytes);
// A file of at most a photo's size; nothing if it is missing or larger.
std::optional<Bytes> read_photo(const std::string& path);

}  // namespace mq::sandbox
