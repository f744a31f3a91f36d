#include "app/pdf_commands.h"

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "app/face_support.h"
#include "base/limits.h"
#include "vision/vision.h"

namespace mq::app {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

struct Options {
  bool json = false;
  std::string file;
  int page = 1;
  bool text = false;
  std::string render_to;
  int dpi = 150;
  int fd = 3;
  bool self_test_lock = false;
};

Result<Bytes> read_pdf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code failed;
  if (!in || !fs::is_regular_file(path, failed)) return Error(FileErrc::unreadable, path);
  // One byte over the limit is enough to be refused.
  Bytes out(std::min<std::uintmax_t>(fs::file_size(path, failed), limits::kPdfBytes + 1));
  in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
  if (in.gcount() != static_cast<std::streamsize>(out.size()))
    return Error(FileErrc::unreadable, path);
  return out;
}

// The facts by their names, in the order in which they are printed.
json::object facts_json(const vision::PdfFacts& facts) {
  json::array sizes;
  for (const vision::PdfSize& size : facts.sizes) {
    sizes.push_back(json::array{rounded(size.width, 1), rounded(size.height, 1)});
  }
  return {{"pages", facts.pages},           {"encrypted", facts.encrypted},
          {"javascript", facts.javascript}, {"attachments", facts.attachments},
          {"forms", facts.forms},           {"signatures", facts.signatures},
          {"repaired", facts.repaired},     {"producer", facts.producer},
          {"creator", facts.creator},       {"created", facts.created},
          {"modified", facts.modified},     {"sizes", sizes}};
}

json::array hints_of(const vision::PdfWord& word) {
  json::array out;
  if (word.invisible) out.emplace_back("invisible");
  if (word.white) out.emplace_back("white");
  if (word.outside) out.emplace_back("outside");
  if (word.unseen) out.emplace_back("unseen");
  return out;
}

json::object word_json(const vision::PdfWord& word) {
  return {{"text", word.text},
          {"box",
           {rounded(word.left, 2), rounded(word.top, 2), rounded(word.right, 2),
            rounded(word.bottom, 2)}},
          {"font", word.font},
          {"font_size", rounded(word.font_size, 2)},
          {"hints", hints_of(word)}};
}

void print_facts(const vision::PdfFacts& facts, bool as_json) {
  const json::object all = facts_json(facts);
  if (as_json) {
    std::cout << json::serialize(all) << '\n';
    return;
  }
  for (const auto& [name, value] : all) std::cout << name << ": " << json::serialize(value) << '\n';
}

void print_text(const vision::PdfPageText& page, bool as_json) {
  if (as_json) {
    json::array words;
    for (const vision::PdfWord& word : page.words) words.push_back(word_json(word));
    const json::object out = {{"width", rounded(page.size.width, 2)},
                              {"height", rounded(page.size.height, 2)},
                              {"characters_outside", page.characters_outside},
                              {"words", words}};
    std::cout << json::serialize(out) << '\n';
    return;
  }
  for (const vision::PdfWord& word : page.words) {
    std::cout << rounded(word.left, 1) << ' ' << rounded(word.top, 1) << ' '
              << rounded(word.right, 1) << ' ' << rounded(word.bottom, 1) << "  " << word.text;
    for (const auto& hint : hints_of(word)) std::cout << "  [" << hint.as_string().c_str() << ']';
    std::cout << '\n';
  }
  if (page.characters_outside > 0) {
    std::cout << page.characters_outside << " characters outside of the page\n";
  }
}

Status write_file(const std::string& path, const Bytes& bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) return Error(FileErrc::unwritable, path);
  return ok();
}

Status inspect(const Options& options) {
  MQ_TRY(Bytes pdf, read_pdf(options.file));
  vision::PdfPool pool;
  MQ_TRY(const auto document, pool.open(std::move(pdf)));
  if (options.text) {
    MQ_TRY(const auto page, document->page_text(options.page));
    print_text(page, options.json);
  } else if (!options.render_to.empty()) {
    MQ_TRY(const Bytes jpeg, document->render(options.page, options.dpi));
    MQ_REQUIRE(write_file(options.render_to, jpeg));
  } else {
    print_facts(document->facts(), options.json);
  }
  return ok();
}

}  // namespace

void add_pdf_commands(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command =
      subcommand(app, "pdf", "PDF documents")
          ->add_subcommand("inspect", "What is in a PDF: facts, or a page's text or picture");
  command->add_option("file", options->file, "The PDF")->required();
  command->add_option("--page", options->page, "Counts from 1")
      ->check(CLI::Range(1, limits::kPdfPages));
  auto* text = command->add_flag("--text", options->text, "The words of the page with their boxes");
  auto* render =
      command->add_option("--render", options->render_to, "Write the page as a JPEG there");
  render->excludes(text);
  command->add_option("--dpi", options->dpi, "Dots per inch of --render")
      ->check(CLI::Range(limits::kPdfMinDpi, limits::kPdfMaxDpi))
      ->needs(render);
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options, &exit_code] {
    const Status status = inspect(*options);
    exit_code = status.ok() ? 0 : report_problem(status.error(), options->json);
  });

  auto* worker = app.add_subcommand("pdf-worker", "")->group("");
  worker->add_option("--fd", options->fd);
  worker->add_flag("--self-test-lock", options->self_test_lock);
  worker->callback([options, &exit_code] {
    exit_code = options->self_test_lock ? vision::run_pdf_lock_self_test()
                                        : vision::run_pdf_worker(options->fd);
  });
}

}  // namespace mq::app
