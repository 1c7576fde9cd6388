#include "datasets/synthetic/mat_writer.h"

#include <hdf5.h>
#include <matio.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "datasets/io/errors.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

OutputError CannotWrite(const fs::path& path, const std::string& what) {
  return OutputError(path.string() + ": " + what + " cannot be written; is the disk full?");
}

void MakeFolderOf(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) throw OutputError(path.parent_path().string() + ": " + error.message());
}

// ---- version 7.3: HDF5 behind a block of 512 bytes -----------------------------

constexpr hsize_t kUserBlock = 512;

// HDF5 prints its errors unless told not to; they are thrown here.
class QuietHdf5 {
 public:
  QuietHdf5() {
    H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  QuietHdf5(const QuietHdf5&) = delete;
  QuietHdf5& operator=(const QuietHdf5&) = delete;
  ~QuietHdf5() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }

 private:
  H5E_auto2_t print_ = nullptr;
  void* data_ = nullptr;
};

// An identifier and the function that closes it.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  hid_t Id() const { return id_; }
  bool Good() const { return id_ >= 0; }
  // Closes early; false when HDF5 could not bring everything to disk.
  bool Close() {
    const bool good = id_ >= 0 && close_(id_) >= 0;
    id_ = -1;
    return good;
  }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

struct Variable {
  std::string name, matlab_class;
  hid_t type = -1;
  std::vector<hsize_t> dims;  // MATLAB's order
};

// MATLAB writes the class without room for a terminating null.
bool WriteClass(hid_t dataset, const std::string& matlab_class) {
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  if (!type.Good() || H5Tset_size(type.Id(), matlab_class.size()) < 0) return false;
  const Handle attribute(
      H5Acreate2(dataset, "MATLAB_class", type.Id(), space.Id(), H5P_DEFAULT, H5P_DEFAULT),
      H5Aclose);
  return attribute.Good() && H5Awrite(attribute.Id(), type.Id(), matlab_class.data()) >= 0;
}

bool WriteVariable(hid_t file, const Variable& variable, const void* numbers) {
  const std::vector<hsize_t> dims(variable.dims.rbegin(), variable.dims.rend());
  const Handle space(H5Screate_simple(static_cast<int>(dims.size()), dims.data(), nullptr),
                     H5Sclose);
  const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  if (!space.Good() || H5Pset_obj_track_times(creation.Id(), false) < 0) return false;
  const Handle dataset(H5Dcreate2(file,
                                  variable.name.c_str(),
                                  variable.type,
                                  space.Id(),
                                  H5P_DEFAULT,
                                  creation.Id(),
                                  H5P_DEFAULT),
                       H5Dclose);
  return dataset.Good() && WriteClass(dataset.Id(), variable.matlab_class) &&
         H5Dwrite(dataset.Id(), variable.type, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers) >= 0;
}

bool WriteVariables(const fs::path& path, const NyuMatContent& content) {
  const QuietHdf5 quiet;
  const Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  if (H5Pset_userblock(creation.Id(), kUserBlock) < 0) return false;
  Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.Id(), H5P_DEFAULT), H5Fclose);
  if (!file.Good()) return false;
  const auto h = static_cast<hsize_t>(content.size.height);
  const auto w = static_cast<hsize_t>(content.size.width);
  const auto n = static_cast<hsize_t>(content.images);
  const Variable images = {"images", "uint8", H5T_NATIVE_UINT8, {h, w, 3, n}};
  const Variable raw = {"rawDepths", "single", H5T_NATIVE_FLOAT, {h, w, n}};
  const Variable filled = {"depths", "single", H5T_NATIVE_FLOAT, {h, w, n}};
  return WriteVariable(file.Id(), filled, content.depths.data()) &&
         WriteVariable(file.Id(), images, content.rgb.data()) &&
         WriteVariable(file.Id(), raw, content.raw_depths.data()) && file.Close();
}

