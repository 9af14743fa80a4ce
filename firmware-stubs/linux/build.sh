#!/bin/bash
# Builds a Linux kernel for the PS3, an initramfs and a root disk for it from Debian's source packages with Debian's cross compilers.
# Nothing is patched. The result goes to guests/linux/ at the root of the repository. Finished steps are not repeated.
set -euo pipefail
# Modes go into the archive: the same for every user.
umask 022
# mke2fs is there, which users need not have in their path.
PATH=$PATH:/usr/sbin:/sbin

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
out=$root/guests/linux
work=$out/work
jobs=$(nproc)
only=
variant=debug
cross=powerpc64-linux-gnu-

usage() {
    cat <<EOF
usage: build.sh [--only kernel|initramfs|disk] [--variant ps3|debug] [--jobs N] [--out FOLDER] [--work FOLDER]

  --only      build one of the three
  --variant   ps3: as ps3_defconfig, console on the frame buffer; debug: console by network too (default debug)
  --jobs      parallel compiler processes (default: all processors)
  --out       where the result goes (default: guests/linux at the root of the repository)
  --work      where sources are unpacked and compiled, about 3 GB (default: work/ in the result's folder)
EOF
}

while [ $# -gt 0 ]; do
    case $1 in
    --only|--variant|--jobs|--out|--work)
        [ $# -ge 2 ] || { usage >&2; exit 2; }
        ;;
    esac
    case $1 in
    --only) only=$2; shift 2 ;;
    --variant) variant=$2; shift 2 ;;
    --jobs) jobs=$2; shift 2 ;;
    --out) mkdir -p "$2"; out=$(cd "$2" && pwd); work=$out/work; shift 2 ;;
    --work) mkdir -p "$2"; work_given=$(cd "$2" && pwd); shift 2 ;;
    -h|--help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
done
work=${work_given:-$work}
case $only in ''|kernel|initramfs|disk) ;; *) usage >&2; exit 2 ;; esac
case $variant in ps3|debug) ;; *) usage >&2; exit 2 ;; esac
mkdir -p "$out" "$work"

say() { printf '== %s\n' "$*"; }
fail() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }

# Command, then the package that has it. Everything missing is named at once.
missing=
need() { command -v "$1" >/dev/null || case " $missing " in *" $2 "*) ;; *) missing="$missing $2" ;; esac; }
need_file() { [ -e "$1" ] || missing="$missing $2"; }

need make make
need gcc gcc
need "${cross}gcc" gcc-powerpc64-linux-gnu
need xz xz-utils
need bzip2 bzip2
need gzip gzip
if [ -z "$only" ] || [ "$only" = kernel ]; then
    need flex flex
    need bison bison
    need bc bc
    need perl perl
    # The wrapper around a dtbImage.ps3 is 32-bit code, which the 64-bit compiler makes as well.
    need_file /usr/src/linux-source-6.1.tar.xz linux-source-6.1
fi
if [ "$only" != kernel ]; then
    need cpio cpio
    need dpkg-source dpkg-dev
    need_file /usr/powerpc64-linux-gnu/lib/libc.a libc6-dev-ppc64-cross
fi
if [ -z "$only" ] || [ "$only" = disk ]; then
    need mke2fs e2fsprogs
    need ssh-keygen openssh-client
fi
if [ -n "$missing" ]; then
    printf 'Some packages are missing. As root:\n\n    apt-get install%s\n\n' "$missing" >&2
    exit 1
fi

# Runs a make, its output in a log, a dot for every hundred lines of it.
make_logged() {
    local log=$1
    shift
    if ! make "$@" 2>&1 | tee "$log" | awk 'NR % 100 == 0 { printf "."; fflush() } END { print "" }'; then
        tail -n 20 "$log" >&2
        fail "make failed; the whole log is $log"
    fi
}

