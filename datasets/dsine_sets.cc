#include "datasets/dsine_sets.h"

#include <array>
#include <stdexcept>

namespace assay {
namespace {

constexpr std::array<DsineSet, 3> kSets = {{
    {.dataset = "nyu-normals",
     .folder = "nyuv2",
     .split = "test",
     .list = "test.txt",
     .list_sha256 = "sha256:e85bb58eaeaed3a796c421c44733504c7291f0541b1a214bad39d1def6682731",
     .official = 654,
     .size = {640, 480},
     .file = NormalFile::kPng8,
     .suffix = "_normal.png",
     .only_folder = "test"},
    {.dataset = "scannet-normals",
     .folder = "scannet",
     .split = "test",
     .list = "test.txt",
     .list_sha256 = "sha256:e022232d2169f9064d3c6f961e4d76e5aea737c3c0b8acf19cd0416f8a4b5040",
     .official = 300,
     .size = {640, 480},
     .file = NormalFile::kPng8,
     .suffix = "_normal.png"},
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
