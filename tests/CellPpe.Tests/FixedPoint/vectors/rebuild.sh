#!/bin/sh
# Rebuilds fixed64-qemu.txt.gz and fixed32-qemu.txt.gz; README.md says what it needs.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
powerpc64-linux-gnu-gcc -O1 -Wall -Wextra -fno-stack-protector -Wa,-many -static -o "$work/generate64" generate.c instructions.S
powerpc-linux-gnu-gcc -O1 -Wall -Wextra -fno-stack-protector -no-pie -Wa,-many -static -o "$work/generate32" generate.c instructions.S
{
    echo "# $(qemu-ppc64 --version | head -n 1)"
    qemu-ppc64 -cpu 970fx "$work/generate64"
} | gzip -9n > fixed64-qemu.txt.gz
{
    echo "# $(qemu-ppc --version | head -n 1)"
    qemu-ppc -cpu 7447A "$work/generate32"
} | gzip -9n > fixed32-qemu.txt.gz
