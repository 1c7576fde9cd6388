#include "datasets/dsine_sets.h"

#include <array>
#include <stdexcept>

namespace assay {
namespace {

constexpr std::array<DsineSet, 9> kSets = {{
    {.dataset = "ibims-normals",
     .folder = "ibims",
     .split = "test",
     .list = "ibims.txt",
     .list_sha256 = "sha256:60fc1391c6afc956196dabccf89dce9dba61cd13ad894f26fa34f1db0f8e5915",
     .official = 100,
     .size = {640, 480},
     .file = NormalFile::kExr,
     .suffix = "_normal.exr",
     .only_folder = "ibims"},
    {.dataset = "ibims-normals-marigold",
     .folder = "ibims",
     .split = "test",
     .list = "ibims_test.txt",
     .list_sha256 = "sha256:a506b3314dd6f91c62d568ab3d6fedef93d5f5e3a82fd3d8ea0821e2684cfd02",
     .official = 100,
     .size = {640, 480},
     .file = NormalFile::kNpy,
     .suffix = "_normal.npy",
     .only_folder = "ibims",
     .frame = NormalFrame::kRub},
    {.dataset = "nyu-normals",
     .folder = "nyuv2",
     .split = "test",
     .list = "test.txt",
     .list_sha256 = "sha256:e85bb58eaeaed3a796c421c44733504c7291f0541b1a214bad39d1def6682731",
     .official = 654,
     .size = {640, 480},
     .file = NormalFile::kPng8,
     .suffix = "_normal.png",
     .only_folder = "test",
     .nyu_numbers = true},
    {.dataset = "nyu-normals-marigold",
     .folder = "nyuv2",
     .split = "test",
     .list = "nyuv2_test.txt",
     .list_sha256 = "sha256:bad3ce14d655e8f370e25ec42260296f95bd65b74036251ba69f57a69f2814da",
     .official = 654,
     .size = {640, 480},
     .file = NormalFile::kNpy,
     .suffix = "_normal.npy",
     .only_folder = "test",
     .frame = NormalFrame::kRub,
     .nyu_numbers = true},
    {.dataset = "oasis-normals",
     .folder = "oasis",
     .split = "val",
     .list = "val.txt",
     .list_sha256 = "sha256:5410c1c213be00859690a67af24b918c28a042be7d3e6bd86ad6dce882ac24e3",
     .official = 10000,
     .size = {},
     .file = NormalFile::kNpy,
     .suffix = "_normal.npy",
     .only_folder = "val"},
    {.dataset = "scannet-normals",
     .folder = "scannet",
     .split = "test",
     .list = "test.txt",
     .list_sha256 = "sha256:e022232d2169f9064d3c6f961e4d76e5aea737c3c0b8acf19cd0416f8a4b5040",
     .official = 300,
     .size = {640, 480},
     .file = NormalFile::kPng8,
     .suffix = "_normal.png"},
    {.dataset = "scannet-normals-marigold",
     .folder = "scannet",
     .split = "test",
     .list = "scannet_test.txt",
     .list_sha256 = "sha256:88b4b1df66f0e241734e2fd766687700aac6a99834ffbcd8441b2b956f5c55ed",
     .official = 300,
     .size = {640, 480},
     .file = NormalFile::kNpy,
     .suffix = "_normal.npy",
     .frame = NormalFrame::kRub},
    {.dataset = "sintel-normals",
     .folder = "sintel",
     .split = "test",
     .list = "sintel.txt",
     .list_sha256 = "sha256:9cab5ef7d6909ed5b50d6f482f9866e8abefbc593ee36417b741e227efaa239e",
     .official = 1064,
     .size = {1024, 436},
     .file = NormalFile::kExr,
     .suffix = "_normal.exr"},
    {.dataset = "vkitti-normals",
     .folder = "vkitti",
     .split = "test",
     .list = "vkitti.txt",
     .list_sha256 = "sha256:27aa2dfe3eecb6924f5b9d472bf40c75c8dc7d42bed0b1d7b1940b15923ff27b",
     .official = 1000,
     .size = {1242, 375},
     .file = NormalFile::kPng16,
     .suffix = "_normal.png"},
}};

}  // namespace

std::span<const DsineSet> DsineSets() { return kSets; }

const DsineSet& FindDsineSet(std::string_view dataset) {
  for (const DsineSet& set : kSets) {
    if (set.dataset == dataset) return set;
  }
  throw std::logic_error("no set of the DSINE pack is called " + std::string(dataset));
}

}  // namespace assay
