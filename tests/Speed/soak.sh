#!/bin/sh
# Long runs with a flat line of memory: see README.md. All options go to soak.py; --help lists them.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if ! command -v python3 >/dev/null; then
    printf 'soak.sh: python3 is missing. As root:\n\n    apt-get install python3\n\n' >&2
    exit 2
fi
exec python3 "$here/soak.py" "$@"
