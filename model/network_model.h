// A network in this process as an ImageModel: what all networks need, whatever runs them.
//
// Images are brought to the network's size (model/sidecar.h), those of equal size go together,
// `batch` at most. A call that runs out of memory is made again with half as many, and no later
// call is larger. A call that fails with several images is made again with each alone, so that
// a sample's outcome does not depend on its neighbours.
#pragma once

#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "model/image_model.h"
#include "model/sidecar.h"

namespace assay {

class OutOfMemory : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What runs a network. Used by one thread at a time.
class Network {
 public:
  virtual ~Network() = default;
  // Images of one size, at least one; as many answers, each at the network's own size. Throws
  // PredictionError with stage kModel, OutOfMemory.
  virtual std::vector<RgbImage> Run(std::span<const ModelRequest> requests) = 0;
};

struct NetworkFacts {
  std::string identity = {};
  std::string device = {};
  int batch = 1;
  std::vector<std::string> notes = {};
};

// Where the size of its input is known, the network is tried on black images first. Throws
// ConfigError when it fails on them: the sidecar states other sizes than the network has.
std::unique_ptr<ImageModel> MakeNetworkModel(std::unique_ptr<Network> network,
                                             const Sidecar& sidecar,
                                             const NetworkFacts& facts);

}  // namespace assay
