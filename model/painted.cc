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

std::string FillPrompt(std::string_view prompt, std::string_view place, std::string_view text) {
  std::string filled;
  std::size_t from = 0;
  for (std::size_t at = 0; (at = prompt.find(place, from)) != std::string_view::npos;) {
    filled.append(prompt.substr(from, at - from)).append(text);
    from = at + place.size();
  }
  return filled.append(prompt.substr(from));
}

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
