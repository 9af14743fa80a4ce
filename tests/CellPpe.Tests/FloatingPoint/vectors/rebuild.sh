#!/bin/sh
# Rebuilds float-qemu.txt.gz; README.md says what it needs.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
powerpc64-linux-gnu-gcc -O1 -Wall -Wextra -static -o "$work/generate" generate.c
{
    echo "# $(qemu-ppc64 --version | head -n 1)"
    qemu-ppc64 -cpu 970fx "$work/generate"
} | gzip -9n > float-qemu.txt.gz
