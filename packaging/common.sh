# shellcheck shell=bash
# What the packaging scripts share. Sourced, never run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)
homepage=${TFTSR_HOMEPAGE:-https://gogs.tftsr.com/sarman/tftsr-devops_investigation}
maintainer=${TFTSR_MAINTAINER:-The TFTSR contributors <noreply@tftsr.com>}
# Every time stamp inside a package is that of the commit, so that the same commit makes the same bytes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC
umask 022

step() { printf '\n== %s (%(%H:%M:%S)T)\n' "$1" -1; }
die() { echo "$(basename "$0"): $1" >&2; exit 1; }
has() { command -v "$1" >/dev/null || [[ $1 = /* && -e $1 ]]; }

# need COMMAND=PACKAGE... (or FILE=PACKAGE) installs what is missing where apt-get can, and says what is missing elsewhere.
need() {
  local missing=() pair
  for pair in "$@"; do has "${pair%%=*}" || missing+=("${pair#*=}"); done
  [ ${#missing[@]} -eq 0 ] && return 0
  if has apt-get && [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1 || true
  fi
  for pair in "$@"; do has "${pair%%=*}" || { echo "missing: ${pair%%=*} (Debian: ${pair#*=})" >&2; return 1; }; done
}

# wheel COMMAND REQUIREMENT prints the path of a command that comes as a Python wheel, kept in a folder of its own.
wheel() {
  local folder=${XDG_CACHE_HOME:-$HOME/.cache}/tftsr-packaging
  [ -x "$folder/bin/python" ] || python3 -m venv "$folder" >&2 || return 1
  grep -qxF "$2" "$folder/installed" 2>/dev/null || {
    timeout 120 "$folder/bin/pip" -q --disable-pip-version-check install "$2" >&2 || return 1
    echo "$2" >>"$folder/installed"
  }
  echo "$folder/bin/$1"
}
