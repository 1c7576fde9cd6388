#include "datasets/io/jpeg.h"

#include <fmt/format.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "datasets/io/errors.h"
#include "datasets/io/orientation.h"

namespace assay {
namespace {

using Span = std::span<const std::uint8_t>;
using Path = std::filesystem::path;

constexpr int kStartOfImage = 0xd8;
constexpr int kEndOfImage = 0xd9;
constexpr int kStartOfScan = 0xda;
constexpr int kTemporary = 0x01;
constexpr int kApplication1 = 0xe1;
constexpr std::string_view kExifMagic("Exif\0\0", 6);

FileError Truncated(const Path& path, const std::string& what) {
  return {path,
          "truncated",
          "truncated JPEG: " + what + "; the file was cut off, write or copy it again"};
}

FileError Corrupt(const Path& path, const std::string& what) {
  return {
      path, "corrupt", "corrupt JPEG: " + what + "; the file was changed, write or copy it again"};
}

bool IsRestart(int marker) { return marker >= 0xd0 && marker <= 0xd7; }

// SOF0 … SOF15 without DHT, JPG and DAC, which share their range (table B.1).
bool IsFrame(int marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

struct Segment {
  int marker = 0;
  std::size_t offset = 0;  // of the marker
  Span data;               // without the two length bytes
};

// Walks the marker segments of a file.
class Markers {
 public:
  Markers(Span bytes, const Path& path) : bytes_(bytes), path_(&path) {}

  Segment Next() {
    Segment segment;
    segment.offset = position_;
    segment.marker = NextMarker();
    const bool bare = segment.marker == kStartOfImage || segment.marker == kEndOfImage ||
                      segment.marker == kTemporary || IsRestart(segment.marker);
    if (!bare) segment.data = SegmentData(segment.marker);
    return segment;
  }

  // From after a scan header to the first marker that ends its coded data.
  void SkipCodedData() {
    while (true) {
      const std::uint8_t byte = At(position_);
      if (byte == 0xff) {
        const int next = At(position_ + 1);
        if (next != 0 && next != 0xff && !IsRestart(next)) return;
      }
      ++position_;
    }
  }

 private:
  std::uint8_t At(std::size_t position) const {
    if (position >= bytes_.size()) {
      throw Truncated(*path_,
                      fmt::format("it ends at byte {} without an EOI marker", bytes_.size()));
    }
    return bytes_[position];
  }

  int NextMarker() {
    if (At(position_) != 0xff) {
      throw Corrupt(*path_, fmt::format("no marker at byte {}", position_));
    }
    while (At(position_) == 0xff) ++position_;  // fill bytes are allowed before a marker
    return bytes_[position_++];
  }

  Span SegmentData(int marker) {
    const std::size_t length =
        static_cast<std::size_t>(At(position_)) << 8 | static_cast<std::size_t>(At(position_ + 1));
    if (length < 2) {
      throw Corrupt(
          *path_,
          fmt::format("marker FF{:02X} at byte {} has length {}", marker, position_ - 2, length));
    }
    if (bytes_.size() - position_ < length) {
      throw Truncated(*path_,
                      fmt::format("marker FF{:02X} at byte {} needs {} bytes, {} are left",
                                  marker,
                                  position_ - 2,
                                  length,
                                  bytes_.size() - position_));
    }
    const Span data = bytes_.subspan(position_ + 2, length - 2);
    position_ += length;
    return data;
  }

  Span bytes_;
  const Path* path_;
  std::size_t position_ = 0;
};

bool IsExif(Span data) {
  return data.size() >= kExifMagic.size() &&
         std::equal(kExifMagic.begin(), kExifMagic.end(), data.begin(), [](char a, std::uint8_t b) {
           return static_cast<std::uint8_t>(a) == b;
         });
}

ImageHeader ParseFrame(const Segment& frame, const Path& path) {
  const Span data = frame.data;
  if (data.size() < 6) {
    throw Corrupt(path, fmt::format("the frame header at byte {} is too short", frame.offset));
  }
  const int height = data[1] << 8 | data[2];
  const int width = data[3] << 8 | data[4];
  if (width == 0 || height == 0) {
    throw Corrupt(
        path,
        fmt::format(
            "the frame header at byte {} states a size of {} x {}", frame.offset, width, height));
  }
  const ImageHeader header = {ImageFormat::kJpeg, {width, height}, data[0], data[5]};
  if (header.size.Pixels() > kMaxPixels) {
    throw FileError(
        path,
        "too-large",
        fmt::format("claims {} x {} pixels; at most {} are read", width, height, kMaxPixels));
  }
  return header;
}

void CheckStart(Span bytes, const Path& path) {
  if (bytes.empty()) throw Truncated(path, "the file is empty");
  if (bytes[0] != 0xff || (bytes.size() > 1 && bytes[1] != kStartOfImage)) {
    throw FileError(path, "wrong-format", "is not a JPEG (no SOI marker)");
  }
}

// Every segment up to EOI; returns the frame header.
ImageHeader CheckStructure(Span bytes, const Path& path) {
  CheckStart(bytes, path);
  Markers markers(bytes, path);
  std::optional<ImageHeader> header;
  bool scanned = false;
  while (true) {
    const Segment segment = markers.Next();
    if (segment.marker == kEndOfImage) break;
    if (IsFrame(segment.marker)) {
      if (header) throw Corrupt(path, fmt::format("a second frame at byte {}", segment.offset));
      header = ParseFrame(segment, path);
    }
    if (segment.marker == kStartOfScan) {
      markers.SkipCodedData();
      scanned = true;
    }
  }
  if (!header || !scanned) throw Corrupt(path, "it has no image between its markers");
  return *header;
}

cv::Mat DecodePixels(Span bytes, const ImageHeader& header, const Path& path) {
  cv::Mat image;
  try {
    image = cv::imdecode(
        cv::Mat(1, static_cast<int>(bytes.size()), CV_8U, const_cast<std::uint8_t*>(bytes.data())),
        cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception& error) {
    throw Corrupt(path, error.err);
  }
  if (image.empty()) throw Corrupt(path, "the coded data cannot be decoded");
  if (image.cols != header.size.width || image.rows != header.size.height ||
      image.type() != CV_8UC3) {
    throw Corrupt(path,
                  fmt::format("the header states {} x {}, {} x {} were decoded",
                              header.size.width,
                              header.size.height,
                              image.cols,
                              image.rows));
  }
  return image;
}

}  // namespace

ImageHeader DecodeJpegHeader(Span bytes, const Path& path) {
  CheckStart(bytes, path);
  Markers markers(bytes, path);
  while (true) {
    const Segment segment = markers.Next();
    if (IsFrame(segment.marker)) return ParseFrame(segment, path);
    if (segment.marker == kStartOfScan || segment.marker == kEndOfImage) {
      throw Corrupt(path, fmt::format("no frame header before byte {}", segment.offset));
    }
  }
}

int DecodeJpegOrientation(Span bytes, const Path& path) {
  CheckStart(bytes, path);
  Markers markers(bytes, path);
  while (true) {
    const Segment segment = markers.Next();
    if (segment.marker == kApplication1 && IsExif(segment.data)) {
      return ExifOrientation(segment.data.subspan(kExifMagic.size()));
    }
    if (IsFrame(segment.marker) || segment.marker == kStartOfScan ||
        segment.marker == kEndOfImage) {
      return kUpright;
    }
  }
}

RgbImage DecodeJpegRgb(Span bytes, const Path& path, GrayJpeg gray) {
  const ImageHeader header = CheckStructure(bytes, path);
  if (header.bit_depth != 8) {
    throw FileError(
        path, "wrong-depth", fmt::format("is a {}-bit JPEG; need 8-bit RGB", header.bit_depth));
  }
  const bool spread = header.channels == 1 && gray == GrayJpeg::kSpread;
  if (header.channels != 3 && !spread) {
    throw FileError(path,
                    "wrong-channels",
                    fmt::format("is a JPEG of {} components; need 8-bit RGB", header.channels));
  }
  const cv::Mat bgr = DecodePixels(bytes, header, path);
  RgbImage image(header.size);
  cv::Mat rgb(bgr.rows, bgr.cols, CV_8UC3, image.Pixels().data());
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  return image;
}

Bytes EncodeJpeg(const RgbImage& image, int quality) {
  const cv::Mat rgb(
      image.height(), image.width(), CV_8UC3, const_cast<Rgb8*>(image.Pixels().data()));
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  Bytes bytes;
  if (!cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, quality})) {
    throw std::logic_error("EncodeJpeg: OpenCV was built without a JPEG encoder");
  }
  return bytes;
}

}  // namespace assay
