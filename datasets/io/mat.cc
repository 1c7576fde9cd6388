#include "datasets/io/mat.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <matio.h>

#include <algorithm>
#include <bit>
#include <map>
#include <utility>

#include "datasets/io/did_you_mean.h"
#include "datasets/io/errors.h"
#include "datasets/io/mat_block.h"
#include "datasets/io/mat_header.h"
#include "datasets/io/matio_lock.h"

namespace assay {
namespace {

void ToLittleEndian(Bytes& bytes, std::size_t element) {
  if constexpr (std::endian::native == std::endian::little) return;
  for (auto at = bytes.begin(); at != bytes.end(); at += static_cast<std::ptrdiff_t>(element)) {
    std::reverse(at, at + static_cast<std::ptrdiff_t>(element));
  }
}

}  // namespace

struct MatFile::State {
  std::filesystem::path path;
  std::vector<std::string> names;
  std::unique_ptr<mat_t, MatioDeleter> file;
  // What the file says about each variable asked for so far. After `file`, so
  // that HDF5 handles are released before the file is closed.
  std::map<std::string, std::unique_ptr<matvar_t, MatioDeleter>> variables;

  // The caller holds MatioLock.
  matvar_t& Variable(const std::string& name) {
    const auto known = variables.find(name);
    if (known != variables.end()) return *known->second;
    if (std::find(names.begin(), names.end(), name) == names.end()) throw NoSuchVariable(name);
    std::unique_ptr<matvar_t, MatioDeleter> info(Mat_VarReadInfo(file.get(), name.c_str()));
    if (info == nullptr) throw CorruptMat(path, "variable '" + name + "' cannot be read");
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
  if (state->file == nullptr) throw CorruptMat(path, "it cannot be opened");
  std::size_t count = 0;
  char* const* names = Mat_GetDir(state->file.get(), &count);
  if (names == nullptr && count > 0) throw CorruptMat(path, "its variables cannot be listed");
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
  return MatDims(state_->Variable(name));
}

Array MatFile::ReadAll(const std::string& name) const {
  const MatioLock lock;
  matvar_t& variable = state_->Variable(name);
  const Bytes bytes =
      ReadBlock(*state_->file, variable, WholeOf(variable, state_->path), state_->path);
  return ToArray(bytes, variable, MatDims(variable), state_->path);
}

std::vector<Array> MatFile::ReadFields(const std::string& name,
                                       const std::vector<std::string>& fields) const {
  const MatioLock lock;
  if (state_->Variable(name).class_type != MAT_C_STRUCT) {
    throw FileError(state_->path, "wrong-type", "variable '" + name + "' is no struct");
  }
  // Fields that are read one by one come out wrong from compressed files of version 5.
  const std::unique_ptr<matvar_t, MatioDeleter> whole(
      Mat_VarRead(state_->file.get(), name.c_str()));
  if (whole == nullptr) throw CorruptMat(state_->path, "variable '" + name + "' cannot be read");
  const std::vector<std::int64_t> dims = MatDims(*whole);
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
  std::vector<std::int64_t> shape = MatDims(variable);
  shape.pop_back();
  return ToArray(bytes, variable, std::move(shape), state_->path);
}

RgbImage MatFile::ReadRgbSlice(const std::string& name, std::int64_t index) const {
  const MatioLock lock;
  matvar_t& variable = state_->Variable(name);
  const std::vector<std::int64_t> dims = MatDims(variable);
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
  ToLittleEndian(bytes, ElementBytes(variable, state_->path));
  return bytes;
}

}  // namespace assay
