#!/bin/bash
# Builds valgrind's PowerPC instruction tests that apply to a Cell PPE into an initramfs that runs them and powers off:
# guests/conformance/valgrind.cpio.gz. The sources come from Debian's source package; none of them is part of this
# repository (they are GPL-2.0), and none is changed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
out=$root/guests/conformance
base=
work=

usage() {
    cat <<EOF
usage: build-valgrind-tests.sh [--base INITRAMFS] [--out FOLDER] [--work FOLDER]

  --base   initramfs to take the static busybox from (default: guests/linux/initramfs.cpio.gz at the root of the
           repository, or else ../shared/guests/initramfs.cpio.gz beside it)
  --out    where valgrind.cpio.gz goes (default: guests/conformance)
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

need powerpc64-linux-gnu-gcc gcc-powerpc64-linux-gnu
need powerpc-linux-gnu-gcc gcc-powerpc-linux-gnu
need_file /usr/powerpc64-linux-gnu/lib/libc.a libc6-dev-ppc64-cross
need_file /usr/powerpc-linux-gnu/lib/libc.a libc6-dev-powerpc-cross
need cpio cpio
need dpkg-source dpkg-dev
check_needs

if ! compgen -G "$work/valgrind-*/none/tests/ppc64/jm-insns.c" >/dev/null; then
    say "fetching the source of valgrind"
    fetch_source valgrind
fi
source=$(dirname "$(compgen -G "$work/valgrind-*/configure" | head -n 1)")
say "source: ${source##*/}"

# What its configure and Makefile.am would give for these compilers, as far as the programs look at it.
declare -A compiler=([ppc64]=powerpc64-linux-gnu-gcc [ppc32]=powerpc-linux-gnu-gcc)
declare -A platform=([ppc64]=ppc64be [ppc32]=ppc32)
flags_of() {
    case $1/$2 in
    ppc64/jm-insns) echo "-O -mregnames -DHAS_ALTIVEC -maltivec -Wl,-z,norelro" ;;
    ppc32/jm-insns) echo "-O -mregnames -DHAS_ALTIVEC -maltivec" ;;
    ppc32/testVMX) echo "-O -DALTIVEC -DGCC_COMPILER -maltivec -mabi=altivec" ;;
    *) echo "" ;;
    esac
}

# Not position-independent: 32-bit programs that use r30 themselves would lose the pointer to the global offset table.
compile() {
    local width=$1 program=$2 cpu=${platform[$1]} target=$work/valgrind-tree/suite/$1-$2
    [ -e "$target" ] && return
    # shellcheck disable=SC2046
    "${compiler[$width]}" -static -fno-pie -no-pie -g -w -fno-stack-protector $(flags_of "$width" "$program") -I"$work/config" \
        -DVGA_"$cpu"=1 -DVGO_linux=1 -DVGP_"$cpu"_linux=1 -DVGPV_"$cpu"_linux_vanilla=1 \
        -I"$source" -I"$source/include" "$source/none/tests/$width/$program.c" -o "$target" -lm ||
        fail "$width/$program.c does not compile"
    "${compiler[$width]%gcc}strip" -g "$target"
}

start_tree valgrind "$base"
mkdir -p "$work/config"
: >"$work/config/config.h"
tests=$work/valgrind-tree/suite/tests
mkdir -p "$tests"
say "compiling"
while read -r width name what why; do
    case $width in ''|'#'*) continue ;; esac
    case $what in run|after|skip) ;; *) fail "valgrind.tests: $width $name: what is '$what'?" ;; esac
    described=$source/none/tests/$width/$name.vgtest
    [ -f "$described" ] || fail "valgrind.tests names $width/$name, which this valgrind does not have"
    echo "$width-$name $what $why" >>"$tests/list"
    [ "$what" != skip ] || continue
    prog=$(sed -n 's/^prog: *//p' "$described")
    program=${prog%% *}
    arguments=${prog#"$program"}
    compile "$width" "$program"
    mkdir -p "$tests/$width-$name"
    echo "$width-$program$arguments" >"$tests/$width-$name/command"
    for expected in "$source/none/tests/$width/$name".stdout.exp*; do
        case $expected in *-LE*) continue ;; esac
        cp "$expected" "$tests/$width-$name/${expected##*/"$name".}"
    done
    awk -F '[[:space:]]+#[[:space:]]+' -v name="$width-$name" '!/^#/ && NF > 1 {
        split($1, fields, /[[:space:]]+/); line = $1; sub(/^[^[:space:]]+[[:space:]]+/, "", line)
        if (("," fields[1] ",") ~ ("," name ",")) print line }' "$here/valgrind.known" >"$tests/$width-$name/known"
    [ -s "$tests/$width-$name/known" ] || rm "$tests/$width-$name/known"
done <"$here/valgrind.tests"
for described in "$source"/none/tests/ppc{32,64}/*.vgtest; do
    name=${described##*/}; name=${name%.vgtest}; width=${described%/*}; width=${width##*/}
    grep -q "^$width-$name " "$tests/list" || echo "$width-$name skip not named in valgrind.tests" >>"$tests/list"
done
pack_tree valgrind
