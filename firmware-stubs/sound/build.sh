#!/bin/bash
# Builds the program that plays a sine (tone). The same sources give the same bytes.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cross=${CROSS_COMPILE:-powerpc64-linux-gnu-}
command -v "${cross}gcc" >/dev/null || {
    printf 'build.sh: a package is missing. As root:\n\n    apt-get install gcc-powerpc64-linux-gnu libc6-dev-ppc64-cross\n\n' >&2
    exit 2
}
cd "$here"
"${cross}gcc" -std=gnu17 -O2 -mcpu=cell -mno-altivec -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables -Wall -Wextra \
    -Werror -nostdlib -static -s -Wl,--build-id=none -o tone start.S tone.c
ls -l tone
