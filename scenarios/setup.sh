# Sourced by `scenarios/run` and `tests/run`: brings a Debian 12 machine to a built tree. Every step says in one line what
# it does, and does nothing when it is already done. REQUIRES: bash, the repository root as working directory.

say() { printf '\033[2m==\033[0m %s\n' "$*" >&2; }
if [ ! -t 2 ] || [ -n "${NO_COLOR:-}" ]; then say() { printf '== %s\n' "$*" >&2; }; fi
die() { printf 'error: %s\n' "$*" >&2; exit 2; }

build_packages="g++ cmake ninja-build libboost-dev libboost-graph-dev librocksdb-dev libtomlplusplus-dev libcli11-dev graphviz"

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "these Debian packages are missing and neither root nor sudo is here to install them: $missing"
  fi
}

# install_packages NAME...: those that are missing, with one apt call.
install_packages() {
  command -v apt-get >/dev/null || { say "no apt here; trusting that these are installed: $*"; return; }
  missing=""
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
  [ -z "$missing" ] && return
  say "installing Debian packages:$missing"
  as_root apt-get update -qq >/dev/null
  # shellcheck disable=SC2086  # a list of words
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
    die "apt could not install:$missing"
}

# build_preset PRESET TARGET...: configures once, then builds; ninja does nothing when nothing changed.
build_preset() {
  preset=$1; shift
  tree=build/$preset
  launcher=""
  command -v ccache >/dev/null && launcher="-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"
  if [ ! -f "$tree/build.ninja" ]; then
    say "configuring preset '$preset' in $tree"
    mkdir -p "$tree"
    # shellcheck disable=SC2086
    cmake --preset "$preset" $launcher >"$tree/configure.log" 2>&1 || { tail -n 30 "$tree/configure.log" >&2; die "configuring failed; the whole log is $tree/configure.log"; }
  fi
  say "building preset '$preset': $*"
  cmake --build "$tree" --target "$@" >"$tree/build.log" 2>&1 || { grep -E -A 12 'error|FAILED' "$tree/build.log" | head -n 60 >&2; die "building failed; the whole log is $tree/build.log"; }
}
