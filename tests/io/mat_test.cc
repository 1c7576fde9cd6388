// MATLAB files, written here with matio:
//   - element (i, j, k) of MATLAB is (i, j) of slice k, for every numeric class, in
//     version 5 (plain and compressed) and 7.3;
//   - images come with their rows, columns and colours in place;
//   - slices give the same values as the whole, their bytes MATLAB's own;
//   - fields of a struct read as variables do; missing fields list what there is;
//   - missing variables list what there is; kinds that are no numbers are refused,
//     as are slices that do not exist;
//   - a file cut anywhere is an error when opened or read;
//   - threads may share a file.

#include "datasets/io/mat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <matio.h>
#include <rapidcheck.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <thread>

#include "tests/support/file_errors.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

using test::CodeOf;
using test::MessageOf;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Form {
  std::string name;
  mat_ft version;
  matio_compression compression;
};

const std::vector<Form>& Forms() {
  static const std::vector<Form> kForms = {
      {"v5.mat", MAT_FT_MAT5, MAT_COMPRESSION_NONE},
      {"v5_compressed.mat", MAT_FT_MAT5, MAT_COMPRESSION_ZLIB},
      {"v73.mat", MAT_FT_MAT73, MAT_COMPRESSION_NONE},
      {"v73_compressed.mat", MAT_FT_MAT73, MAT_COMPRESSION_ZLIB}};
  return kForms;
}

class Writer {
 public:
  Writer(const std::filesystem::path& path, const Form& form)
      : file_(Mat_CreateVer(path.c_str(), nullptr, form.version)), compression_(form.compression) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { Mat_Close(file_); }

  template <class T>
  void Add(const char* name,
           matio_classes type,
           matio_types data_type,
           std::vector<std::size_t> dims,
           std::vector<T> values,
           int options = 0) {
    matvar_t* variable = Mat_VarCreate(
        name, type, data_type, static_cast<int>(dims.size()), dims.data(), values.data(), options);
    EXPECT_EQ(Mat_VarWrite(file_, variable, compression_), 0) << name;
    Mat_VarFree(variable);
  }

 private:
  mat_t* file_;
  matio_compression compression_;
};

// The value MATLAB would show at (i, j, k), from 0: all different, none symmetric.
double Cell(std::size_t i, std::size_t j, std::size_t k) {
  return static_cast<double>(i * 16 + j * 3 + k);
}

// H x W x N in MATLAB's order.
template <class T>
std::vector<T> Cells(std::size_t height, std::size_t width, std::size_t count) {
  std::vector<T> values;
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t j = 0; j < width; ++j) {
      for (std::size_t i = 0; i < height; ++i) values.push_back(static_cast<T>(Cell(i, j, k)));
    }
  }
  return values;
}

constexpr std::size_t kHeight = 3;
constexpr std::size_t kWidth = 5;
constexpr std::size_t kSlices = 4;

template <class T>
void AddCells(Writer& writer, const char* name, matio_classes type, matio_types data_type) {
  writer.Add<T>(
      name, type, data_type, {kHeight, kWidth, kSlices}, Cells<T>(kHeight, kWidth, kSlices));
}

std::filesystem::path WriteCells(const TemporaryFolder& folder, const Form& form) {
  const std::filesystem::path path = folder.Path() / form.name;
  Writer writer(path, form);
  AddCells<double>(writer, "double", MAT_C_DOUBLE, MAT_T_DOUBLE);
  AddCells<float>(writer, "single", MAT_C_SINGLE, MAT_T_SINGLE);
  AddCells<std::uint8_t>(writer, "uint8", MAT_C_UINT8, MAT_T_UINT8);
  AddCells<std::int8_t>(writer, "int8", MAT_C_INT8, MAT_T_INT8);
  AddCells<std::uint16_t>(writer, "uint16", MAT_C_UINT16, MAT_T_UINT16);
  AddCells<std::int16_t>(writer, "int16", MAT_C_INT16, MAT_T_INT16);
  AddCells<std::uint32_t>(writer, "uint32", MAT_C_UINT32, MAT_T_UINT32);
  AddCells<std::int32_t>(writer, "int32", MAT_C_INT32, MAT_T_INT32);
  writer.Add<double>("vector", MAT_C_DOUBLE, MAT_T_DOUBLE, {3, 1}, {1, 9, 14});
  return path;
}

const std::vector<std::string>& Classes() {
  static const std::vector<std::string> kClasses = {
      "double", "single", "uint8", "int8", "uint16", "int16", "uint32", "int32"};
  return kClasses;
}