# The kernel: sources once, one build folder a variant, so that a broken-off build goes on where it stopped.
build_kernel() {
    local source=$work/linux-source-6.1 build=$work/kernel-$variant
    local options=(-C "$source" "O=$build" ARCH=powerpc "CROSS_COMPILE=$cross" KBUILD_BUILD_USER=penguin KBUILD_BUILD_HOST=penguin)
    local fragments=("$here/ps3.config")
    [ "$variant" = ps3 ] || fragments+=("$here/$variant.config")

    if [ ! -e "$source/.unpacked" ]; then
        say "unpacking linux-source-6.1"
        rm -rf "$source"
        tar -xJf /usr/src/linux-source-6.1.tar.xz -C "$work"
        touch "$source/.unpacked"
    fi

    mkdir -p "$build"
    # merge_config.sh puts the fragments behind the defconfig; olddefconfig then answers what is left.
    cat "$source/arch/powerpc/configs/ps3_defconfig" "${fragments[@]}" >"$build/wanted.config"
    if ! cmp -s "$build/wanted.config" "$build/merged.config"; then
        say "configuring: ps3_defconfig$(printf ' + %s' "${fragments[@]##*/}")"
        make "${options[@]}" ps3_defconfig >"$build/config.log" 2>&1 || fail "configuration failed, see $build/config.log"
        (cd "$build" && ARCH=powerpc CROSS_COMPILE=$cross "$source/scripts/kconfig/merge_config.sh" -m -O "$build" \
            "$build/.config" "${fragments[@]}") >>"$build/config.log" 2>&1 || fail "configuration failed, see $build/config.log"
        make "${options[@]}" olddefconfig >>"$build/config.log" 2>&1 || fail "configuration failed, see $build/config.log"
        cp "$build/wanted.config" "$build/merged.config"
    fi

    say "compiling the kernel, $jobs at a time (a dot is a hundred files; about 2500 in all)"
    make_logged "$build/build.log" "${options[@]}" -j "$jobs" vmlinux
    say "wrapping it: dtbImage.ps3 and otheros.bld"
    make_logged "$build/image.log" "${options[@]}" -j "$jobs" dtbImage.ps3

    "${cross}strip" -g -o "$out/vmlinux" "$build/vmlinux"
    cp "$build/System.map" "$out/System.map"
    cp "$build/.config" "$out/config"
    cp "$build/arch/powerpc/boot/dtbImage.ps3" "$out/dtbImage.ps3"
    # The wrapper script makes otheros.bld, the gzipped flat image, beside the ELF file, if it fits into a flash when unpacked.
    rm -f "$out/otheros.bld"
    if [ -e "$build/arch/powerpc/boot/otheros.bld" ]; then
        cp "$build/arch/powerpc/boot/otheros.bld" "$out/otheros.bld"
    else
        say "no otheros.bld: unpacked it would be more than the 16 MiB that boot from flash; vmlinux and dtbImage.ps3 are complete"
    fi
    # What "ps3 boot linux" passes unless told otherwise.
    if [ "$variant" = debug ]; then echo console=hvc0; else echo; fi >"$out/cmdline"
    say "kernel ($variant): $(cat "$build/include/config/kernel.release")"
}

# A source package through apt, from the machine's own package sources of its own release, asked for sources instead. Lists
# and cache stay in the work folder: nothing of the system changes, and no root is needed.
fetch_source() {
    local package=$1 apt=$work/apt code
    code=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    mkdir -p "$apt/parts" "$apt/lists/partial" "$apt/cache/archives/partial"
    : >"$apt/parts/sources.list"
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -e "$file" ] || continue
        awk -v code="$code" 'BEGIN { RS = ""; ORS = "\n\n" }
            $0 ~ "Suites:[^\n]*" code && /Components:[^\n]*main/ { sub(/Types:[^\n]*/, "Types: deb-src"); print }' "$file"
    done >"$apt/parts/machine.sources"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -e "$file" ] || continue
        awk -v code="$code" '$1 == "deb" && $0 ~ (" " code "[^ ]* ") && / main( |$)/ { sub(/^deb/, "deb-src"); print }' "$file"
    done >"$apt/parts/machine.list"
    grep -q . "$apt/parts/machine.sources" "$apt/parts/machine.list" ||
        fail "no package source of release '$code' found; unpack the source of $package into $work yourself"

    local options=(-o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$apt/parts" -o "Dir::State::Lists=$apt/lists"
        -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=)
    (cd "$work" && apt-get "${options[@]}" update && apt-get "${options[@]}" source "$package") >"$work/apt.log" 2>&1 ||
        fail "apt-get source $package failed, see $work/apt.log. Add 'deb-src' to the machine's package sources, or unpack it into $work"
}

build_busybox() {
    local source
    if ! compgen -G "$work/busybox-*/Makefile" >/dev/null; then
        say "fetching the source of busybox"
        fetch_source busybox
    fi
    source=$(dirname "$(compgen -G "$work/busybox-*/Makefile" | head -n 1)")
    local options=(-C "$source" ARCH=powerpc "CROSS_COMPILE=$cross")

    if [ ! -x "$source/busybox" ]; then
        say "compiling busybox, static and big-endian (a dot is a hundred files; about 1000 in all)"
        make "${options[@]}" defconfig >"$work/busybox-config.log" 2>&1 || fail "busybox defconfig failed, see $work/busybox-config.log"
        # tc wants kernel headers that new kernels no longer have.
        sed -i 's/^# CONFIG_STATIC is not set/CONFIG_STATIC=y/; s/^CONFIG_TC=y/# CONFIG_TC is not set/' "$source/.config"
        make "${options[@]}" oldconfig </dev/null >>"$work/busybox-config.log" 2>&1 || fail "busybox oldconfig failed, see $work/busybox-config.log"
        make_logged "$work/busybox.log" "${options[@]}" -j "$jobs" busybox
    fi
}

build_initramfs() {
    local source tree=$work/initramfs
    build_busybox
    source=$(dirname "$(compgen -G "$work/busybox-*/Makefile" | head -n 1)")

    say "compiling the self-test"
    # No vector unit and no fused shortcuts: the known answers are those of plain IEEE arithmetic.
    "${cross}gcc" -O2 -mcpu=cell -ffp-contract=off -static -pthread -Wall -Wextra -Werror -o "$work/selftest" "$here/selftest.c" -lm

    say "packing initramfs.cpio.gz"
    rm -rf "$tree"
    mkdir -p "$tree"/{bin,sbin,dev,proc,sys,spu,tmp,root,etc}
    cp "$source/busybox" "$tree/bin/busybox"
    cp "$work/selftest" "$tree/selftest"
    cp "$here/init" "$tree/init"
    chmod 755 "$tree/init" "$tree/selftest" "$tree/bin/busybox"
    "${cross}strip" "$tree/bin/busybox" "$tree/selftest"
    # Sorted names, one date and one owner: the same tree gives the same archive.
    find "$tree" -exec touch -h -d @0 {} +
    (cd "$tree" && find . -print0 | LC_ALL=C sort -z | cpio --null --quiet --reproducible --owner 0:0 -o -H newc) | gzip -9n >"$out/initramfs.cpio.gz"
}

# shellcheck source=build-disk.sh
. "$here/build-disk.sh"

case $only in ''|kernel) build_kernel ;; esac
case $only in ''|initramfs) build_initramfs ;; esac
case $only in ''|disk) build_disk ;; esac
say "in $out:"
(cd "$out" && ls -l vmlinux dtbImage.ps3 otheros.bld initramfs.cpio.gz root.img System.map 2>/dev/null | awk '{ print "   " $5 "  " $9 }') || true
