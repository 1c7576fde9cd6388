#include "datasets/io/mat_block.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <matio.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "datasets/io/column_major.h"

namespace assay {
namespace {

using Path = std::filesystem::path;

constexpr std::size_t kMaxElements = std::size_t{1} << 27;

template <class T>
double AsDouble(const std::uint8_t* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return static_cast<double>(value);
}

struct NumericClass {
  matio_classes id;
  std::size_t bytes;
  double (*as_double)(const std::uint8_t*);
};

constexpr std::array<NumericClass, 10> kClasses = {{
    {MAT_C_DOUBLE, 8, &AsDouble<double>},
    {MAT_C_SINGLE, 4, &AsDouble<float>},
    {MAT_C_INT8, 1, &AsDouble<std::int8_t>},
    {MAT_C_UINT8, 1, &AsDouble<std::uint8_t>},  // logical too
    {MAT_C_INT16, 2, &AsDouble<std::int16_t>},
    {MAT_C_UINT16, 2, &AsDouble<std::uint16_t>},
    {MAT_C_INT32, 4, &AsDouble<std::int32_t>},
    {MAT_C_UINT32, 4, &AsDouble<std::uint32_t>},
    {MAT_C_INT64, 8, &AsDouble<std::int64_t>},
    {MAT_C_UINT64, 8, &AsDouble<std::uint64_t>},
}};

const NumericClass& ClassOf(const matvar_t& variable, const Path& path) {
  const auto found = std::find_if(kClasses.begin(), kClasses.end(), [&](const NumericClass& entry) {
    return entry.id == variable.class_type;
  });
  if (found == kClasses.end() || variable.isComplex != 0) {
    throw FileError(
        path,
        "wrong-type",
        fmt::format("variable '{}' is not an array of real numbers (char, cell, struct, "
                    "sparse, complex, or without a MATLAB_class that matio reads)",
                    variable.name));
  }
  return *found;
}

std::size_t CountElements(const MatBlock& block, const matvar_t& variable, const Path& path) {
  std::size_t count = 1;
  for (const int edge : block.edge) {
    if (edge == 0) return 0;
    if (static_cast<std::size_t>(edge) > kMaxElements / count) {
      throw FileError(path,
                      "too-large",
                      fmt::format("variable '{}' ({}) has more than {} elements in one piece; read "
                                  "it slice by slice",
                                  variable.name,
                                  fmt::join(MatDims(variable), " x "),
                                  kMaxElements));
    }
    count *= static_cast<std::size_t>(edge);
  }
  return count;
}

int AxisLength(std::int64_t length, const matvar_t& variable, const Path& path) {
  if (length < 0 || length > INT32_MAX) {
    throw FileError(path,
                    "too-large",
                    fmt::format("variable '{}' has an axis of {} elements", variable.name, length));
  }
  return static_cast<int>(length);
}

// The last axis moves slowest, so a block that is whole along all other axes is one
// run of elements. matio 1.5.23 reads blocks of four axes wrongly from version 5
// (data of other slices), and runs from version 7.3 element by element: each
// version gets the call that works for it.
int ReadRun(mat_t& file, matvar_t& variable, const MatBlock& block, std::size_t count, void* data) {
  const std::size_t start = static_cast<std::size_t>(block.start.back()) * count;
  if (start + count > INT32_MAX) return MATIO_E_INDEX_TOO_BIG;
  return Mat_VarReadDataLinear(
      &file, &variable, data, static_cast<int>(start), 1, static_cast<int>(count));
}

int ReadHyperslab(mat_t& file, matvar_t& variable, MatBlock block, void* data) {
  std::vector<int> stride(block.start.size(), 1);
  return Mat_VarReadData(
      &file, &variable, data, block.start.data(), stride.data(), block.edge.data());
}

FileError NoSuchField(matvar_t& variable, const std::string& field, const Path& path) {
  char* const* fields = Mat_VarGetStructFieldnames(&variable);
  const std::vector<std::string> names(fields, fields + Mat_VarGetNumberOfFields(&variable));
  return {path,
          "no-such-field",
          fmt::format("variable '{}' has no field '{}'; it has: {}",
                      variable.name,
                      field,
                      fmt::join(names, ", "))};
}

}  // namespace

std::vector<std::int64_t> MatDims(const matvar_t& variable) {
  return {variable.dims, variable.dims + variable.rank};
}

MatBlock WholeOf(const matvar_t& variable, const Path& path) {
  MatBlock block;
  for (const std::int64_t length : MatDims(variable)) {
    block.start.push_back(0);
    block.edge.push_back(AxisLength(length, variable, path));
  }
  return block;
}

MatBlock SliceOf(const matvar_t& variable, std::int64_t index, const Path& path) {
  const std::vector<std::int64_t> dims = MatDims(variable);
  if (dims.size() < 3) {
    throw FileError(path,
                    "wrong-shape",
                    fmt::format("variable '{}' is {}; slices need a third axis",
                                variable.name,
                                fmt::join(dims, " x ")));
  }
  if (index < 0 || index >= dims.back()) {
    throw FileError(path,
                    "wrong-shape",
                    fmt::format("variable '{}' has {} slices; there is no slice {} (from 0)",
                                variable.name,
                                dims.back(),
                                index));
  }
  MatBlock block = WholeOf(variable, path);
  block.start.back() = static_cast<int>(index);
  block.edge.back() = 1;
  return block;
}

std::size_t ElementBytes(const matvar_t& variable, const Path& path) {
  return ClassOf(variable, path).bytes;
}

Bytes ReadBlock(mat_t& file, matvar_t& variable, const MatBlock& block, const Path& path) {
  const NumericClass& type = ClassOf(variable, path);
  const std::size_t count = CountElements(block, variable, path);
  Bytes bytes(count * type.bytes);
  if (bytes.empty()) return bytes;
  const int failed = Mat_GetVersion(&file) == MAT_FT_MAT73
                         ? ReadHyperslab(file, variable, block, bytes.data())
                         : ReadRun(file, variable, block, count, bytes.data());
  if (failed != 0) {
    throw CorruptMat(path, fmt::format("variable '{}' cannot be read", variable.name));
  }
  return bytes;
}

Array ToArray(const Bytes& bytes,
              const matvar_t& variable,
              std::vector<std::int64_t> shape,
              const Path& path) {
  const NumericClass& type = ClassOf(variable, path);
  std::vector<double> values;
  values.reserve(bytes.size() / type.bytes);
  for (std::size_t i = 0; i < bytes.size(); i += type.bytes) {
    values.push_back(type.as_double(bytes.data() + i));
  }
  std::vector<double> ordered = RowMajorFromColumnMajor<double>(values, shape);
  return {std::move(shape), std::move(ordered)};
}

Array FieldOf(matvar_t& whole, const std::string& field, const Path& path) {
  const matvar_t* found = Mat_VarGetStructFieldByName(&whole, field.c_str(), 0);
  if (found == nullptr) throw NoSuchField(whole, field, path);
  const std::size_t bytes =
      CountElements(WholeOf(*found, path), *found, path) * ElementBytes(*found, path);
  if (found->nbytes != bytes || (bytes > 0 && found->data == nullptr)) {
    throw CorruptMat(path, fmt::format("field '{}.{}' cannot be read", whole.name, field));
  }
  const auto* data = static_cast<const std::uint8_t*>(found->data);
  return ToArray(Bytes(data, data + bytes), *found, MatDims(*found), path);
}

}  // namespace assay