TEST(Mat, ElementsStandWhereMatlabShowsThem) {
  const TemporaryFolder folder;
  for (const Form& form : Forms()) {
    const MatFile file = MatFile::Open(WriteCells(folder, form));
    for (const std::string& name : Classes()) {
      SCOPED_TRACE(form.name + " " + name);
      EXPECT_THAT(file.Dims(name), ElementsAre(3, 5, 4));
      for (std::size_t k = 0; k < kSlices; ++k) {
        const Array slice = file.ReadSlice(name, static_cast<std::int64_t>(k));
        ASSERT_THAT(slice.shape, ElementsAre(3, 5));
        for (std::size_t i = 0; i < kHeight; ++i) {
          for (std::size_t j = 0; j < kWidth; ++j) {
            EXPECT_EQ(slice.values[i * kWidth + j], Cell(i, j, k)) << i << " " << j << " " << k;
          }
        }
      }
    }
  }
}

TEST(Mat, TheWholeHasTheSameElementsAsItsSlices) {
  const TemporaryFolder folder;
  for (const Form& form : Forms()) {
    const MatFile file = MatFile::Open(WriteCells(folder, form));
    for (const std::string& name : Classes()) {
      const Array whole = file.ReadAll(name);
      ASSERT_THAT(whole.shape, ElementsAre(3, 5, 4));
      for (std::size_t i = 0; i < whole.values.size(); ++i) {
        const std::size_t pixel = i / kSlices;
        EXPECT_EQ(whole.values[i], Cell(pixel / kWidth, pixel % kWidth, i % kSlices));
      }
    }
    EXPECT_THAT(file.ReadAll("vector").shape, ElementsAre(3, 1));
    EXPECT_THAT(file.ReadAll("vector").values, ElementsAre(1, 9, 14));
  }
}

TEST(Mat, ASlicesBytesAreMatlabsOwn) {
  const TemporaryFolder folder;
  for (const Form& form : Forms()) {
    const MatFile file = MatFile::Open(WriteCells(folder, form));
    const std::vector<float> cells = Cells<float>(kHeight, kWidth, kSlices);
    const Bytes bytes = file.ReadSliceBytes("single", 2);
    ASSERT_EQ(bytes.size(), kHeight * kWidth * sizeof(float));
    EXPECT_EQ(std::memcmp(bytes.data(), cells.data() + 2 * kHeight * kWidth, bytes.size()), 0);
  }
}

TEST(Mat, ImagesHaveRowsColumnsAndColoursInPlace) {
  const TemporaryFolder folder;
  for (const Form& form : Forms()) {
    SCOPED_TRACE(form.name);
    const std::filesystem::path path = folder.Path() / form.name;
    std::vector<std::uint8_t> values;
    for (std::size_t n = 0; n < 3; ++n) {
      for (std::size_t c = 0; c < 3; ++c) {
        for (std::size_t j = 0; j < kWidth; ++j) {
          for (std::size_t i = 0; i < kHeight; ++i) {
            values.push_back(static_cast<std::uint8_t>(80 * c + 20 * n + 5 * i + j));
          }
        }
      }
    }
    {
      Writer writer(path, form);
      writer.Add<std::uint8_t>("images", MAT_C_UINT8, MAT_T_UINT8, {kHeight, kWidth, 3, 3}, values);
      AddCells<std::uint8_t>(writer, "flat", MAT_C_UINT8, MAT_T_UINT8);
    }
    const MatFile file = MatFile::Open(path);
    const RgbImage image = file.ReadRgbSlice("images", 1);
    EXPECT_EQ(image.size(), (Size{5, 3}));
    for (int y = 0; y < 3; ++y) {
      for (int x = 0; x < 5; ++x) {
        const auto base = static_cast<std::uint8_t>(20 + 5 * y + x);
        EXPECT_EQ(image.At(x, y),
                  (Rgb8{base,
                        static_cast<std::uint8_t>(base + 80),
                        static_cast<std::uint8_t>(base + 160)}));
      }
    }
    const Array slice = file.ReadSlice("images", 1);
    EXPECT_THAT(slice.shape, ElementsAre(3, 5, 3));
    EXPECT_EQ(slice.values[(2 * 5 + 4) * 3 + 1], image.At(4, 2).g);
    EXPECT_EQ(CodeOf([&] { file.ReadRgbSlice("flat", 0); }), "wrong-shape");
  }
}

TEST(Mat, NaNAndInfinityPassThrough) {
  const TemporaryFolder folder;
  const double infinity = std::numeric_limits<double>::infinity();
  for (const Form& form : Forms()) {
    const std::filesystem::path path = folder.Path() / form.name;
    {
      Writer writer(path, form);
      writer.Add<double>(
          "x", MAT_C_DOUBLE, MAT_T_DOUBLE, {1, 3}, {std::nan(""), infinity, -infinity});
    }
    const Array read = MatFile::Open(path).ReadAll("x");
    EXPECT_TRUE(std::isnan(read.values[0]));
    EXPECT_EQ(read.values[1], infinity);
    EXPECT_EQ(read.values[2], -infinity);
  }
}

