#include "datasets/io/exr.h"

#include <OpenEXR/ImfChannelList.h>
#include <OpenEXR/ImfFrameBuffer.h>
#include <OpenEXR/ImfHeader.h>
#include <OpenEXR/ImfIO.h>
#include <OpenEXR/ImfInputFile.h>
#include <OpenEXR/ImfOutputFile.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "datasets/io/errors.h"
#include "datasets/io/image.h"

namespace assay {
namespace {

using Span = std::span<const std::uint8_t>;
using Path = std::filesystem::path;

constexpr std::array<std::uint8_t, 4> kMagic = {0x76, 0x2f, 0x31, 0x01};
constexpr int kNoThreads = 0;
// More than any compression gains: a header that claims more than this is broken, and
// nothing is allocated for it.
constexpr std::size_t kMostPixelsPerByte = 4096;

// What the library asks beyond the end of the file.
struct EndOfFile : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class MemoryInput final : public Imf::IStream {
 public:
  explicit MemoryInput(Span bytes) : IStream("memory"), bytes_(bytes) {}

  bool read(char target[], int count) override {
    const auto wanted = static_cast<std::uint64_t>(count);
    if (at_ > bytes_.size() || wanted > bytes_.size() - at_) {
      throw EndOfFile("the file ends early");
    }
    std::memcpy(target, bytes_.data() + at_, wanted);
    at_ += wanted;
    return at_ < bytes_.size();
  }
  std::uint64_t tellg() override { return at_; }
  void seekg(std::uint64_t position) override { at_ = position; }

 private:
  Span bytes_;
  std::uint64_t at_ = 0;
};

class MemoryOutput final : public Imf::OStream {
 public:
  MemoryOutput() : OStream("memory") {}

