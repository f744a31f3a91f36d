#include "vision/worker/page_wire.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/limits.h"

namespace mq::vision {
namespace {

PageReading page(std::size_t lines = 2) {
  PageReading out;
  out.width = 1654;
  out.height = 2339;
  for (std::size_t i = 0; i < lines; ++i) {
    PlacedLine line;
    line.box = {-3.5F, 20, 100, 24};
    line.text = "1,234.56元";
    line.confidence = 0.75F;
    out.lines.push_back(line);
  }
  return out;
}

TEST(PageWire, WhatWasReadArrives) {
  const auto out = decode_page(encode(page()));
  ASSERT_TRUE(out);
  EXPECT_EQ(out->width, 1654);
  EXPECT_EQ(out->height, 2339);
  ASSERT_EQ(out->lines.size(), 2U);
  EXPECT_EQ(out->lines[1].text, "1,234.56元");
  EXPECT_FLOAT_EQ(out->lines[1].box.x, -3.5F);
  EXPECT_FLOAT_EQ(out->lines[1].confidence, 0.75F);
  EXPECT_TRUE(decode_page(encode(page(0))));
}

TEST(PageWire, NothingElseIsBelieved) {
  Bytes good = encode(page());
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(decode_page(ByteView(good).first(size))) << size;
  }
  good.push_back(0);
  EXPECT_FALSE(decode_page(good));
  const auto refused = [](auto change) {
    PageReading one = page();
    change(one);
    return !decode_page(encode(one));
  };
  EXPECT_TRUE(refused([](PageReading& p) { p.width = 0; }));
  EXPECT_TRUE(refused([](PageReading& p) { p.height = limits::kImagePixels; }));
  EXPECT_TRUE(refused([](PageReading& p) { p.lines[0].box.width = 0; }));
  EXPECT_TRUE(refused([](PageReading& p) { p.lines[0].box.height = -1; }));
  EXPECT_TRUE(refused([](PageReading& p) { p.lines[1].box.y = 1e6F; }));
  EXPECT_TRUE(
      refused([](PageReading& p) { p.lines[1].box.x = std::numeric_limits<float>::quiet_NaN(); }));
  EXPECT_TRUE(refused([](PageReading& p) { p.lines[1].confidence = 1.5F; }));
  EXPECT_TRUE(
      refused([](PageReading& p) { p.lines[1].text.assign(limits::kPageCellBytes + 1, 'a'); }));
  EXPECT_TRUE(refused([](PageReading& p) { p = page(limits::kPageCells + 1); }));
}

}  // namespace
}  // namespace mq::vision