TEST(Mat, AMissingVariableListsWhatThereIs) {
  const TemporaryFolder folder;
  for (const Form& form : Forms()) {
    const MatFile file = MatFile::Open(WriteCells(folder, form));
    EXPECT_TRUE(file.Has("vector"));
    EXPECT_FALSE(file.Has("vektor"));
    EXPECT_EQ(file.Names().size(), 9U);
    EXPECT_EQ(CodeOf([&] { file.Dims("vektor"); }), "no-such-field");
    EXPECT_THAT(
        MessageOf([&] { file.ReadAll("vektor"); }),
        AllOf(HasSubstr(form.name), HasSubstr("did you mean 'vector'?"), HasSubstr("uint16")));
  }
}

TEST(Mat, SlicesThatDoNotExistAreRefused) {
  const TemporaryFolder folder;
  for (const Form& form : Forms()) {
    const MatFile file = MatFile::Open(WriteCells(folder, form));
    EXPECT_EQ(CodeOf([&] { file.ReadSlice("single", 4); }), "wrong-shape");
    EXPECT_EQ(CodeOf([&] { file.ReadSlice("single", -1); }), "wrong-shape");
    EXPECT_EQ(CodeOf([&] { file.ReadSlice("vector", 0); }), "wrong-shape");
    EXPECT_THAT(MessageOf([&] { file.ReadSlice("single", 4); }),
                HasSubstr("has 4 slices; there is no slice 4"));
  }
}

TEST(Mat, TextAndStructsAreNoNumbers) {
  const TemporaryFolder folder;
  for (const Form& form : Forms()) {
    const std::filesystem::path path = folder.Path() / form.name;
    {
      Writer writer(path, form);
      writer.Add<char>("text", MAT_C_CHAR, MAT_T_UTF8, {1, 3}, {'a', 'b', 'c'});
    }
    const MatFile file = MatFile::Open(path);
    EXPECT_EQ(CodeOf([&] { file.ReadAll("text"); }), "wrong-type");
    EXPECT_THAT(MessageOf([&] { file.ReadAll("text"); }), HasSubstr("'text'"));
  }
}

// Struct "data" with a double and a uint8 field; `count` of them.
std::filesystem::path WriteStruct(const TemporaryFolder& folder,
                                  const Form& form,
                                  std::size_t count = 1) {
  std::vector<double> depth = Cells<double>(kHeight, kWidth, 1);
  std::vector<std::uint8_t> mask = Cells<std::uint8_t>(kHeight, kWidth, 1);
  std::array<std::size_t, 2> dims = {kHeight, kWidth};
  std::array<std::size_t, 2> structs = {1, count};
  std::array<const char*, 2> names = {"depth", "mask"};
  matvar_t* whole = Mat_VarCreateStruct("data", 2, structs.data(), names.data(), 2);
  for (std::size_t i = 0; i < count; ++i) {
    Mat_VarSetStructFieldByName(
        whole,
        "depth",
        i,
        Mat_VarCreate("depth", MAT_C_DOUBLE, MAT_T_DOUBLE, 2, dims.data(), depth.data(), 0));
    Mat_VarSetStructFieldByName(
        whole,
        "mask",
        i,
        Mat_VarCreate("mask", MAT_C_UINT8, MAT_T_UINT8, 2, dims.data(), mask.data(), 0));
  }
  const std::filesystem::path path = folder.Path() / form.name;
  mat_t* file = Mat_CreateVer(path.c_str(), nullptr, form.version);
  EXPECT_EQ(Mat_VarWrite(file, whole, form.compression), 0) << form.name;
  Mat_VarFree(whole);
  Mat_Close(file);
  return path;
}

TEST(Mat, FieldsOfAStructReadAsVariablesDo) {
  for (const Form& form : Forms()) {
    const TemporaryFolder folder;
    const MatFile file = MatFile::Open(WriteStruct(folder, form));
    for (const char* name : {"depth", "mask", "depth"}) {
      SCOPED_TRACE(form.name + " " + name);
      const Array field = file.ReadField("data", name);
      EXPECT_THAT(field.shape, ElementsAre(kHeight, kWidth));
      for (std::size_t i = 0; i < kHeight; ++i) {
        for (std::size_t j = 0; j < kWidth; ++j) {
          EXPECT_EQ(field.values.at(i * kWidth + j), Cell(i, j, 0));
        }
      }
    }
  }
}

