#!/bin/bash
# Builds the program that measures disk and network in a guest, and an initramfs with it as init.
# Output: guests/speed/devices.cpio at the root of the repository (ignored by git), or the file given.
set -euo pipefail
# Modes go into the archive: the same for every user.
umask 022

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/../../../guests/speed/devices.cpio}
cross=powerpc64-linux-gnu-

# Command or file, then the package that has it. Everything missing is named at once.
missing=
need() { command -v "$1" >/dev/null || [ -e "$1" ] || case " $missing " in *" $2 "*) ;; *) missing="$missing $2" ;; esac; }
need "${cross}gcc" gcc-powerpc64-linux-gnu
need /usr/powerpc64-linux-gnu/lib/libc.a libc6-dev-ppc64-cross
need cpio cpio
if [ -n "$missing" ]; then
    printf 'build.sh: some packages are missing. As root:\n\n    apt-get install%s\n\n' "$missing" >&2
    exit 2
fi

mkdir -p "$(dirname "$out")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/root/dev"
"${cross}gcc" -std=gnu17 -O2 -static -s -Wall -Wextra -Werror -o "$work/root/init" "$here/main.c"

# Sorted names, one date and one owner: the same tree gives the same archive.
find "$work/root" -exec touch -h -d @0 {} +
(cd "$work/root" && find . -print0 | LC_ALL=C sort -z | cpio --null --quiet --reproducible --owner 0:0 -o -H newc) >"$out"
