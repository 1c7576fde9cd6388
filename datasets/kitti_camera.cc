#include "datasets/kitti_camera.h"

#include <array>

namespace assay {
namespace {

constexpr std::array<KittiCamera, 5> kCameras = {{
    {"2011_09_26", {1242, 375}, {721.5377, 721.5377, 609.5593, 172.8540}},
    {"2011_09_28", {1224, 370}, {707.0493, 707.0493, 604.0814, 180.5066}},
    {"2011_09_29", {1238, 374}, {718.3351, 718.3351, 600.3891, 181.5122}},
    {"2011_09_30", {1226, 370}, {707.0912, 707.0912, 601.8873, 183.1104}},
    {"2011_10_03", {1241, 376}, {718.8560, 718.8560, 607.1928, 185.2157}},
}};

}  // namespace

std::span<const KittiCamera> KittiCameras() { return kCameras; }

}  // namespace assay
