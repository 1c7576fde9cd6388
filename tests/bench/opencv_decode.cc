// What scoring is measured against: OpenCV decoding the same files, and nothing else.
//
//   opencv_decode THREADS FRAMES < list     one path a line; FRAMES divides the time
//
// Prints one JSON object: seconds, seconds_per_frame, files, pixels.
//
// The allocator keeps what it freed (no trimming, no mmap per image): otherwise each image is paid
// for with page faults, which would flatter whoever is compared with this loop.

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <thread>
#include <vector>

namespace {

void KeepFreedMemory() {
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_MMAP_THRESHOLD, std::numeric_limits<int>::max());
}

std::vector<std::string> ReadPaths() {
  std::vector<std::string> paths;
  for (std::string line; std::getline(std::cin, line);) paths.push_back(line);
  return paths;
}

// Returns the pixels decoded; ends the program when a file cannot be decoded.
std::int64_t DecodeAll(const std::vector<std::string>& paths, int threads) {
  std::atomic<std::size_t> next = 0;
  std::atomic<std::int64_t> pixels = 0;
  std::vector<std::jthread> workers;
  for (int worker = 0; worker < threads; ++worker) {
    workers.emplace_back([&] {
      for (std::size_t i = next++; i < paths.size(); i = next++) {
        const cv::Mat image = cv::imread(paths[i], cv::IMREAD_UNCHANGED);
        if (image.empty()) {
          std::fprintf(stderr, "opencv_decode: cannot decode %s\n", paths[i].c_str());
          std::_Exit(1);
        }
        pixels += static_cast<std::int64_t>(image.total());
      }
    });
  }
  workers.clear();  // joins
  return pixels;
}

}  // namespace

int main(int argc, char** argv) {
  const int threads = argc == 3 ? std::atoi(argv[1]) : 0;
  const int frames = argc == 3 ? std::atoi(argv[2]) : 0;
  if (threads < 1 || frames < 1) {
    std::fprintf(stderr, "usage: opencv_decode THREADS FRAMES < list of files\n");
    return 2;
  }
  KeepFreedMemory();
  cv::setNumThreads(1);
  const std::vector<std::string> paths = ReadPaths();
  const auto start = std::chrono::steady_clock::now();
  const std::int64_t pixels = DecodeAll(paths, threads);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  std::printf(R"({"seconds":%.6f,"seconds_per_frame":%.6f,"files":%zu,"pixels":%lld})"
              "\n",
              elapsed.count(),
              elapsed.count() / frames,
              paths.size(),
              static_cast<long long>(pixels));
  return 0;
}
