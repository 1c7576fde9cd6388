// The names of KITTI frames and the list files that order them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

// One frame: "2011_09_26_drive_0002_sync" and "0000000069".
struct KittiFrame {
  std::string drive, frame;

  std::string Key() const { return drive + "/" + frame; }
  std::string Date() const { return drive.substr(0, 10); }
  friend auto operator<=>(const KittiFrame&, const KittiFrame&) = default;
};

bool IsKittiDrive(std::string_view name);  // <date>_drive_<4 digits>_sync
bool IsKittiFrame(std::string_view name);  // ten digits

// The drive and frame in "…/<drive>/…/<frame>.<ext>"; nullopt when either is
// missing.
std::optional<KittiFrame> ParseKittiPath(std::string_view path);

struct KittiList {
  std::filesystem::path path;
  std::string sha256;     // of the file as it is
  bool official = false;  // the known list, apart from line ends
  std::int64_t lines = 0;
  std::vector<KittiFrame> frames;  // those with ground truth, in order
};

// Lines "rgb depth focal" split at white space, LF or CRLF, with or without a
// last line end; empty lines are skipped. Depth "None" = no ground truth.
// Throws DatasetError with the line number: a line that is not of this form, RGB
// and depth of different frames, a frame listed twice.
KittiList ReadKittiList(const std::filesystem::path& path);

}  // namespace assay
