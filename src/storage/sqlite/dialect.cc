#include "storage/sqlite/dialect.h"

#include <algorithm>
#include <cctype>

namespace mq::storage {

namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

// How much of `sql` from `at` is one piece of quoted text or one comment; 0 if neither starts
// there.
std::size_t opaque_length(std::string_view sql, std::size_t at, bool& comment) {
  const auto until = [&](std::string_view mark, std::size_t from) {
    const auto end = sql.find(mark, from);
    return (end == std::string_view::npos ? sql.size() : end + mark.size()) - at;
  };
  const auto rest = sql.substr(at);
  comment = rest.starts_with("--") || rest.starts_with("/*");
  if (rest.starts_with("--")) return until("\n", at);
  if (rest.starts_with("/*")) return until("*/", at + 2);
  if (rest[0] == '\'') return until("'", at + 1);
  if (rest[0] == '"') return until("\"", at + 1);
  return 0;
}

class Translator {
 public:
  explicit Translator(std::string_view sql) : sql_(sql) {}

  std::string run() {
    while (at_ < sql_.size()) step();
    end_statement();
    return std::move(out_);
  }

 private:
  void step() {
    bool comment = false;
    if (const auto length = opaque_length(sql_, at_, comment); length > 0) {
      emit(sql_.substr(at_, length), !comment);
      at_ += length;
    } else if (is_word(sql_[at_])) {
      word();
    } else {
      const char c = sql_[at_++];
      if (c == ';') end_statement();
      emit(std::string_view(&c, 1), std::isspace(static_cast<unsigned char>(c)) == 0);
      if (c == ';') words_ = 0;
    }
  }

  void word() {
    std::size_t end = at_;
    while (end < sql_.size() && is_word(sql_[end])) ++end;
    const auto text = sql_.substr(at_, end - at_);
    const std::string name = upper(text);
    at_ = end;
    ++words_;
    if (words_ == 1) table_ = name == "CREATE";
    if (words_ == 2) table_ = table_ && name == "TABLE";
    emit(name == "BIGINT" ? "INTEGER" : name == "BYTEA" ? "BLOB" : text, true);
  }

  // Behind the last code of the statement: what follows may be a comment up to the end of its line.
  void end_statement() {
    if (words_ >= 2 && table_) out_.insert(code_end_, " STRICT");
  }

  void emit(std::string_view text, bool code) {
    out_ += text;
    if (code) code_end_ = out_.size();
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  std::string out_;
  std::size_t code_end_ = 0;
  int words_ = 0;
  bool table_ = false;
};

}  // namespace

std::string to_sqlite(std::string_view sql) { return Translator(sql).run(); }

}  // namespace mq::storage
