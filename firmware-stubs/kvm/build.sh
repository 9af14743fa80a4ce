#!/bin/bash
# Builds the virtual machines' kernels, the program that runs them under KVM, and an initramfs with it as /init. The same sources
# give the same bytes. KVMTEST_OUT=FILE also leaves the program itself.
set -euo pipefail
# Modes go into the archive: the same for every user.
umask 022

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cross=${CROSS_COMPILE:-powerpc64-linux-gnu-}
export LC_ALL=C

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Command or file, then the package that has it. Everything missing is named at once.
missing=
need() { command -v "$1" >/dev/null || [ -e "$1" ] || case " $missing " in *" $2 "*) ;; *) missing="$missing $2" ;; esac; }
need make make
need "${cross}gcc" gcc-powerpc64-linux-gnu
need /usr/powerpc64-linux-gnu/lib/libc.a libc6-dev-ppc64-cross
need cpio cpio
if [ -n "$missing" ]; then
    printf 'build.sh: some packages are missing. As root:\n\n    apt-get install%s\n\n' "$missing" >&2
    exit 2
fi

make -s -C "$here/kernel" OUT="$work/kernel" CROSS_COMPILE="$cross"
make -s -C "$here/first" OUT="$work/first" CROSS_COMPILE="$cross"
mkdir -p "$work/images" "$work/root"/{dev,proc}
cp "$work/kernel/kernel.elf" "$work/first/first.elf" "$work/images"

flags=(-std=gnu17 -D_GNU_SOURCE -O2 -mcpu=cell -pthread -Wall -Wextra -Werror)
"${cross}gcc" -c -o "$work/images.o" -Wa,-I"$work/images" "$here/vmm/images.S"
objects=("$work/images.o")
for source in "$here"/vmm/*.c; do
    object=$work/$(basename "$source").o
    "${cross}gcc" "${flags[@]}" -c -o "$object" "$source"
    objects+=("$object")
done
# The linker notes its output's name in the file: a name without a directory.
(cd "$work/root" && "${cross}gcc" -static -pthread -s -Wl,--build-id=none -o init "${objects[@]}")

# Sorted names, one date and one owner: the same tree gives the same archive.
find "$work/root" -exec touch -h -d @0 {} +
(cd "$work/root" && find . -print0 | sort -z | cpio --null --quiet --reproducible --owner 0:0 -o -H newc) | gzip -9n >"$here/initramfs.cpio.gz"
[ -z "${KVMTEST_OUT:-}" ] || cp "$work/root/init" "$KVMTEST_OUT"
ls -l "$here/initramfs.cpio.gz"
