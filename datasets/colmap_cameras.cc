#include "datasets/colmap_cameras.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "datasets/dataset.h"
#include "datasets/list_text.h"
#include "datasets/truth_file.h"

namespace assay {
namespace {

// Models whose parameters begin with fx, fy, cx, cy.
constexpr std::array<std::string_view, 5> kModels = {
    "PINHOLE", "OPENCV", "OPENCV_FISHEYE", "FULL_OPENCV", "THIN_PRISM_FISHEYE"};

std::vector<std::string> CameraLines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first != std::string::npos && line[first] != '#') lines.push_back(line);
  }
  return lines;
}

}  // namespace

std::optional<Intrinsics> ReadSingleCamera(const std::filesystem::path& path, Size size) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  const std::vector<std::string> lines = CameraLines(ReadListText(path));
  if (lines.size() != 1) return std::nullopt;
  std::istringstream words(lines.front());
  std::string id;
  std::string model;
  Size stated;
  Intrinsics camera;
  words >> id >> model >> stated.width >> stated.height;
  if (std::find(kModels.begin(), kModels.end(), model) == kModels.end()) return std::nullopt;
  if (!(words >> camera.fx >> camera.fy >> camera.cx >> camera.cy)) {
    throw DatasetError(path,
                       "",
                       "no camera in \"" + lines.front() + "\"",
                       "lines are \"ID MODEL WIDTH HEIGHT fx fy cx cy …\"");
  }
  CheckSize(stated, size, path, "");
  return camera;
}

}  // namespace assay
