#!/bin/bash
# Builds the programs of the speed comparison, natively and for a guest, and an initramfs with the guest's as its init.
# Output: guests/speed/ at the root of the repository (ignored by git).
set -euo pipefail
# Modes go into the archive: the same for every user.
umask 022

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here/../../guests/speed}
cross=powerpc64-linux-gnu-

# Command or file, then the package that has it. Everything missing is named at once.
missing=
need() { command -v "$1" >/dev/null || [ -e "$1" ] || case " $missing " in *" $2 "*) ;; *) missing="$missing $2" ;; esac; }
need gcc gcc
need "${cross}gcc" gcc-powerpc64-linux-gnu
need /usr/powerpc64-linux-gnu/lib/libc.a libc6-dev-ppc64-cross
need cpio cpio
if [ -n "$missing" ]; then
    printf 'build.sh: some packages are missing. As root:\n\n    apt-get install%s\n\n' "$missing" >&2
    exit 2
fi

# Not contracted: the same rounding everywhere. No errno: a square root is one instruction. Loops stay loops instead of
# calls to memset and memcpy, of which each C library has its own.
flags=(-std=gnu17 -O2 -static -ffp-contract=off -fno-math-errno -fno-tree-loop-distribute-patterns -Wall -Wextra -Werror)

mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# build COMPILER VECTOR-FLAG PROGRAM
build() {
    local objects=() source extra
    for source in "$here"/guest/*.c; do
        extra=()
        [ "${source##*/}" = vector.c ] && [ -n "$2" ] && extra=("$2")
        "$1" "${flags[@]}" "${extra[@]}" -c -o "$work/${source##*/}.o" "$source"
        objects+=("$work/${source##*/}.o")
    done
    "$1" -static -s -o "$3" "${objects[@]}" -lm
}

build gcc "" "$out/native"
mkdir -p "$work/root/dev"
build "${cross}gcc" -maltivec "$work/root/init"

# Sorted names, one date and one owner: the same tree gives the same archive.
find "$work/root" -exec touch -h -d @0 {} +
(cd "$work/root" && find . -print0 | LC_ALL=C sort -z | cpio --null --quiet --reproducible --owner 0:0 -o -H newc) >"$out/initramfs.cpio"
cp "$work/root/init" "$out/guest"
