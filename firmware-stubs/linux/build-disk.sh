# Sourced by build.sh: the root disk. An image with one partition, an ext4 file system with busybox, dropbear, e2fsprogs and the SPU
# programs of firmware-stubs/spe. Uses the variables and functions of build.sh.

disk_size=512                   # MB
partition_start=$((1024 * 1024)) # bytes

# Lets a source package's configure script run once; a log takes its output.
configure_once() {
    local name=$1 source=$2
    shift 2
    [ ! -e "$source/.configured" ] || return 0
    say "configuring $name"
    (cd "$source" && ./configure "$@") >"$work/$name-configure.log" 2>&1 || fail "configuring $name failed, see $work/$name-configure.log"
    touch "$source/.configured"
}

# The unpacked source of a package: fetched unless it is there.
source_of() {
    local package=$1
    if ! compgen -G "$work/$package-*/configure" >/dev/null; then
        say "fetching the source of $package" >&2
        fetch_source "$package"
    fi
    dirname "$(compgen -G "$work/$package-*/configure" | head -n 1)"
}

build_dropbear() {
    local source
    source=$(source_of dropbear)
    [ ! -x "$source/dropbearmulti" ] || return 0
    # The cross C library has no crypt(): keys only.
    echo '#define DROPBEAR_SVR_PASSWORD_AUTH 0' >"$source/localoptions.h"
    configure_once dropbear "$source" --host=powerpc64-linux-gnu --enable-static --disable-zlib --disable-pam \
        --disable-lastlog --disable-utmp --disable-utmpx --disable-wtmp --disable-wtmpx
    say "compiling dropbear (a dot is a hundred lines of make)"
    make_logged "$work/dropbear.log" -C "$source" -j "$jobs" PROGRAMS="dropbear dbclient dropbearkey scp" MULTI=1 STATIC=1
}

build_e2fsprogs() {
    local source
    source=$(source_of e2fsprogs)
    [ ! -x "$source/resize/resize2fs" ] || return 0
    configure_once e2fsprogs "$source" --host=powerpc64-linux-gnu --disable-nls --disable-fuse2fs --disable-uuidd --disable-debugfs \
        --disable-imager --disable-defrag --disable-e2initrd-helper LDFLAGS=-static CFLAGS=-O2 BUILD_CC=gcc
    say "compiling e2fsprogs (a dot is a hundred lines of make)"
    # The libraries first: a parallel make of everything does not wait for them.
    make_logged "$work/e2fsprogs-libs.log" -C "$source" -j "$jobs" libs
    make_logged "$work/e2fsprogs.log" -C "$source" -j "$jobs" all
}

# The key that logs in as root. It belongs to this build and opens nothing else.
make_key() {
    [ -e "$out/id_ed25519" ] || ssh-keygen -q -t ed25519 -N '' -C root@ps3 -f "$out/id_ed25519"
}

build_disk() {
    local tree=$work/disk image=$out/root.img dropbear e2fsprogs busybox program
    build_busybox
    build_dropbear
    build_e2fsprogs
    make_key
    busybox=$(dirname "$(compgen -G "$work/busybox-*/Makefile" | head -n 1)")
    dropbear=$(source_of dropbear)
    e2fsprogs=$(source_of e2fsprogs)

    say "packing root.img ($disk_size MB, sparse)"
    rm -rf "$tree"
    mkdir -p "$tree"/{bin,sbin,dev,proc,sys,spu,tmp,root/.ssh,etc,mnt,var/{run,log},usr/{bin,sbin},www}
    cp -R "$here/disk/." "$tree/"
    chmod 755 "$tree"/etc/init.d/{rcS,login} "$tree/etc/udhcpc.script"
    chmod 700 "$tree/root" "$tree/root/.ssh"
    chmod 1777 "$tree/tmp"
    cp "$out/id_ed25519.pub" "$tree/root/.ssh/authorized_keys"
    chmod 600 "$tree/root/.ssh/authorized_keys"
    cp "$busybox/busybox" "$tree/bin/busybox"
    ln -s /bin/busybox "$tree/sbin/init"
    ln -s busybox "$tree/bin/sh"
    cp "$dropbear/dropbearmulti" "$tree/usr/bin/dropbearmulti"
    for program in dropbear dbclient dropbearkey scp; do
        ln -s /usr/bin/dropbearmulti "$tree/usr/bin/$program"
    done
    cp "$e2fsprogs/misc/mke2fs" "$e2fsprogs/misc/tune2fs" "$e2fsprogs/misc/dumpe2fs" "$e2fsprogs/e2fsck/e2fsck" "$e2fsprogs/resize/resize2fs" "$tree/sbin/"
    for program in mkfs.ext2 mkfs.ext4; do
        ln -s mke2fs "$tree/sbin/$program"
    done
    ln -s e2fsck "$tree/sbin/fsck.ext4"
    "${cross}strip" "$tree"/bin/busybox "$tree"/usr/bin/dropbearmulti "$tree"/sbin/{mke2fs,tune2fs,dumpe2fs,e2fsck,resize2fs}
    # The SPU test is the init of an archive of its own.
    (cd "$work" && gzip -dc "$root/firmware-stubs/spe/initramfs.cpio.gz" | cpio --quiet --extract --to-stdout init) >"$tree/bin/spetest"
    chmod 755 "$tree/bin/spetest"

    rm -f "$image.part"
    truncate -s "${disk_size}M" "$image.part"
    write_partition_table "$image.part"
    # Root owns everything, whoever builds.
    mke2fs -q -F -t ext4 -L ps3root -E "offset=$partition_start,root_owner=0:0" -d "$tree" "$image.part" $((disk_size - partition_start / 1024 / 1024))M \
        2>"$work/mke2fs.log" || fail "mke2fs failed, see $work/mke2fs.log"
    mv "$image.part" "$image"
    echo "root=/dev/ps3da1 rw rootwait" >"$out/cmdline-disk"
    say "root disk; log in with: ssh -i $out/id_ed25519 -p 2222 root@127.0.0.1"
}

# A partition table of the PC's kind with one Linux partition from the first megabyte to the end.
write_partition_table() {
    local image=$1 sectors start
    start=$((partition_start / 512))
    sectors=$((disk_size * 2048 - start))
    little_endian() { printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)); }
    # Status, first sector in the old notation (none), type 0x83, last sector in the old notation (none), start, length.
    printf "\\x00\\xfe\\xff\\xff\\x83\\xfe\\xff\\xff$(little_endian "$start")$(little_endian "$sectors")" |
        dd of="$image" bs=1 seek=446 conv=notrunc status=none
    printf '\x55\xaa' | dd of="$image" bs=1 seek=510 conv=notrunc status=none
}
