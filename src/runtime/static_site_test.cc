#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>

#include "runtime/http_testing.h"

namespace mq::runtime::testing {
namespace {

namespace fs = std::filesystem;

class StaticSiteTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    root_ = fs::path(::testing::TempDir()) / ("mq_site_" + std::to_string(::getpid()));
    write("public/index.html", "<!doctype html>home");
    write("public/assets/index-DfK3_x9a.js", script_);
    write("public/assets/plain.js", "tiny");
    write("public/photo.bin", std::string("\x01\x02", 2));
    write("console/index.html", "<!doctype html>console");
    write("secret.txt", "outside");
    ASSERT_TRUE(site_.mount("/", (root_ / "public").string(), "index.html").ok());
    ASSERT_TRUE(site_.mount("/console/", (root_ / "console").string(), "index.html").ok());
  }
  void TearDown() override {
    ServerTest::TearDown();
    fs::remove_all(root_);
  }
  void write(const std::string& name, const std::string& content) const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name, std::ios::binary) << content;
  }
  std::optional<HttpResponse> serve(const std::string& path, Headers headers = {}) const {
    HttpRequest request;
    request.method = "GET";
    request.path = path;
    request.headers = std::move(headers);
    return site_.serve(request);
  }

  const std::string script_ = "console.log('hello');" + std::string(4000, ' ');
  fs::path root_;
  StaticSite site_;
};

std::string header_of(const std::optional<HttpResponse>& response, std::string_view name) {
  return response ? find_header(response->headers, name).value_or("") : "";
}

std::string gunzip(const std::string& packed) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(1 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST_F(StaticSiteTest, TypesAndCaching) {
  EXPECT_EQ(header_of(serve("/index.html"), "Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(header_of(serve("/index.html"), "Cache-Control"), "no-cache");
  EXPECT_EQ(header_of(serve("/assets/index-DfK3_x9a.js"), "Cache-Control"),
            "public, max-age=31536000, immutable");
  EXPECT_EQ(header_of(serve("/assets/plain.js"), "Cache-Control"), "no-cache");
  EXPECT_EQ(header_of(serve("/photo.bin"), "Content-Type"), "application/octet-stream");
}

TEST_F(StaticSiteTest, PagesFallBackToTheirApplicationAndFilesDoNot) {
  EXPECT_EQ(serve("/")->body, "<!doctype html>home");
  EXPECT_EQ(serve("/loans/123")->body, "<!doctype html>home");
  EXPECT_EQ(serve("/console/review/9")->body, "<!doctype html>console");
  EXPECT_EQ(serve("/console")->body, "<!doctype html>console");
  EXPECT_FALSE(serve("/assets/missing.js").has_value());
}

TEST_F(StaticSiteTest, PathsOutsideTheFolderDoNotExist) {
  for (const auto* path : {"/../secret.txt", "/assets/../../secret.txt", "//secret.txt",
                           "/assets/..%2f..%2fsecret.txt"}) {
    const auto response = serve(path);
    EXPECT_TRUE(!response || response->body.find("outside") == std::string::npos) << path;
  }
}

TEST_F(StaticSiteTest, TagsChangeWithContentAndAnswer304) {
  const auto tag = header_of(serve("/index.html"), "ETag");
  ASSERT_GT(tag.size(), 10u);
  EXPECT_EQ(tag.front(), '"');
  EXPECT_NE(tag, header_of(serve("/assets/plain.js"), "ETag"));
  const auto same = serve("/index.html", {{"If-None-Match", "\"other\", W/" + tag}});
  EXPECT_EQ(same->status, 304);
  EXPECT_EQ(same->body, "");
  EXPECT_EQ(header_of(same, "ETag"), tag);
  EXPECT_EQ(serve("/index.html", {{"If-None-Match", "\"other\""}})->status, 200);
}

TEST_F(StaticSiteTest, GzipWhenAcceptedAndSmaller) {
  const std::string path = "/assets/index-DfK3_x9a.js";
  const auto packed = serve(path, {{"Accept-Encoding", "br;q=1, gzip;q=0.8"}});
  EXPECT_EQ(header_of(packed, "Content-Encoding"), "gzip");
  EXPECT_EQ(header_of(packed, "Vary"), "Accept-Encoding");
  EXPECT_EQ(gunzip(packed->body), script_);
  EXPECT_NE(header_of(packed, "ETag"), header_of(serve(path), "ETag"));
  for (const auto* refused : {"", "br", "gzip;q=0", "gzip; q=0.0", "x-gzip"}) {
    EXPECT_EQ(serve(path, {{"Accept-Encoding", refused}})->body, script_) << refused;
  }
  EXPECT_EQ(serve("/assets/plain.js", {{"Accept-Encoding", "gzip"}})->body, "tiny");
}

TEST_F(StaticSiteTest, ServerServesItBesideTheApi) {
  start({}, &site_);
  RawClient client(port());
  const auto page = client.get("/loans/1");
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.header("Content-Security-Policy"), "");
  EXPECT_EQ(client.get("/index.html", "If-None-Match: " + page.header("ETag") + "\r\n").status, 304);
  EXPECT_EQ(client.get("/v1/nothing").status, 404);
  EXPECT_EQ(client.get("/v1/people/1").status, 200);
  EXPECT_EQ(client.get("/assets/missing.js").status, 404);
  EXPECT_EQ(client.send("POST /index.html HTTP/1.1\r\nHost: a\r\n\r\n").read().status, 404);
  EXPECT_EQ(client.get("/a/../index.html").status, 400);
}

TEST(StaticSiteErrors, MissingFolderOrFallbackIsAnError) {
  StaticSite site;
  EXPECT_FALSE(site.mount("/", "/nowhere", "index.html").ok());
  const auto empty = fs::path(::testing::TempDir()) / ("mq_empty_" + std::to_string(::getpid()));
  fs::create_directories(empty);
  EXPECT_FALSE(site.mount("/", empty.string(), "index.html").ok());
  fs::remove_all(empty);
}

}  // namespace
}  // namespace mq::runtime::testing