  void write(const char source[], int count) override {
    const std::size_t end = at_ + static_cast<std::size_t>(count);
    bytes_.resize(std::max(bytes_.size(), end));
    std::memcpy(bytes_.data() + at_, source, static_cast<std::size_t>(count));
    at_ = end;
  }
  std::uint64_t tellp() override { return at_; }
  void seekp(std::uint64_t position) override { at_ = position; }
  Bytes Take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
};

using ChannelNames = std::array<const char*, 3>;
constexpr std::array<ChannelNames, 2> kChannelNames = {{{"R", "G", "B"}, {"X", "Y", "Z"}}};

ChannelNames FindChannels(const Imf::ChannelList& channels, const Path& path) {
  for (const ChannelNames& names : kChannelNames) {
    const bool all = std::all_of(names.begin(), names.end(), [&](const char* name) {
      const Imf::Channel* channel = channels.findChannel(name);
      return channel != nullptr && channel->xSampling == 1 && channel->ySampling == 1;
    });
    if (all) return names;
  }
  std::string found;
  for (auto it = channels.begin(); it != channels.end(); ++it) {
    found += (found.empty() ? "" : ", ") + std::string(it.name());
  }
  throw FileError(
      path, "wrong-channels", fmt::format("has the channels {}; need R, G, B or X, Y, Z", found));
}

Size SizeOf(const Imath::Box2i& window, const Path& path) {
  const std::int64_t width = std::int64_t{window.max.x} - window.min.x + 1;
  const std::int64_t height = std::int64_t{window.max.y} - window.min.y + 1;
  if (width < 1 || height < 1) throw FileError(path, "corrupt", "corrupt EXR: an empty window");
  const auto limit = static_cast<std::int64_t>(kMaxPixels);
  if (width > limit || height > limit / width) {
    throw FileError(
        path,
        "too-large",
        fmt::format("claims {} x {} pixels; at most {} are read", width, height, kMaxPixels));
  }
  return {static_cast<int>(width), static_cast<int>(height)};
}

// The channel that holds the distance along the optical axis.
std::string FindDepthChannel(const Imf::ChannelList& channels, const Path& path) {
  std::vector<std::string> names;
  for (auto it = channels.begin(); it != channels.end(); ++it) names.emplace_back(it.name());
  const auto has = [&](const char* name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (has("Z")) return "Z";
  if (has("R") && has("G") && has("B")) return "B";
  if (names.size() == 1) return names.front();
  throw FileError(path,
                  "wrong-channels",
                  fmt::format("has the channels {}; need Z, points as R, G, B, or one channel",
                              fmt::join(names, ", ")));
}

// Planes of floats, one for each channel, on the data window.
struct Planes {
  Size size;
  std::vector<std::vector<float>> values;
};

Planes ReadPlanes(Imf::InputFile& file,
                  const std::vector<std::string>& names,
                  std::size_t bytes,
                  const Path& path) {
  const Imath::Box2i window = file.header().dataWindow();
  Planes planes{SizeOf(window, path), {}};
  if (planes.size.Pixels() / kMostPixelsPerByte > bytes) {
    throw FileError(path, "corrupt", "corrupt EXR: it claims more pixels than its bytes can hold");
  }
  Imf::FrameBuffer buffer;
  planes.values.resize(names.size());
  for (std::size_t c = 0; c < names.size(); ++c) {
    planes.values[c].resize(planes.size.Pixels());
    buffer.insert(names[c],
                  Imf::Slice::Make(Imf::FLOAT,
                                   planes.values[c].data(),
                                   window,
                                   sizeof(float),
                                   sizeof(float) * static_cast<std::size_t>(planes.size.width)));
  }
  file.setFrameBuffer(buffer);
  file.readPixels(window.min.y, window.max.y);
  return planes;
}

VectorMap ReadVectors(Imf::InputFile& file, std::size_t bytes, const Path& path) {
  const ChannelNames names = FindChannels(file.header().channels(), path);
  const Planes planes = ReadPlanes(file, {names.begin(), names.end()}, bytes, path);
  VectorMap map(planes.size);
  for (std::size_t i = 0; i < planes.size.Pixels(); ++i) {
    map.Pixels()[i] = {planes.values[0][i], planes.values[1][i], planes.values[2][i]};
  }
  return map;
}

Raster<double> ReadDepth(Imf::InputFile& file, std::size_t bytes, const Path& path) {
  const std::string name = FindDepthChannel(file.header().channels(), path);
  const Planes planes = ReadPlanes(file, {name}, bytes, path);
  Raster<double> map(planes.size, 0.0);
  std::copy(planes.values[0].begin(), planes.values[0].end(), map.Pixels().begin());
  return map;
}

void CheckMagic(Span bytes, const Path& path) {
  const std::size_t length = std::min(bytes.size(), kMagic.size());
  if (!std::equal(
          bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length), kMagic.begin())) {
    throw FileError(path, "wrong-format", "is no OpenEXR image");
  }
  if (bytes.size() <= kMagic.size()) {
    throw FileError(path, "truncated", "ends within its first bytes; write or copy it again");
  }
}

// Opens the file and reads it by `read`; what the library throws becomes a FileError.
template <class Read>
auto Decode(Span bytes, const Path& path, const Read& read) {
  CheckMagic(bytes, path);
  try {
    MemoryInput stream(bytes);
    Imf::InputFile file(stream, kNoThreads);
    if (!file.isComplete()) {
      throw FileError(path, "truncated", "lacks scan lines or tiles; write or copy it again");
    }
    return read(file, bytes.size(), path);
  } catch (const FileError&) {
    throw;
  } catch (const EndOfFile& e) {
    throw FileError(path, "truncated", std::string(e.what()) + "; write or copy it again");
  } catch (const std::exception& e) {
    throw FileError(path, "corrupt", std::string("corrupt EXR: ") + e.what());
  }
}

Bytes EncodePlanes(Size size,
                   const std::vector<std::string>& names,
                   const std::vector<std::vector<float>>& planes) {
  Imf::Header header(size.width, size.height);
  header.compression() = Imf::ZIP_COMPRESSION;
  Imf::FrameBuffer buffer;
  for (std::size_t c = 0; c < planes.size(); ++c) {
    header.channels().insert(names[c], Imf::Channel(Imf::FLOAT));
    buffer.insert(names[c],
                  Imf::Slice::Make(Imf::FLOAT,
                                   planes[c].data(),
                                   header.dataWindow(),
                                   sizeof(float),
                                   sizeof(float) * static_cast<std::size_t>(size.width)));
  }
  MemoryOutput stream;
  {
    // The table of lines is written when the file object goes.
    Imf::OutputFile file(stream, header, kNoThreads);
    file.setFrameBuffer(buffer);
    file.writePixels(size.height);
  }
  return stream.Take();
}

}  // namespace

VectorMap DecodeExr(Span bytes, const Path& path) { return Decode(bytes, path, ReadVectors); }

Raster<double> DecodeExrDepth(Span bytes, const Path& path) {
  return Decode(bytes, path, ReadDepth);
}

Bytes EncodeExr(const VectorMap& map) {
  std::vector<std::vector<float>> planes(3);
  for (const Vector3& v : map.Pixels()) {
    planes[0].push_back(static_cast<float>(v.x));
    planes[1].push_back(static_cast<float>(v.y));
    planes[2].push_back(static_cast<float>(v.z));
  }
  return EncodePlanes(map.size(), {kChannelNames[0].begin(), kChannelNames[0].end()}, planes);
}

Bytes EncodeExr(const Raster<double>& map) {
  std::vector<float> plane;
  for (const double value : map.Pixels()) plane.push_back(static_cast<float>(value));
  return EncodePlanes(map.size(), {"Y"}, {plane});
}

}  // namespace assay
