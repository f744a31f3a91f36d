#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/check.h"
#include "runtime/http_parts.h"
#include "runtime/text.h"

namespace mq::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
};

std::string type_of(const fs::path& path) {
  const auto extension = lower(path.extension().string());
  for (const auto& [known, type] : kTypes) {
    if (extension == known) return std::string(type);
  }
  return "application/octet-stream";
}

std::string hash_tag(std::string_view content) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  MQ_CHECK(EVP_Digest(content.data(), content.size(), digest.data(), nullptr, EVP_sha256(),
                      nullptr) == 1);
  std::string tag;
  for (std::size_t i = 0; i < 16; ++i) {  // 128 bits keep accidental collisions away
    tag.push_back(kHex[digest[i] >> 4]);
    tag.push_back(kHex[digest[i] & 15]);
  }
  return tag;
}

std::string gzip(const std::string& content) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;  // zlib's way to ask for a gzip header
  MQ_CHECK(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipWindow, 8,
                        Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  MQ_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// The bundler puts a hash of the content into the name, after the last dash: assets/index-DfK3_x9a.js.
bool has_hashed_name(const fs::path& path) {
  if (path.parent_path().filename() != "assets") return false;
  const auto stem = path.stem().string();
  if (stem.size() < 10 || stem[stem.size() - 9] != '-') return false;
  return std::all_of(stem.end() - 8, stem.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
}

bool accepts_gzip(std::string_view header) {
  for (const auto part : split(header, ',')) {
    const auto pieces = split(part, ';');
    if (!iequals(trim(pieces[0]), "gzip")) continue;
    const auto weight = pieces.size() > 1 ? trim(pieces[1]) : std::string_view("q=1");
    return weight.find_first_not_of("q=0.") != std::string_view::npos;
  }
  return false;
}

bool tag_listed(std::string_view header, std::string_view etag) {
  for (const auto part : split(header, ',')) {
    auto tag = trim(part);
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == "*" || tag == etag) return true;
  }
  return false;
}

Error site_error(const fs::path& path) {
  return Error(HttpErrc::not_found, "the site's file cannot be read: " + path.string());
}

}  // namespace

Status StaticSite::mount(const std::string& prefix, const std::string& directory,
                         const std::string& fallback) {
  MQ_CHECK(prefix.starts_with('/') && prefix.ends_with('/'));
  std::error_code failed;
  fs::recursive_directory_iterator files(directory, failed);
  for (; !failed && files != fs::recursive_directory_iterator(); files.increment(failed)) {
    if (!files->is_regular_file(failed)) continue;
    std::ifstream in(files->path(), std::ios::binary);
    File file;
    file.body.assign(std::istreambuf_iterator<char>(in), {});
    if (in.bad() || !in.is_open()) return site_error(files->path());
    file.etag = hash_tag(file.body);
    file.type = type_of(files->path());
    file.immutable = has_hashed_name(files->path());
    auto packed = gzip(file.body);
    if (packed.size() < file.body.size() - file.body.size() / 10) file.gzip = std::move(packed);
    files_[prefix + files->path().lexically_relative(directory).generic_string()] = std::move(file);
  }
  if (failed) return site_error(directory);
  if (!files_.contains(prefix + fallback)) return site_error(fs::path(directory) / fallback);
  fallbacks_[prefix] = prefix + fallback;
  return ok();
}

std::optional<HttpResponse> StaticSite::serve(const HttpRequest& request) const {
  auto found = files_.find(request.path);
  if (found == files_.end()) {
    // A missing script must be a 404, not a page: only what looks like a page of the application
    // falls back. The longest prefix that fits is the last one in order.
    if (fs::path(request.path).has_extension()) return std::nullopt;
    for (const auto& [prefix, path] : fallbacks_) {
      if (request.path.starts_with(prefix) || request.path + "/" == prefix) found = files_.find(path);
    }
    if (found == files_.end()) return std::nullopt;
  }
  const auto& file = found->second;
  const bool packed =
      !file.gzip.empty() && accepts_gzip(request.header("Accept-Encoding").value_or(""));
  // Two encodings are two representations: each has its own strong tag.
  const auto etag = "\"" + file.etag + (packed ? "-gzip\"" : "\"");
  HttpResponse response;
  response.headers = {
      {"ETag", etag},
      {"Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache"},
      {"Vary", "Accept-Encoding"}};
  if (tag_listed(request.header("If-None-Match").value_or(""), etag)) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("Content-Type", file.type);
  if (packed) response.headers.emplace_back("Content-Encoding", "gzip");
  response.body = packed ? file.gzip : file.body;
  return response;
}

}  // namespace mq::runtime
