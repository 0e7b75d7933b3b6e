# Sourced by the scripts of this folder: builds benchmarks with the release preset, and the bare prototype that weir is
# compared with when its source is there. REQUIRES: bash, the repository root as working directory.

. scenarios/setup.sh

bench_packages="catch2 librapidcheck-dev nlohmann-json3-dev valgrind python3"

# build_benchmarks TARGET...: in the release preset as it is, because figures of other flags are other figures.
build_benchmarks() {
  # shellcheck disable=SC2086
  install_packages $build_packages $bench_packages
  build_preset release "$@"
  grep -q '^CMAKE_BUILD_TYPE:[^=]*=Release$' build/release/CMakeCache.txt &&
    grep -q '^CMAKE_CXX_FLAGS:[^=]*=$' build/release/CMakeCache.txt ||
    die "build/release was configured with other flags than the release preset's; remove it and start again"
}

# find_peers [DIR]: the folder with the prototype's source, or nothing without DIR.
find_peers() {
  [ -n "${1:-}" ] || return 0
  [ -f "$1/proto.cpp" ] || die "there is no proto.cpp in '$1'; --peers wants the folder of the reference programs"
  printf '%s\n' "$1"
}

# build_proto PEERS NAME FLAG...: prints the path of the program.
build_proto() {
  local source=$1/proto.cpp program=build/peers/$2
  shift 2
  mkdir -p build/peers
  if [ ! "$program" -nt "$source" ]; then
    say "building the prototype: $*"
    g++ "$@" -w -std=c++20 "$source" -o "$program" -lpthread
  fi
  printf '%s\n' "$program"
}
