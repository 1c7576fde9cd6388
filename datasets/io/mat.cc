#include "datasets/io/mat.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <matio.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include "datasets/io/column_major.h"
#include "datasets/io/did_you_mean.h"
#include "datasets/io/errors.h"
#include "datasets/io/mat_header.h"

namespace assay {
namespace {

using Path = std::filesystem::path;

constexpr std::size_t kMaxElements = std::size_t{1} << 27;

// matio and HDF5 keep global state: one call at a time in the whole process.
std::mutex& MatioMutex() {
  static std::mutex mutex;
  return mutex;
}

// What matio said last, instead of on stderr. Guarded by MatioMutex().
std::string& LastMessage() {
  static std::string message;
  return message;
}

void KeepMessage(int /*level*/, char* message) { LastMessage() = message; }

class MatioLock {
 public:
  MatioLock() : lock_(MatioMutex()) {
    Mat_LogInitFunc("assay", &KeepMessage);
    LastMessage().clear();
  }

 private:
  std::lock_guard<std::mutex> lock_;
};

FileError Corrupt(const Path& path, const std::string& what) {
  const std::string& reason = LastMessage();
  return {path,
          "corrupt",
          "corrupt MATLAB file: " + what + (reason.empty() ? "" : " (" + reason + ")") +
              "; copy it again"};
}

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

std::vector<std::int64_t> DimsOf(const matvar_t& variable) {
  return {variable.dims, variable.dims + variable.rank};
}

// A block of a variable: `edge` elements from `start` along each axis.
struct Block {
  std::vector<int> start;
  std::vector<int> edge;
};

std::size_t CountElements(const Block& block, const matvar_t& variable, const Path& path) {
  std::size_t count = 1;
  for (const int edge : block.edge) {
    if (edge == 0) return 0;
    if (static_cast<std::size_t>(edge) > kMaxElements / count) {
      throw FileError(path,
                      "too-large",
                      fmt::format("variable '{}' ({}) has more than {} elements in one piece; read "
                                  "it slice by slice",
                                  variable.name,
                                  fmt::join(DimsOf(variable), " x "),
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

Block WholeOf(const matvar_t& variable, const Path& path) {
  Block block;
  for (const std::int64_t length : DimsOf(variable)) {
    block.start.push_back(0);
    block.edge.push_back(AxisLength(length, variable, path));
  }
  return block;
}

Block SliceOf(const matvar_t& variable, std::int64_t index, const Path& path) {
  const std::vector<std::int64_t> dims = DimsOf(variable);
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
  Block block = WholeOf(variable, path);
  block.start.back() = static_cast<int>(index);
  block.edge.back() = 1;
  return block;
}

// The last axis moves slowest, so a block that is whole along all other axes is one
// run of elements. matio 1.5.23 reads blocks of four axes wrongly from version 5
// (data of other slices), and runs from version 7.3 element by element: each
// version gets the call that works for it.
int ReadRun(mat_t& file, matvar_t& variable, const Block& block, std::size_t count, void* data) {
  const std::size_t start = static_cast<std::size_t>(block.start.back()) * count;
  if (start + count > INT32_MAX) return MATIO_E_INDEX_TOO_BIG;
  return Mat_VarReadDataLinear(
      &file, &variable, data, static_cast<int>(start), 1, static_cast<int>(count));
}

int ReadHyperslab(mat_t& file, matvar_t& variable, Block block, void* data) {
  std::vector<int> stride(block.start.size(), 1);
  return Mat_VarReadData(
      &file, &variable, data, block.start.data(), stride.data(), block.edge.data());
}

// The elements of a block in MATLAB's order and the machine's byte order.
Bytes ReadBlock(mat_t& file, matvar_t& variable, const Block& block, const Path& path) {
  const NumericClass& type = ClassOf(variable, path);
  const std::size_t count = CountElements(block, variable, path);
  Bytes bytes(count * type.bytes);
  if (bytes.empty()) return bytes;
  const int failed = Mat_GetVersion(&file) == MAT_FT_MAT73
                         ? ReadHyperslab(file, variable, block, bytes.data())
                         : ReadRun(file, variable, block, count, bytes.data());
  if (failed != 0) {
    throw Corrupt(path, fmt::format("variable '{}' cannot be read", variable.name));
  }
  return bytes;
}

// `shape` in MATLAB's order.
Array ToArray(const Bytes& bytes, const NumericClass& type, std::vector<std::int64_t> shape) {
  std::vector<double> values;
  values.reserve(bytes.size() / type.bytes);
  for (std::size_t i = 0; i < bytes.size(); i += type.bytes) {
    values.push_back(type.as_double(bytes.data() + i));
  }
  std::vector<double> ordered = RowMajorFromColumnMajor<double>(values, shape);
  return {std::move(shape), std::move(ordered)};
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

// `whole` is one struct with its data.
Array FieldOf(matvar_t& whole, const std::string& field, const Path& path) {
  const matvar_t* found = Mat_VarGetStructFieldByName(&whole, field.c_str(), 0);
  if (found == nullptr) throw NoSuchField(whole, field, path);
  const NumericClass& type = ClassOf(*found, path);
  const std::size_t bytes = CountElements(WholeOf(*found, path), *found, path) * type.bytes;
  if (found->nbytes != bytes || (bytes > 0 && found->data == nullptr)) {
    throw Corrupt(path, fmt::format("field '{}.{}' cannot be read", whole.name, field));
  }
  const auto* data = static_cast<const std::uint8_t*>(found->data);
  return ToArray(Bytes(data, data + bytes), type, DimsOf(*found));
}

void ToLittleEndian(Bytes& bytes, std::size_t element) {
  if constexpr (std::endian::native == std::endian::little) return;
  for (auto at = bytes.begin(); at != bytes.end(); at += static_cast<std::ptrdiff_t>(element)) {
    std::reverse(at, at + static_cast<std::ptrdiff_t>(element));
  }
}

struct MatDeleter {
  void operator()(mat_t* file) const { Mat_Close(file); }
  void operator()(matvar_t* variable) const { Mat_VarFree(variable); }
};

}  // namespace

struct MatFile::State {
  std::filesystem::path path;
  std::vector<std::string> names;
  std::unique_ptr<mat_t, MatDeleter> file;
  // What the file says about each variable asked for so far. After `file`, so
  // that HDF5 handles are released before the file is closed.
  std::map<std::string, std::unique_ptr<matvar_t, MatDeleter>> variables;

  // The caller holds MatioLock.
  matvar_t& Variable(const std::string& name) {
    const auto known = variables.find(name);
    if (known != variables.end()) return *known->second;
    if (std::find(names.begin(), names.end(), name) == names.end()) throw NoSuchVariable(name);
    std::unique_ptr<matvar_t, MatDeleter> info(Mat_VarReadInfo(file.get(), name.c_str()));
    if (info == nullptr) throw Corrupt(path, "variable '" + name + "' cannot be read");
    return *variables.emplace(name, std::move(info)).first->second;
  }

  FileError NoSuchVariable(const std::string& name) const {
    const std::string hint = DidYouMean(name, names);
    return {path,
            "no-such-field",
            fmt::format("holds no variable '{}'; {}{}it holds: {}",
                        name,
                        hint,
                        hint.empty() ? "" : " ",
                        fmt::join(names, ", "))};
  }
};

MatFile::MatFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
MatFile::MatFile(MatFile&&) noexcept = default;
MatFile& MatFile::operator=(MatFile&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

MatFile::~MatFile() {
  if (state_ == nullptr) return;
  const MatioLock lock;
  state_.reset();
}

MatFile MatFile::Open(const std::filesystem::path& path) {
  CheckMatHeader(path);
  auto state = std::make_unique<State>();
  state->path = path;
  const MatioLock lock;
  state->file.reset(Mat_Open(path.c_str(), MAT_ACC_RDONLY));
  if (state->file == nullptr) throw Corrupt(path, "it cannot be opened");
  std::size_t count = 0;
  char* const* names = Mat_GetDir(state->file.get(), &count);
  if (names == nullptr && count > 0) throw Corrupt(path, "its variables cannot be listed");
  for (std::size_t i = 0; i < count; ++i) {
    // "#refs#" is where MATLAB 7.3 keeps the contents of cells.
    if (names[i] != nullptr && names[i][0] != '#') state->names.emplace_back(names[i]);
  }
  return MatFile(std::move(state));
}

const std::filesystem::path& MatFile::Path() const { return state_->path; }

std::vector<std::string> MatFile::Names() const { return state_->names; }

bool MatFile::Has(const std::string& name) const {
  return std::find(state_->names.begin(), state_->names.end(), name) != state_->names.end();
}

std::vector<std::int64_t> MatFile::Dims(const std::string& name) const {
  const MatioLock lock;
  return DimsOf(state_->Variable(name));
}

Array MatFile::ReadAll(const std::string& name) const {
  const MatioLock lock;
  matvar_t& variable = state_->Variable(name);
  const Bytes bytes =
      ReadBlock(*state_->file, variable, WholeOf(variable, state_->path), state_->path);
  return ToArray(bytes, ClassOf(variable, state_->path), DimsOf(variable));
}

std::vector<Array> MatFile::ReadFields(const std::string& name,
                                       const std::vector<std::string>& fields) const {
  const MatioLock lock;
  if (state_->Variable(name).class_type != MAT_C_STRUCT) {
    throw FileError(state_->path, "wrong-type", "variable '" + name + "' is no struct");
  }
  // Fields that are read one by one come out wrong from compressed files of version 5.
  const std::unique_ptr<matvar_t, MatDeleter> whole(Mat_VarRead(state_->file.get(), name.c_str()));
  if (whole == nullptr) throw Corrupt(state_->path, "variable '" + name + "' cannot be read");
  const std::vector<std::int64_t> dims = DimsOf(*whole);
  if (std::any_of(dims.begin(), dims.end(), [](std::int64_t length) { return length != 1; })) {
    throw FileError(
        state_->path,
        "wrong-shape",
        fmt::format("variable '{}' holds {} structs; need one", name, fmt::join(dims, " x ")));
  }
  std::vector<Array> arrays;
  arrays.reserve(fields.size());
  for (const std::string& field : fields) arrays.push_back(FieldOf(*whole, field, state_->path));
  return arrays;
}

Array MatFile::ReadField(const std::string& name, const std::string& field) const {
  return std::move(ReadFields(name, {field}).front());
}

Array MatFile::ReadSlice(const std::string& name, std::int64_t index) const {
  const MatioLock lock;
  matvar_t& variable = state_->Variable(name);
  const Bytes bytes =
      ReadBlock(*state_->file, variable, SliceOf(variable, index, state_->path), state_->path);
  std::vector<std::int64_t> shape = DimsOf(variable);
  shape.pop_back();
  return ToArray(bytes, ClassOf(variable, state_->path), std::move(shape));
}

RgbImage MatFile::ReadRgbSlice(const std::string& name, std::int64_t index) const {
  const MatioLock lock;
  matvar_t& variable = state_->Variable(name);
  const std::vector<std::int64_t> dims = DimsOf(variable);
  if (dims.size() != 4 || dims[2] != 3 || variable.class_type != MAT_C_UINT8 || dims[0] < 1 ||
      dims[1] < 1) {
    throw FileError(
        state_->path,
        "wrong-shape",
        fmt::format("variable '{}' is {}; need uint8 H x W x 3 x N", name, fmt::join(dims, " x ")));
  }
  const Bytes planes =
      ReadBlock(*state_->file, variable, SliceOf(variable, index, state_->path), state_->path);
  RgbImage image({static_cast<int>(dims[1]), static_cast<int>(dims[0])});
  const std::size_t plane = image.size().Pixels();
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const std::size_t at = static_cast<std::size_t>(y) +
                             static_cast<std::size_t>(x) * static_cast<std::size_t>(dims[0]);
      image.At(x, y) = {planes[at], planes[at + plane], planes[at + 2 * plane]};
    }
  }
  return image;
}

Bytes MatFile::ReadSliceBytes(const std::string& name, std::int64_t index) const {
  const MatioLock lock;
  matvar_t& variable = state_->Variable(name);
  Bytes bytes =
      ReadBlock(*state_->file, variable, SliceOf(variable, index, state_->path), state_->path);
  ToLittleEndian(bytes, ClassOf(variable, state_->path).bytes);
  return bytes;
}

}  // namespace assay
