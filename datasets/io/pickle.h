// Python pickles, protocols 0 to 5, read as plain data.
//
// A pickle is a program for a stack machine; some of its instructions name and
// call code. Here the others are interpreted, and those are refused: nothing a
// file says is ever imported, called or run.
//
// Read: None, bool, int and long that fit 64 bits, finite floats, text, byte
// strings, lists, tuples, dicts with texts as keys; the memo, framing, POP and DUP.
// As JSON a tuple is an array, and a byte string (bytes, or str of Python 2) is the
// text it is in UTF-8, or in Latin-1 where it is not valid UTF-8. Of equal keys the
// last one stands, as in Python.
//
// Throws FileError; every message names opcode and byte offset:
//   wrong-type    code-calling opcodes, sets, bytearrays, out-of-band buffers, numbers
//                 beyond 64 bits, NaN and infinities, keys that are no text
//   corrupt       no value the machine can make; a container that holds itself;
//                 anything behind STOP
//   truncated     ends before STOP
//   wrong-format  a byte that is no opcode, or a later protocol
//   too-large     nested deeper than kMaxPickleDepth, or written out, with everything
//                 shared copied, beyond kMaxPickleGrowth times the file
//
// Source of opcodes: python/cpython@v3.11.7:Lib/pickletools.py.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <span>

namespace assay {

inline constexpr int kMaxPickleDepth = 100;
// Two bytes of a pickle can repeat a value of any size. Values plus bytes of text
// of the result, per byte of the file; files below 4 KiB count as 4 KiB.
inline constexpr std::uint64_t kMaxPickleGrowth = 64;

// `path` is only for messages.
nlohmann::json DecodePickle(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);

}  // namespace assay
