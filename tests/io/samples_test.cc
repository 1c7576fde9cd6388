// Files that nothing of assay has written (tests/golden/io, by
// scripts/make_io_samples.py with NumPy, Pillow, SciPy and h5py): each reader finds
// exactly what expected.json says was written.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "datasets/io/array.h"
#include "datasets/io/image.h"
#include "datasets/io/mat.h"
#include "datasets/io/png.h"
#include "tests/support/file_errors.h"

namespace assay {
namespace {

using nlohmann::json;
using test::CodeOf;

std::filesystem::path Sample(const std::string& name) {
  return std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/golden/io" / name;
}

const json& Expected() {
  static const json kExpected = json::parse(ReadText(Sample("expected.json")));
  return kExpected;
}

double NumberOf(const json& value) {
  return value.is_string() ? std::strtod(value.get<std::string>().c_str(), nullptr)
                           : value.get<double>();
}

std::vector<double> ValuesOf(const json& facts) {
  std::vector<double> values;
  for (const json& value : facts["values"]) values.push_back(NumberOf(value));
  return values;
}

void ExpectSame(const Array& read, const json& facts) {
  EXPECT_EQ(json(read.shape), facts["shape"]);
  const std::vector<double> expected = ValuesOf(facts);
  ASSERT_EQ(read.values.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (std::isnan(expected[i])) {
      EXPECT_TRUE(std::isnan(read.values[i])) << i;
    } else {
      EXPECT_EQ(read.values[i], expected[i]) << i;
      EXPECT_EQ(std::signbit(read.values[i]), std::signbit(expected[i])) << i;
    }
  }
}

TEST(Samples, NumPyArraysOfEveryKindAreRead) {
  EXPECT_GE(Expected()["npy"].size(), 25U);
  for (const auto& [name, facts] : Expected()["npy"].items()) {
    SCOPED_TRACE(name);
    const std::filesystem::path path = Sample(name + ".npy");
    ExpectSame(DecodeNpy(ReadFile(path), path), facts);
  }
}

TEST(Samples, NumPyArchivesAreRead) {
  for (const auto& [name, fields] : Expected()["npz"].items()) {
    const std::filesystem::path path = Sample(name + ".npz");
    const Bytes bytes = ReadFile(path);
    for (const auto& [field, facts] : fields.items()) {
      SCOPED_TRACE(::testing::Message() << name << " " << field);
      ExpectSame(DecodeNpz(bytes, path, field), facts);
    }
    EXPECT_EQ(CodeOf([&] { DecodeNpz(bytes, path, ""); }),
              fields.size() == 1 ? "" : "no-such-field");
  }
}

TEST(Samples, WhatNumPyWroteWeWriteAgain) {
  for (const std::string name : {"f4_v1", "f8_v1"}) {
    const std::filesystem::path path = Sample(name + ".npy");
    const Bytes bytes = ReadFile(path);
    const Raster<double> map = AsRaster(DecodeNpy(bytes, path), path);
    EXPECT_EQ(name == "f8_v1" ? EncodeNpy(map) : EncodeNpyFloat32(map), bytes) << name;
  }
}

TEST(Samples, PillowsPngsAreReadSampleBySample) {
  EXPECT_GE(Expected()["png"].size(), 7U);
  for (const auto& [name, facts] : Expected()["png"].items()) {
    SCOPED_TRACE(name);
    const std::filesystem::path path = Sample(name + ".png");
    const PngSamples read = DecodePngSamples(ReadFile(path), path);
    EXPECT_EQ(read.header.size.height, facts["shape"][0].get<int>());
    EXPECT_EQ(read.header.size.width, facts["shape"][1].get<int>());
    EXPECT_EQ(std::vector<double>(read.samples.begin(), read.samples.end()), ValuesOf(facts));
  }
}

template <class T>
std::vector<double> PixelsOf(const Raster<T>& map) {
  return {map.Pixels().begin(), map.Pixels().end()};
}

std::vector<double> LevelsOf(const RgbImage& image) {
  std::vector<double> levels;
  for (const Rgb8& pixel : image.Pixels()) {
    for (const int level : {pixel.r, pixel.g, pixel.b}) levels.push_back(level);
  }
  return levels;
}

TEST(Samples, PillowsPngsAreReadAsWhatIsAskedFor) {
  const auto read = [](const std::string& name) { return ReadFile(Sample(name)); };
  const json& png = Expected()["png"];
  EXPECT_EQ(PixelsOf(DecodeGray8(read("gray.png"), "gray.png")), ValuesOf(png["gray"]));
  EXPECT_EQ(PixelsOf(DecodeGray16(read("gray16.png"), "gray16.png")), ValuesOf(png["gray16"]));
  EXPECT_EQ(LevelsOf(DecodeRgb(read("rgb.png"), "rgb.png")), ValuesOf(png["rgb"]));
  EXPECT_EQ(LevelsOf(DecodeRgb(read("rgba.png"), "rgba.png")), ValuesOf(png["rgb"]));
  EXPECT_EQ(LevelsOf(DecodeRgb(read("palette.png"), "palette.png")),
            ValuesOf(png["palette"]["rgb"]));
  EXPECT_EQ(CodeOf([&] { DecodeGray8(read("bilevel.png"), "bilevel.png"); }), "wrong-depth");
  EXPECT_EQ(CodeOf([&] { DecodeGray8(read("palette.png"), "palette.png"); }), "wrong-channels");
}

// Flat areas survive JPEG within a few levels; a swap, a mirror or a turn does not.
TEST(Samples, PillowsJpegsKeepTheirCornersWhateverExifSays) {
  for (const auto& [name, facts] : Expected()["jpeg"].items()) {
    SCOPED_TRACE(name);
    const std::filesystem::path path = Sample(name + ".jpg");
    const RgbImage image = DecodeRgb(ReadFile(path), path);
    EXPECT_EQ(image.size(), (Size{32, 16}));
    EXPECT_EQ(ReadHeader(path).size, (Size{32, 16}));
    const std::vector<double> read = LevelsOf(image);
    const std::vector<double> expected = ValuesOf(facts);
    for (std::size_t i = 0; i < read.size(); ++i) ASSERT_NEAR(read[i], expected[i], 6) << i;
  }
  EXPECT_EQ(CodeOf([] { DecodeRgb(ReadFile(Sample("gray.jpg")), "gray.jpg"); }), "wrong-channels");
}

TEST(Samples, MatlabFilesOfSciPyAndH5pyAreRead) {
  for (const std::string file : {"v5.mat", "v5_compressed.mat", "v73.mat"}) {
    const MatFile mat = MatFile::Open(Sample(file));
    for (const auto& [name, facts] : Expected()["mat"].items()) {
      SCOPED_TRACE(::testing::Message() << file << " " << name);
      EXPECT_EQ(json(mat.Dims(name)), facts["shape"]);
      ExpectSame(mat.ReadAll(name), facts);
    }
  }
}

// values[i] of an array in C order whose last axis is the slice.
std::vector<double> SliceOf(const json& facts, std::size_t slice) {
  const auto count = facts["shape"].back().get<std::size_t>();
  const std::vector<double> all = ValuesOf(facts);
  std::vector<double> values;
  for (std::size_t i = slice; i < all.size(); i += count) values.push_back(all[i]);
  return values;
}

TEST(Samples, SlicesOfMatlabFilesAreRead) {
  for (const std::string file : {"v5.mat", "v5_compressed.mat", "v73.mat"}) {
    SCOPED_TRACE(file);
    const MatFile mat = MatFile::Open(Sample(file));
    const json& facts = Expected()["mat"];
    for (std::size_t slice = 0; slice < 3; ++slice) {
      const auto index = static_cast<std::int64_t>(slice);
      EXPECT_EQ(mat.ReadSlice("rawDepths", index).values, SliceOf(facts["rawDepths"], slice));
      EXPECT_EQ(mat.ReadSlice("depths", index).values, SliceOf(facts["depths"], slice));
      EXPECT_EQ(mat.ReadSlice("labels", index).values, SliceOf(facts["labels"], slice));
      EXPECT_EQ(LevelsOf(mat.ReadRgbSlice("images", index)), SliceOf(facts["images"], slice));
    }
  }
}

TEST(Samples, VariablesThatAreNoNumbersAreRefused) {
  const MatFile mat = MatFile::Open(Sample("v5.mat"));
  for (const std::string name : {"name", "complex", "cell"}) {
    EXPECT_EQ(CodeOf([&] { mat.ReadAll(name); }), "wrong-type") << name;
  }
}

}  // namespace
}  // namespace assay
