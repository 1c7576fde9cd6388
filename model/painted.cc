#include "model/painted.h"

#include "model/reading.h"

namespace assay {

Painted ReadPaintedSettings(Fields& fields) {
  Painted painted;
  painted.fit = fields.Choice<Fit>("fit", Fit::kCoverCrop, kFitNames);
  painted.allow_lossy = fields.Flag("allow_lossy", false);
  return painted;
}

std::vector<std::string> PaintedExtensions() { return {"png", "jpg", "jpeg"}; }

RgbImage ReadPainted(const Answer& answer, const Painted& painted) {
  if (!painted.allow_lossy && SniffFormat(answer.bytes) == ImageFormat::kJpeg) {
    throw PredictionError(PredictionError::Stage::kRead,
                          "lossy",
                          answer.file.string() +
                              ": is a JPEG, which moves the colours an answer is read from; save "
                              "answers as PNG, or accept the loss with allow_lossy");
  }
  return ReadAnswer([&] { return DecodeRgb(answer.bytes, answer.file, Lossy::kAllow); });
}

FitMap FitPainted(const Answer& answer,
                  const Painted& painted,
                  const Frame& frame,
                  Size answer_size) {
  return MapTo(answer.fit.value_or(painted.fit), frame.grid, frame.shown, answer_size);
}

}  // namespace assay
