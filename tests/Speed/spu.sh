#!/bin/sh
# The SPU's speed beside the host's: see README.md. All options go to spu.py; --help lists them.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if ! command -v python3 >/dev/null; then
    printf 'spu.sh: python3 is missing. As root:\n\n    apt-get install python3\n\n' >&2
    exit 2
fi
exec python3 "$here/spu.py" "$@"
