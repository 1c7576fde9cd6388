# Finds LibTorch without its own CMake package: that one demands a CUDA toolkit
# where the wheel was built for CUDA, even to run on a CPU.
#
# Looked for, in this order: -DLIBTORCH_ROOT=DIR, the environment variable
# LIBTORCH, and the wheel in .venv, where scripts/setup puts it. DIR is an
# unpacked LibTorch or the folder "torch" of an installed wheel.
#
# Defines LibTorch_FOUND and the imported target LibTorch::LibTorch.

file(GLOB _wheels "${PROJECT_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch")
set(_roots ${LIBTORCH_ROOT} $ENV{LIBTORCH} ${_wheels})

find_path(LibTorch_INCLUDE_DIR torch/script.h
  PATHS ${_roots} PATH_SUFFIXES include NO_DEFAULT_PATH)
foreach(_name torch torch_cpu c10 torch_cuda c10_cuda)
  find_library(LibTorch_${_name}_LIBRARY ${_name} PATHS ${_roots} PATH_SUFFIXES lib NO_DEFAULT_PATH)
  mark_as_advanced(LibTorch_${_name}_LIBRARY)
endforeach()
mark_as_advanced(LibTorch_INCLUDE_DIR)

# libstdc++ has two layouts of std::string. Debian's libraries use the one whose
# symbols say __cxx11, so a LibTorch of the other kind cannot be linked.
set(_reason "install it with scripts/setup, name an existing one with -DLIBTORCH_ROOT=DIR or the \
environment variable LIBTORCH, or build without models: -DASSAY_TORCH=OFF")
set(LibTorch_ABI_FITS FALSE)
if(LibTorch_c10_LIBRARY)
  file(STRINGS "${LibTorch_c10_LIBRARY}" _cxx11 REGEX "__cxx11" LIMIT_COUNT 1)
  if(_cxx11)
    set(LibTorch_ABI_FITS TRUE)
  else()
    set(_reason "${LibTorch_c10_LIBRARY} uses the old C++ ABI; take the build of LibTorch named \
\"cxx11 ABI\", or build without models: -DASSAY_TORCH=OFF")
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_torch_LIBRARY LibTorch_torch_cpu_LIBRARY LibTorch_c10_LIBRARY
                LibTorch_INCLUDE_DIR LibTorch_ABI_FITS
  REASON_FAILURE_MESSAGE "${_reason}")

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
  cmake_path(GET LibTorch_c10_LIBRARY PARENT_PATH _lib)
  set(_libraries ${LibTorch_torch_LIBRARY} ${LibTorch_torch_cpu_LIBRARY} ${LibTorch_c10_LIBRARY})
  if(LibTorch_torch_cuda_LIBRARY AND LibTorch_c10_cuda_LIBRARY)
    # Nothing refers to them by name: they register themselves when loaded.
    list(APPEND _libraries
      "-Wl,--no-as-needed,${LibTorch_torch_cuda_LIBRARY},${LibTorch_c10_cuda_LIBRARY},--as-needed")
  endif()
  # Imported, so that its headers count as system headers and warn about nothing.
  add_library(LibTorch::LibTorch INTERFACE IMPORTED)
  set_target_properties(LibTorch::LibTorch PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES
      "${LibTorch_INCLUDE_DIR};${LibTorch_INCLUDE_DIR}/torch/csrc/api/include"
    INTERFACE_COMPILE_DEFINITIONS _GLIBCXX_USE_CXX11_ABI=1
    INTERFACE_LINK_LIBRARIES "${_libraries}"
    # Also in the installed program: LibTorch stays where it is.
    INTERFACE_LINK_OPTIONS "LINKER:-rpath,${_lib}")
endif()