TEST(Mat, FieldsReadTogetherAreThoseReadAlone) {
  for (const Form& form : Forms()) {
    const TemporaryFolder folder;
    const MatFile file = MatFile::Open(WriteStruct(folder, form));
    const std::vector<Array> fields = file.ReadFields("data", {"mask", "depth"});
    ASSERT_EQ(fields.size(), 2U) << form.name;
    EXPECT_EQ(fields[0].values, file.ReadField("data", "mask").values) << form.name;
    EXPECT_EQ(fields[1].values, file.ReadField("data", "depth").values) << form.name;
    EXPECT_EQ(CodeOf([&] { file.ReadFields("data", {"depth", "rgb"}); }), "no-such-field");
  }
}

TEST(Mat, AFieldNeedsOneStructThatHasIt) {
  for (const Form& form : Forms()) {
    const TemporaryFolder folder;
    const MatFile file = MatFile::Open(WriteStruct(folder, form));
    EXPECT_EQ(CodeOf([&] { file.ReadField("data", "rgb"); }), "no-such-field");
    EXPECT_THAT(MessageOf([&] { file.ReadField("data", "rgb"); }), HasSubstr("depth, mask"));
    EXPECT_EQ(CodeOf([&] { file.ReadField("date", "depth"); }), "no-such-field");
    EXPECT_EQ(CodeOf([&] { file.ReadAll("data"); }), "wrong-type");
    const TemporaryFolder more;
    const MatFile two = MatFile::Open(WriteStruct(more, form, 2));
    EXPECT_EQ(CodeOf([&] { two.ReadField("data", "depth"); }), "wrong-shape") << form.name;
    const TemporaryFolder cells;
    const MatFile plain = MatFile::Open(WriteCells(cells, form));
    EXPECT_EQ(CodeOf([&] { plain.ReadField("vector", "x"); }), "wrong-type");
  }
}

TEST(Mat, OtherFilesAreRefused) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.Path() / "a.mat";
  EXPECT_EQ(CodeOf([&] { MatFile::Open(path); }), "not-found");
  WriteText(path, "hello, this is no MATLAB file");
  EXPECT_EQ(CodeOf([&] { MatFile::Open(path); }), "wrong-format");
  WriteText(path, "");
  EXPECT_EQ(CodeOf([&] { MatFile::Open(path); }), "truncated");
  WriteText(path, "MATLAB" + std::string(122, ' '));
  EXPECT_EQ(CodeOf([&] { MatFile::Open(path); }), "wrong-format");
}

std::string CodeOfReading(const std::filesystem::path& path) {
  return CodeOf([&] {
    const MatFile file = MatFile::Open(path);
    file.ReadSlice("double", 3);
    file.ReadAll("vector");
  });
}

TEST(Mat, CutAnywhereAVersion5FileIsTruncated) {
  const TemporaryFolder folder;
  for (const Form& form : {Forms()[0], Forms()[1]}) {
    const std::filesystem::path path = WriteCells(folder, form);
    ASSERT_EQ(CodeOfReading(path), "");
    const Bytes whole = ReadFile(path);
    for (std::size_t length = 0; length < whole.size(); length += 1 + length % 5) {
      WriteFile(path, std::span(whole).first(length));
      const std::string code = CodeOfReading(path);
      // Cut between two variables the file is whole, but lacks the later ones.
      EXPECT_TRUE(code == "truncated" || code == "no-such-field") << length << " " << code;
    }
  }
}

TEST(Mat, CutAnywhereAVersion73FileIsAnError) {
  const TemporaryFolder folder;
  const std::filesystem::path path = WriteCells(folder, Forms()[2]);
  ASSERT_EQ(CodeOfReading(path), "");
  const Bytes whole = ReadFile(path);
  for (std::size_t length = 0; length < whole.size(); length += 97) {
    WriteFile(path, std::span(whole).first(length));
    EXPECT_NE(CodeOfReading(path), "") << length;
  }
}

TEST(Mat, ThreadsMayShareAFile) {
  const TemporaryFolder folder;
  const MatFile file = MatFile::Open(WriteCells(folder, Forms()[2]));
  std::vector<int> right(4);
  std::vector<std::thread> threads;
  threads.reserve(right.size());
  for (std::size_t t = 0; t < right.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int repeat = 0; repeat < 20; ++repeat) {
        const Array slice = file.ReadSlice(Classes()[t], static_cast<std::int64_t>(t));
        right[t] += slice.values[7] == Cell(1, 2, t) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(right, ElementsAre(20, 20, 20, 20));
}

TEST(Mat, AFileMayBeMovedAndReplaced) {
  const TemporaryFolder folder;
  MatFile first = MatFile::Open(WriteCells(folder, Forms()[0]));
  MatFile second = std::move(first);
  first = MatFile::Open(WriteCells(folder, Forms()[2]));
  second = std::move(first);
  EXPECT_EQ(second.Path().filename(), "v73.mat");
  EXPECT_THAT(second.ReadAll("vector").values, ElementsAre(1, 9, 14));
}

}  // namespace
}  // namespace assay
