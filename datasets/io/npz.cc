#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "datasets/io/array.h"
#include "datasets/io/did_you_mean.h"
#include "datasets/io/errors.h"

namespace assay {
namespace {

using Path = std::filesystem::path;

// Of one member, inflated.
constexpr std::uint64_t kMaxMemberBytes = std::uint64_t{1} << 31;
constexpr std::string_view kSuffix = ".npy";

FileError Corrupt(const Path& path, const std::string& what) {
  return {path, "corrupt", "corrupt .npz: " + what + "; write or copy it again"};
}

struct ZipDeleter {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Archive = std::unique_ptr<zip_t, ZipDeleter>;

Archive OpenArchive(std::span<const std::uint8_t> bytes, const Path& path) {
  if (bytes.size() < 2 || bytes[0] != 'P' || bytes[1] != 'K') {
    const bool cut = bytes.empty() || (bytes.size() == 1 && bytes[0] == 'P');
    throw FileError(path,
                    cut ? "truncated" : "wrong-format",
                    cut ? "is cut off; write or copy it again"
                        : "is not a .npz file (a ZIP archive of .npy members); write it with "
                          "numpy.savez");
  }
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  Archive archive(source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error));
  if (archive == nullptr) {
    if (source != nullptr) zip_source_free(source);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    throw FileError(path,
                    "truncated",
                    "truncated .npz: no complete ZIP directory at its end (" + reason +
                        "); write or copy it again");
  }
  zip_error_fini(&error);
  return archive;
}

struct Member {
  zip_uint64_t index = 0;
  std::string name;  // without .npy
};

std::vector<Member> ListMembers(zip_t& archive) {
  std::vector<Member> members;
  const zip_int64_t count = zip_get_num_entries(&archive, 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    const char* name = zip_get_name(&archive, index, ZIP_FL_ENC_RAW);
    if (name == nullptr || !std::string_view(name).ends_with(kSuffix)) continue;
    const std::string_view text(name);
    members.push_back({index, std::string(text.substr(0, text.size() - kSuffix.size()))});
  }
  return members;
}

std::vector<std::string> NamesOf(const std::vector<Member>& members) {
  std::vector<std::string> names;
  names.reserve(members.size());
  for (const Member& member : members) names.push_back(member.name);
  return names;
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

const Member& FindMember(const std::vector<Member>& members,
                         const std::string& field,
                         const Path& path) {
  if (members.empty()) throw FileError(path, "no-such-field", "holds no .npy member");
  const std::vector<std::string> names = NamesOf(members);
  if (field.empty()) {
    if (members.size() == 1) return members.front();
    throw FileError(
        path, "no-such-field", "holds several arrays, name one of them: " + Joined(names));
  }
  const auto found = std::find(names.begin(), names.end(), field);
  if (found != names.end()) {
    if (std::find(found + 1, names.end(), field) != names.end()) {
      throw Corrupt(path, "it holds '" + field + "' twice");
    }
    return members[static_cast<std::size_t>(found - names.begin())];
  }
  const std::string hint = DidYouMean(field, names);
  throw FileError(path,
                  "no-such-field",
                  "holds no array '" + field + "'; " + (hint.empty() ? "" : hint + " ") +
                      "it holds: " + Joined(names));
}

// The inflated size as the directory states it, checked before it is allocated:
// against the limit, and against what deflate can reach (1032 to 1).
std::size_t CheckedSize(zip_t& archive, const Member& member, const Path& path) {
  zip_stat_t status;
  zip_stat_init(&status);
  if (zip_stat_index(&archive, member.index, 0, &status) != 0 ||
      (status.valid & ZIP_STAT_SIZE) == 0 || (status.valid & ZIP_STAT_COMP_SIZE) == 0) {
    throw Corrupt(path, "the size of '" + member.name + "' is not stated");
  }
  if (status.size > kMaxMemberBytes) {
    throw FileError(path,
                    "too-large",
                    fmt::format("'{}' claims {} bytes; at most {} are read",
                                member.name,
                                status.size,
                                kMaxMemberBytes));
  }
  if (status.size / 1032 > status.comp_size) {
    throw Corrupt(path,
                  fmt::format("'{}' claims {} bytes from {} compressed ones",
                              member.name,
                              status.size,
                              status.comp_size));
  }
  return static_cast<std::size_t>(status.size);
}

Bytes ReadMember(zip_t& archive, const Member& member, const Path& path) {
  Bytes bytes(CheckedSize(archive, member, path));
  const std::unique_ptr<zip_file_t, ZipDeleter> file(zip_fopen_index(&archive, member.index, 0));
  if (file == nullptr) {
    throw Corrupt(path, "'" + member.name + "' cannot be read: " + zip_strerror(&archive));
  }
  std::size_t done = 0;
  while (done < bytes.size()) {
    const zip_int64_t count = zip_fread(file.get(), bytes.data() + done, bytes.size() - done);
    if (count <= 0) throw Corrupt(path, "'" + member.name + "' does not inflate to its size");
    done += static_cast<std::size_t>(count);
  }
  // The CRC is compared when the end is reached, which takes one more read.
  std::uint8_t beyond = 0;
  if (zip_fread(file.get(), &beyond, 1) != 0) {
    throw Corrupt(path, "'" + member.name + "' has a wrong CRC or is longer than stated");
  }
  return bytes;
}

}  // namespace

Array DecodeNpz(std::span<const std::uint8_t> bytes, const Path& path, const std::string& field) {
  const Archive archive = OpenArchive(bytes, path);
  const std::vector<Member> members = ListMembers(*archive);
  const Member& member = FindMember(members, field, path);
  return DecodeNpy(ReadMember(*archive, member, path), path.string() + "[" + member.name + "]");
}

}  // namespace assay
