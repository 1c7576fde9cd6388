// What a reader says about a bad file.
#pragma once

#include <string>

#include "datasets/io/errors.h"

namespace assay::test {

// The code of the FileError that `read` throws; "" if it throws nothing. Other
// exceptions go through, and fail the test.
template <class Read>
std::string CodeOf(const Read& read) {
  try {
    read();
  } catch (const FileError& error) {
    return error.code;
  }
  return "";
}

// The same with the whole message.
template <class Read>
std::string MessageOf(const Read& read) {
  try {
    read();
  } catch (const FileError& error) {
    return error.what();
  }
  return "";
}

}  // namespace assay::test
