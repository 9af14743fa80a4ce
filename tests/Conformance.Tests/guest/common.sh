# Shared by the build scripts beside it: messages, tool checks, fetching a Debian source package, packing an initramfs.
# Sourced, not run. Expects $work.

say() { printf '== %s\n' "$*"; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# Command, then the package that has it. Everything missing is named at once by check_needs.
missing=
need() { command -v "$1" >/dev/null || case " $missing " in *" $2 "*) ;; *) missing="$missing $2" ;; esac; }
need_file() { [ -e "$1" ] || missing="$missing $2"; }
check_needs() {
    [ -z "$missing" ] && return
    printf 'Some packages are missing. As root:\n\n    apt-get install%s\n\n' "$missing" >&2
    exit 1
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
    (cd "$work" && apt-get "${options[@]}" update && apt-get "${options[@]}" source --only-source "$package") >"$work/apt.log" 2>&1 ||
        fail "apt-get source $package failed, see $work/apt.log. Add 'deb-src' to the machine's package sources, or unpack it into $work"
}

# Makes $work/$1-tree: busybox of a given initramfs, the guest's init and library, and an empty /suite.
start_tree() {
    local suite=$1 base=$2 tree=$work/$1-tree
    [ -f "$base" ] || fail "$base is not there: give an initramfs with a static busybox in bin/ (--base), such as firmware-stubs/linux/build.sh builds"
    rm -rf "$tree" "$work/base"
    mkdir -p "$work/base" "$tree"/{bin,sbin,dev,proc,sys,tmp,root,etc,suite}
    (cd "$work/base" && gzip -dc "$base" | cpio -id --quiet --no-absolute-filenames 'bin/busybox' './bin/busybox')
    [ -f "$work/base/bin/busybox" ] || fail "$base has no bin/busybox"
    cp "$work/base/bin/busybox" "$tree/bin/busybox"
    cp "$here/init" "$tree/init"
    cp "$here/report.sh" "$tree/suite/report.sh"
    cp "$here/run-$suite.sh" "$tree/suite/run.sh"
    chmod 755 "$tree/init" "$tree/bin/busybox" "$tree/suite/run.sh"
}

# Sorted names, one date and one owner: the same tree gives the same archive.
pack_tree() {
    local suite=$1 tree=$work/$1-tree
    find "$tree" -exec touch -h -d @0 {} +
    (cd "$tree" && find . -print0 | LC_ALL=C sort -z | cpio --null --quiet --reproducible --owner 0:0 -o -H newc) | gzip -9n >"$out/$suite.cpio.gz"
    say "$out/$suite.cpio.gz, $(stat -c %s "$out/$suite.cpio.gz") bytes"
}
