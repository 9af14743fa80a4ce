#!/bin/sh
# Disk and network beside QEMU: see README.md. All options go to devices.py; --help lists them.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if ! command -v python3 >/dev/null; then
    printf 'devices.sh: python3 is missing. As root:\n\n    apt-get install python3\n\n' >&2
    exit 2
fi
exec python3 "$here/devices.py" "$@"
