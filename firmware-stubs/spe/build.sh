#!/bin/bash
# Builds the SPE guests: spetest and its initramfs, the standalone SPU programs, and the torture programs with what they
# must print. The same sources give the same bytes.
#   build.sh [all | guest | standalone | torture]...
# The SPU compiler is spu-elf-gcc of $SPU_ELF (a directory with bin/), of the PATH, or of ../shared/toolchains beside the checkout.
set -euo pipefail
# Modes go into the archive: the same for every user.
umask 022

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cross=powerpc64-linux-gnu-
archive=$here/../../../shared/toolchains/spu-elf.tar.xz
export LC_ALL=C

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Command or file, then the package that has it. Everything missing is named at once.
missing=
need() { command -v "$1" >/dev/null || [ -e "$1" ] || case " $missing " in *" $2 "*) ;; *) missing="$missing $2" ;; esac; }
need gcc gcc
need xz xz-utils
need "${cross}gcc" gcc-powerpc64-linux-gnu
need /usr/powerpc64-linux-gnu/lib/libc.a libc6-dev-ppc64-cross
need cpio cpio
if [ -n "$missing" ]; then
    printf 'build.sh: some packages are missing. As root:\n\n    apt-get install%s\n\n' "$missing" >&2
    exit 2
fi

if [ -n "${SPU_ELF:-}" ]; then
    spu=$SPU_ELF/bin/spu-elf-
elif command -v spu-elf-gcc >/dev/null; then
    spu=spu-elf-
elif [ -f "$archive" ]; then
    tar -C "$work" -xf "$archive"
    spu=$work/spu-elf/bin/spu-elf-
else
    echo "build.sh: no spu-elf-gcc: set SPU_ELF to the directory of the toolchain" >&2
    exit 2
fi

# Branch hints cost the compiler rows of no-operations, and buy nothing here.
spu_flags=(-std=gnu11 -O2 -mno-branch-hints -fno-delete-null-pointer-checks -Wall -Wextra -Werror)
# Not contracted: the same rounding as everywhere else.
ppe_flags=(-std=gnu17 -O2 -mcpu=cell -ffp-contract=off -pthread -Wall -Wextra -Werror)

guest() {
    local dir=$work/guest
    mkdir -p "$dir" "$work/root"/{dev,proc,sys,tmp,spu}
    # The linker notes its output's name in the file: a name without a directory.
    cd "$dir"
    "${spu}gcc" "${spu_flags[@]}" -s -o worker.elf "$here"/spu/{worker,talk,dma,atomic,events,run,state}.c "$here/spu/interrupt.S"
    "${spu}gcc" "${spu_flags[@]}" -s -o hello.elf "$here/spu/hello.c"
    "${spu}gcc" "${spu_flags[@]}" -s -o sgemm.elf "$here"/spu/sgemm.c "$here"/standalone/sgemm_kernel.c
    "${cross}gcc" -c -I"$dir" -o "$dir/images.o" -Wa,-I"$dir" "$here/ppe/images.S"
    # One at a time, in sorted order, with names that say nothing of this directory.
    local source objects=()
    for source in "$here"/ppe/*.c; do
        "${cross}gcc" "${ppe_flags[@]}" -c -o "$dir/${source##*/}.o" "$source"
        objects+=("$dir/${source##*/}.o")
    done
    "${cross}gcc" -static -pthread -s -Wl,--build-id=none -o "$work/root/init" "${objects[@]}" "$dir/images.o"

    # Sorted names, one date and one owner: the same tree gives the same archive.
    find "$work/root" -exec touch -h -d @0 {} +
    (cd "$work/root" && find . -print0 | sort -z | cpio --null --quiet --reproducible --owner 0:0 -o -H newc) \
        | gzip -9n >"$here/initramfs.cpio.gz"
    cp "$work/root/init" "${SPETEST_OUT:-$work/spetest}"
    ls -l "$here/initramfs.cpio.gz"
}

. "$here/standalone/build.inc"
. "$here/torture/build.inc"

[ $# -gt 0 ] || set -- all
for what; do
    case $what in
        all) guest; standalone; torture ;;
        guest | standalone | torture) "$what" ;;
        *) echo "usage: build.sh [all | guest | standalone | torture]..." >&2; exit 2 ;;
    esac
done
