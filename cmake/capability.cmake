# mq_capability(name DEPS <capabilities…> LINK <outside libraries…> [SHARDS <number>])
#
# One folder = one static library mq_<name> made of every *.cc in it, except files ending in _test.cc,
# _fuzz.cc, _bench.cc and main.cc. Every *_test.cc goes into one test binary <name>_test. With SHARDS, its
# tests are spread over so many runs of it, <name>_1 and so on, which take different cores.
function(mq_capability name)
  cmake_parse_arguments(ARG "" "SHARDS" "DEPS;LINK" ${ARGN})
  file(GLOB_RECURSE all CONFIGURE_DEPENDS *.cc)
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "(_test|_fuzz|_bench|/main)\\.cc$")
  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(TRANSFORM ARG_DEPS PREPEND mq_)

  if(sources)
    add_library(mq_${name} STATIC ${sources})
    target_link_libraries(mq_${name} PUBLIC mq_options ${ARG_DEPS} ${ARG_LINK})
  else()
    add_library(mq_${name} INTERFACE)
    target_link_libraries(mq_${name} INTERFACE mq_options ${ARG_DEPS} ${ARG_LINK})
  endif()

  if(MQ_BUILD_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE mq_${name} mq_testing GTest::gmock GTest::gtest_main)
    if(NOT ARG_SHARDS)
      set(ARG_SHARDS 1)
    endif()
    set(seconds 300)  # a guard against hanging: the longest takes 60 to 100 by how busy the machine is
    if(MQ_SANITIZE)
      set(seconds 900)  # the networks' inputs and outputs are made four to ten times slower
    endif()
    foreach(number RANGE 1 ${ARG_SHARDS})
      set(run ${name})
      if(ARG_SHARDS GREATER 1)
        set(run ${name}_${number})
      endif()
      math(EXPR index "${number} - 1")
      add_test(NAME ${run} COMMAND ${name}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
      set_tests_properties(${run} PROPERTIES LABELS fast TIMEOUT ${seconds}
        ENVIRONMENT "MQ_SOURCE_DIR=${CMAKE_SOURCE_DIR};MQ_BUILD_DIR=${CMAKE_BINARY_DIR};GTEST_TOTAL_SHARDS=${ARG_SHARDS};GTEST_SHARD_INDEX=${index}")
    endforeach()
  endif()
endfunction()

# mq_fuzz(path SOURCES <files of this folder> LINK <libraries>)
#
# With MQ_FUZZ, the fuzz target <name>_fuzz made of <path>_fuzz.cc and of the named files only: the whole
# library would bring everything it depends on along. The target `fuzzers` builds all of them.
if(MQ_FUZZ)
  add_custom_target(fuzzers)
endif()
function(mq_fuzz path)
  if(NOT MQ_FUZZ)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  get_filename_component(name ${path} NAME)
  add_executable(${name}_fuzz ${path}_fuzz.cc ${ARG_SOURCES})
  target_link_libraries(${name}_fuzz PRIVATE mq_options mq_base ${ARG_LINK})
  target_link_options(${name}_fuzz PRIVATE -fsanitize=fuzzer -Wl,--as-needed)
  add_dependencies(fuzzers ${name}_fuzz)
endfunction()
