// .npz archives, written here with libzip:
//   - each member is found by its name, stored and deflated; a single one needs no name;
//   - a missing or ambiguous name lists what there is and suggests;
//   - cut anywhere it is an error, a wrong CRC is found, mutations never crash;
//   - a member that claims more than it can hold, or more than the limit, is refused.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <zip.h>

#include <algorithm>

#include "datasets/io/array.h"
#include "tests/support/file_errors.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

using test::CodeOf;
using test::MessageOf;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;

struct Member {
  std::string name;
  Bytes bytes;
};

Bytes Zip(const std::vector<Member>& members, zip_int32_t method) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.Path() / "a.npz";
  int error = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
  for (const Member& member : members) {
    zip_source_t* source = zip_source_buffer(archive, member.bytes.data(), member.bytes.size(), 0);
    const zip_int64_t index = zip_file_add(archive, member.name.c_str(), source, 0);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), method, 0);
  }
  EXPECT_EQ(zip_close(archive), 0);
  return ReadFile(path);
}

Raster<double> Ramp(int width, int height, double scale) {
  Raster<double> map({width, height});
  for (std::size_t i = 0; i < map.Pixels().size(); ++i) {
    map.Pixels()[i] = scale * static_cast<double>(i);
  }
  return map;
}

Bytes TwoArrays(zip_int32_t method) {
  return Zip({{"depth.npy", EncodeNpy(Ramp(5, 4, 0.5))}, {"mask.npy", EncodeNpy(Ramp(2, 2, 1))}},
             method);
}

Raster<double> Read(const Bytes& bytes, const std::string& field) {
  return AsRaster(DecodeNpz(bytes, "a.npz", field), "a.npz");
}
std::string ReadCode(const Bytes& bytes, const std::string& field) {
  return CodeOf([&] { Read(bytes, field); });
}

TEST(Npz, FindsEachMemberStoredAndDeflated) {
  for (const zip_int32_t method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
    const Bytes bytes = TwoArrays(method);
    EXPECT_EQ(Read(bytes, "depth"), Ramp(5, 4, 0.5));
    EXPECT_EQ(Read(bytes, "mask"), Ramp(2, 2, 1));
  }
}

TEST(Npz, ASingleMemberNeedsNoName) {
  const Bytes bytes =
      Zip({{"notes.txt", {'h', 'i'}}, {"arr_0.npy", EncodeNpy(Ramp(3, 1, 2))}}, ZIP_CM_STORE);
  EXPECT_EQ(Read(bytes, ""), Ramp(3, 1, 2));
  EXPECT_EQ(Read(bytes, "arr_0"), Ramp(3, 1, 2));
}

TEST(Npz, AnAmbiguousOrMissingNameListsWhatThereIs) {
  const Bytes bytes = TwoArrays(ZIP_CM_STORE);
  EXPECT_EQ(ReadCode(bytes, ""), "no-such-field");
  EXPECT_THAT(MessageOf([&] { Read(bytes, ""); }), HasSubstr("name one of them: depth, mask"));
  EXPECT_EQ(ReadCode(bytes, "dpeth"), "no-such-field");
  EXPECT_THAT(MessageOf([&] { Read(bytes, "dpeth"); }),
              AllOf(HasSubstr("did you mean 'depth'?"), HasSubstr("it holds: depth, mask")));
  EXPECT_EQ(ReadCode(Zip({{"a.txt", {'x'}}}, ZIP_CM_STORE), ""), "no-such-field");
}

TEST(Npz, AnErrorWithinAMemberNamesIt) {
  const Bytes bytes = Zip({{"bad.npy", {'n', 'o', 'p', 'e'}}}, ZIP_CM_STORE);
  EXPECT_EQ(ReadCode(bytes, "bad"), "wrong-format");
  EXPECT_THAT(MessageOf([&] { Read(bytes, "bad"); }), HasSubstr("a.npz[bad]"));
}

TEST(Npz, CutAnywhereItIsAnError) {
  for (const zip_int32_t method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
    const Bytes whole = TwoArrays(method);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      EXPECT_EQ(ReadCode(cut, "depth"), "truncated") << length;
    }
  }
}

TEST(Npz, AWrongChecksumIsCorrupt) {
  Bytes bytes = TwoArrays(ZIP_CM_STORE);
  // The last byte of the first member's data: 9.5 = 40 23 00 …, little-endian.
  const Bytes value = {0x23, 0x40};
  const auto at = std::search(bytes.begin(), bytes.end(), value.begin(), value.end());
  ASSERT_NE(at, bytes.end());
  *at ^= 1;
  EXPECT_EQ(ReadCode(bytes, "depth"), "corrupt");
}

TEST(Npz, OtherFilesAreNotArchives) {
  EXPECT_EQ(ReadCode(EncodeNpy(Ramp(2, 2, 1)), ""), "wrong-format");
  EXPECT_EQ(ReadCode({}, ""), "truncated");
}

// Offset of the uncompressed size in the first entry of the central directory.
std::size_t DirectorySize(const Bytes& bytes) {
  const Bytes signature = {'P', 'K', 1, 2};
  const auto at = std::search(bytes.begin(), bytes.end(), signature.begin(), signature.end());
  return static_cast<std::size_t>(at - bytes.begin()) + 24;
}

TEST(Npz, AMemberThatClaimsTooMuchIsRefusedBeforeMemoryIsTaken) {
  Bytes bytes = TwoArrays(ZIP_CM_DEFLATE);
  const std::size_t at = DirectorySize(bytes);
  bytes[at + 3] = 0xf0;  // nearly 4 GB: over the limit
  EXPECT_EQ(ReadCode(bytes, "depth"), "too-large");
  bytes[at + 3] = 0x70;  // 1.9 GB from a few hundred bytes: impossible
  EXPECT_EQ(ReadCode(bytes, "depth"), "corrupt");
  bytes[at + 3] = 0;
  bytes[at] ^= 4;  // a few bytes more or less than it has
  EXPECT_EQ(ReadCode(bytes, "depth"), "corrupt");
}

TEST(Npz, AChangedByteNeverCrashes) {
  const std::vector<Bytes> files = {TwoArrays(ZIP_CM_STORE), TwoArrays(ZIP_CM_DEFLATE)};
  EXPECT_TRUE(rc::check("mutations", [&] {
    Bytes changed = *rc::gen::elementOf(files);
    changed[*rc::gen::inRange<std::size_t>(0, changed.size())] =
        *rc::gen::arbitrary<std::uint8_t>();
    ReadCode(changed, "depth");
    ReadCode(changed, "");
  }));
}

}  // namespace
}  // namespace assay
