#include "datasets/synthetic/mat_writer.h"

#include <matio.h>

#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "datasets/io/errors.h"

namespace assay {
namespace {

struct CloseMat {
  void operator()(mat_t* file) const { Mat_Close(file); }
};
struct FreeVariable {
  void operator()(matvar_t* variable) const { Mat_VarFree(variable); }
};
using MatHandle = std::unique_ptr<mat_t, CloseMat>;

// The header text without a date: equal trees are equal bytes.
constexpr const char* kHeader = "MATLAB MAT-file, written by assay synth";

MatHandle Create(const std::filesystem::path& path, mat_ft version) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  MatHandle file(Mat_CreateVer(path.c_str(), kHeader, version));
  if (!file) throw OutputError(path.string() + ": cannot be created");
  return file;
}

template <class Number>
void Write(const MatHandle& file,
           const std::filesystem::path& path,
           const char* name,
           matio_classes type,
           matio_types storage,
           std::vector<std::size_t> dims,
           std::vector<Number>& numbers) {
  const std::unique_ptr<matvar_t, FreeVariable> variable(
      Mat_VarCreate(name,
                    type,
                    storage,
                    static_cast<int>(dims.size()),
                    dims.data(),
                    numbers.data(),
                    MAT_F_DONT_COPY_DATA));
  if (!variable || Mat_VarWrite(file.get(), variable.get(), MAT_COMPRESSION_NONE) != 0) {
    throw OutputError(path.string() + ": " + name + " cannot be written; is the disk full?");
  }
}

}  // namespace

void WriteNyuMat(const std::filesystem::path& path, NyuMatContent content) {
  const MatHandle file = Create(path, MAT_FT_MAT73);
  const auto h = static_cast<std::size_t>(content.size.height);
  const auto w = static_cast<std::size_t>(content.size.width);
  const auto n = static_cast<std::size_t>(content.images);
  Write(file, path, "images", MAT_C_UINT8, MAT_T_UINT8, {h, w, 3, n}, content.rgb);
  Write(file, path, "rawDepths", MAT_C_SINGLE, MAT_T_SINGLE, {h, w, n}, content.raw_depths);
  Write(file, path, "depths", MAT_C_SINGLE, MAT_T_SINGLE, {h, w, n}, content.depths);
}

void WriteNyuSplits(const std::filesystem::path& path,
                    std::vector<double> train,
                    std::vector<double> test) {
  const MatHandle file = Create(path, MAT_FT_MAT5);
  const std::size_t train_count = train.size();
  const std::size_t test_count = test.size();
  Write(file, path, "trainNdxs", MAT_C_DOUBLE, MAT_T_DOUBLE, {train_count, 1}, train);
  Write(file, path, "testNdxs", MAT_C_DOUBLE, MAT_T_DOUBLE, {test_count, 1}, test);
}

}  // namespace assay