// What tells a MATLAB file from any other HDF5 file: a text, no subsystem data,
// version 2.0, and the mark of the byte order. No date: see the header.
bool WriteUserBlock(const fs::path& path) {
  constexpr std::string_view kText = "MATLAB 7.3 MAT-file, written by assay synth";
  std::array<char, 128> block{};
  std::fill_n(block.begin(), 116, ' ');
  std::copy(kText.begin(), kText.end(), block.begin());
  block[125] = 2;
  block[126] = 'I';
  block[127] = 'M';
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.write(block.data(), block.size());
  file.close();
  return file.good();
}

// ---- version 5 -------------------------------------------------------------------

struct CloseMat {
  void operator()(mat_t* file) const { Mat_Close(file); }
};
struct FreeVariable {
  void operator()(matvar_t* variable) const { Mat_VarFree(variable); }
};
using MatHandle = std::unique_ptr<mat_t, CloseMat>;

bool WriteColumn(const MatHandle& file, const char* name, std::vector<double>& numbers) {
  std::array<std::size_t, 2> dims = {numbers.size(), 1};
  const std::unique_ptr<matvar_t, FreeVariable> variable(Mat_VarCreate(
      name, MAT_C_DOUBLE, MAT_T_DOUBLE, 2, dims.data(), numbers.data(), MAT_F_DONT_COPY_DATA));
  return variable && Mat_VarWrite(file.get(), variable.get(), MAT_COMPRESSION_NONE) == 0;
}

// Borrows the numbers of `field`.
matvar_t* MakeField(MatField& field) {
  if (auto* numbers = std::get_if<std::vector<double>>(&field.numbers)) {
    return Mat_VarCreate(field.name.c_str(),
                         MAT_C_DOUBLE,
                         MAT_T_DOUBLE,
                         static_cast<int>(field.dims.size()),
                         field.dims.data(),
                         numbers->data(),
                         MAT_F_DONT_COPY_DATA);
  }
  return Mat_VarCreate(field.name.c_str(),
                       MAT_C_UINT8,
                       MAT_T_UINT8,
                       static_cast<int>(field.dims.size()),
                       field.dims.data(),
                       std::get<std::vector<std::uint8_t>>(field.numbers).data(),
                       MAT_F_DONT_COPY_DATA);
}

}  // namespace

void WriteNyuMat(const fs::path& path, const NyuMatContent& content) {
  MakeFolderOf(path);
  if (!WriteVariables(path, content) || !WriteUserBlock(path)) {
    throw CannotWrite(path, "the labelled file");
  }
}

void WriteNyuSplits(const fs::path& path, std::vector<double> train, std::vector<double> test) {
  MakeFolderOf(path);
  const MatHandle file(
      Mat_CreateVer(path.c_str(), "MATLAB 5.0 MAT-file, written by assay synth", MAT_FT_MAT5));
  if (!file || !WriteColumn(file, "trainNdxs", train) || !WriteColumn(file, "testNdxs", test)) {
    throw CannotWrite(path, "the split");
  }
}

void WriteMatStruct(const fs::path& path, const std::string& name, std::vector<MatField> fields) {
  MakeFolderOf(path);
  std::vector<const char*> names;
  names.reserve(fields.size());
  for (const MatField& field : fields) names.push_back(field.name.c_str());
  std::array<std::size_t, 2> one = {1, 1};
  const std::unique_ptr<matvar_t, FreeVariable> variable(Mat_VarCreateStruct(
      name.c_str(), 2, one.data(), names.data(), static_cast<unsigned>(names.size())));
  if (!variable) throw CannotWrite(path, "the struct");
  for (MatField& field : fields) {
    Mat_VarSetStructFieldByName(variable.get(), field.name.c_str(), 0, MakeField(field));
  }
  const MatHandle file(
      Mat_CreateVer(path.c_str(), "MATLAB 5.0 MAT-file, written by assay synth", MAT_FT_MAT5));
  if (!file || Mat_VarWrite(file.get(), variable.get(), MAT_COMPRESSION_ZLIB) != 0) {
    throw CannotWrite(path, "the struct");
  }
}

}  // namespace assay
