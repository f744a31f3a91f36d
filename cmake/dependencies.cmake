# Everything the product links comes from Debian, except ONNX Runtime, which models/ brings from npm.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(PostgreSQL REQUIRED)
find_package(SQLite3 3.35 REQUIRED)
find_package(CURL REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
find_path(OPENCV_INCLUDE opencv2/core.hpp PATHS /usr/include/opencv4 REQUIRED)
find_package(GTest REQUIRED)
pkg_check_modules(ARGON2 REQUIRED IMPORTED_TARGET libargon2)
pkg_check_modules(CBOR REQUIRED IMPORTED_TARGET libcbor)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(TURBOJPEG REQUIRED IMPORTED_TARGET libturbojpeg)
pkg_check_modules(FREETYPE REQUIRED IMPORTED_TARGET freetype2)

# Its own headers: those of poppler-cpp do not tell how a word is painted (docs/adr/0012-pdf-child.md).
pkg_check_modules(POPPLER REQUIRED poppler>=22.12 poppler<22.13)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(mq_options INTERFACE)
target_compile_features(mq_options INTERFACE cxx_std_20)
target_compile_options(mq_options INTERFACE
  -Wall -Wextra -Wnon-virtual-dtor -Werror -fno-omit-frame-pointer -g1
  $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local>
  # GCC 12 sees overlaps in std::string (its bug 105651) and frees of unset variants in std::variant
  # that cannot happen; the sanitizer builds look for the real ones.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-free-nonheap-object -Wno-maybe-uninitialized>)
target_compile_definitions(mq_options INTERFACE
  BOOST_ASIO_NO_DEPRECATED SPDLOG_FMT_EXTERNAL MQ_VERSION="${PROJECT_VERSION}")
target_include_directories(mq_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_link_libraries(mq_options INTERFACE Threads::Threads)
find_program(MOLD mold)
if(MOLD)
  target_link_options(mq_options INTERFACE -fuse-ld=mold)
endif()
if(MQ_SANITIZE)
  target_compile_options(mq_options INTERFACE -fsanitize=${MQ_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(mq_options INTERFACE -fsanitize=${MQ_SANITIZE})
endif()

# Only three of OpenCV's libraries: Debian's cmake files would pull in every one of them. JPEGs are decoded
# by libjpeg-turbo itself.
add_library(mq_opencv INTERFACE)
target_include_directories(mq_opencv SYSTEM INTERFACE ${OPENCV_INCLUDE})
target_link_libraries(mq_opencv INTERFACE
  opencv_core opencv_imgproc opencv_imgcodecs PkgConfig::TURBOJPEG)

add_library(mq_poppler INTERFACE)
target_include_directories(mq_poppler SYSTEM INTERFACE ${POPPLER_INCLUDE_DIRS})
target_link_libraries(mq_poppler INTERFACE ${POPPLER_LINK_LIBRARIES})

# ONNX Runtime: unpacked by tools/fetch-models into models/runtime.
set(MQ_ORT_DIR ${CMAKE_SOURCE_DIR}/models/runtime)
add_library(onnxruntime SHARED IMPORTED)
set_target_properties(onnxruntime PROPERTIES
  IMPORTED_LOCATION ${MQ_ORT_DIR}/lib/libonnxruntime.so.1
  IMPORTED_SONAME libonnxruntime.so.1
  INTERFACE_INCLUDE_DIRECTORIES ${MQ_ORT_DIR}/include)
