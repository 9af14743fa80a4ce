#!/bin/bash
# Builds those of the kernel's PowerPC self-tests (tools/testing/selftests/powerpc) that apply to a Cell PPE under lv1
# into an initramfs that runs them and powers off: guests/conformance/selftests.cpio.gz. The sources come from Debian's
# linux-source-6.1; none of them is part of this repository (they are GPL-2.0), and none is changed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
out=$root/guests/conformance
base=
work=
tarball=/usr/src/linux-source-6.1.tar.xz

usage() {
    cat <<EOF
usage: build-selftests.sh [--base INITRAMFS] [--out FOLDER] [--work FOLDER]

  --base   initramfs to take the static busybox from (default: guests/linux/initramfs.cpio.gz at the root of the
           repository, or else ../shared/guests/initramfs.cpio.gz beside it)
  --out    where selftests.cpio.gz goes (default: guests/conformance)
  --work   where sources are unpacked and compiled (default: work/ in the result's folder)
EOF
}

while [ $# -gt 0 ]; do
    case $1 in
    --base|--out|--work) [ $# -ge 2 ] || { usage >&2; exit 2; } ;;
    esac
    case $1 in
    --base) base=$2; shift 2 ;;
    --out) mkdir -p "$2"; out=$(cd "$2" && pwd); shift 2 ;;
    --work) mkdir -p "$2"; work=$(cd "$2" && pwd); shift 2 ;;
    -h|--help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
done
work=${work:-$out/work}
mkdir -p "$out" "$work"
. "$here/common.sh"
[ -n "$base" ] || { base=$root/guests/linux/initramfs.cpio.gz; [ -f "$base" ] || base=$root/../shared/guests/initramfs.cpio.gz; }

need make make
need powerpc64-linux-gnu-gcc gcc-powerpc64-linux-gnu
need powerpc-linux-gnu-gcc gcc-powerpc-linux-gnu
need_file /usr/powerpc64-linux-gnu/lib/libc.a libc6-dev-ppc64-cross
need_file /usr/powerpc-linux-gnu/lib/libc.a libc6-dev-powerpc-cross
need cpio cpio
need xz xz-utils
need_file "$tarball" linux-source-6.1
check_needs

tree=$work/linux-source-6.1
powerpc=$tree/tools/testing/selftests/powerpc
if [ ! -e "$work/selftests.unpacked" ]; then
    say "unpacking the self-tests of linux-source-6.1"
    rm -rf "$tree"
    # The tests link to sources of the kernel's own string and copy loops.
    tar -xJf "$tarball" -C "$work" --wildcards linux-source-6.1/tools/testing/selftests/powerpc \
        linux-source-6.1/tools/testing/selftests/'*.[hm]*' linux-source-6.1/arch/powerpc/lib linux-source-6.1/arch/powerpc/include
    touch "$work/selftests.unpacked"
fi

# Each folder's own Makefile, with the flags that the Makefile above them would hand down. The Makefile of stringloops asks
# the compiler whether there are 32-bit programs, with a question that a cross compiler cannot answer: build_32bit.
compile() {
    local width=$1 cross=$2 folder=$3 program=$4 target=$work/selftests-$1/$3 optimise
    [ -e "$target/$program" ] && return
    mkdir -p "$target"
    "${cross}gcc" -O2 -Wall -Werror -c -o "$target/patience.o" "$here/patience.c"
    # At -O2 the compiler makes one of the four stores that ptrace-hwbreak waits for.
    case $program in ptrace-hwbreak) optimise=-O1 ;; *) optimise=-O2 ;; esac
    CFLAGS="-std=gnu99 $optimise -w -DGIT_VERSION='\"debian\"' -I$powerpc/include" \
        make -C "$powerpc/$folder" ARCH=powerpc CROSS_COMPILE="$cross" OUTPUT="$target" MAKELEVEL=1 CPPFLAGS="-static -Wl,--wrap=alarm $target/patience.o" \
        build_32bit=$([ "$width" = ppc64 ] || echo 1) "$target/$program" >"$target/$program.log" 2>&1 ||
        fail "$folder/$program does not compile for $width, see $target/$program.log"
}

# A program of this repository.
compile_own() {
    local width=$1 cross=$2 program=$3 target=$work/selftests-$1/own
    mkdir -p "$target"
    "${cross}gcc" -std=gnu11 -O2 -Wall -Wextra -Werror -maltivec -static -pthread -o "$target/$program" "$here/$program.c" ||
        fail "$program.c does not compile for $width"
}

start_tree selftests "$base"
tests=$work/selftests-tree/suite/tests
mkdir -p "$tests"
say "compiling"
while read -r name what why; do
    case $name in ''|'#'*) continue ;; esac
    case $what in run|long|known|skip) ;; *) fail "selftests.tests: $name: what is '$what'?" ;; esac
    echo "$name $what $why" >>"$tests/list"
    [ "$what" != skip ] || continue
    IFS=/ read -r width folder program <<<"$name"
    case $width in
    ppc64) cross=powerpc64-linux-gnu- ;;
    ppc32) cross=powerpc-linux-gnu- ;;
    *) fail "selftests.tests: $name: neither ppc64 nor ppc32" ;;
    esac
    if [ "$folder" = own ]; then
        compile_own "$width" "$cross" "$program"
    else
        compile "$width" "$cross" "$folder" "$program"
    fi
    mkdir -p "$tests/$width/$folder"
    "${cross}strip" -g -o "$tests/$width/$folder/$program" "$work/selftests-$width/$folder/$program"
done <"$here/selftests.tests"
# File that two tests of mm map.
truncate -s 64K "$work/tempfile"
for width in ppc64 ppc32; do [ ! -d "$tests/$width/mm" ] || cp "$work/tempfile" "$tests/$width/mm/tempfile"; done
pack_tree selftests
