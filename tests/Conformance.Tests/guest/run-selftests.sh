#!/bin/sh
# In the guest: runs each program of /suite/tests in its own folder. The kernel's harness says "skip:" and "[SKIP]" where a
# test does not apply, and ends with a status other than 0 where it failed.
#   tests/list   a line a program: NAME run | NAME long | NAME known PART[,PART]: REASON | NAME skip WHY,
#                NAME being WIDTH/FOLDER/PROGRAM and PART what the harness calls the part of the program that may fail
cd /suite
. ./report.sh

# The harness tells the hash MMU by the platform's name, and knows Cell and PowerMac but not PS3.
sed 's/: PS3$/: Cell/' /proc/cpuinfo >/root/cpuinfo
mount -o bind /root/cpuinfo /proc/cpuinfo

# alignment_handler moves data through the first bytes of the frame buffer, where the console's cursor blinks.
echo 0 2>/dev/null >/sys/class/graphics/fbcon/cursor_blink

# True when the harness names failures, and all of them are among the parts (PART[,PART]).
only_known() {
    local part parts=$1 IFS=,
    sed -n 's/^failure: //p' /tmp/out >/tmp/failures
    [ -s /tmp/failures ] || return 1
    for part in $parts; do
        grep -v -x -F "$part" /tmp/failures >/tmp/rest
        mv /tmp/rest /tmp/failures
    done
    [ ! -s /tmp/failures ]
}

run() {
    local name=$1 what=$2 reason=$3 status
    (cd "tests/${name%/*}" && exec timeout 3000 "./${name##*/}") >/tmp/out 2>&1 </dev/null
    status=$?
    if [ "$status" = 4 ] || { [ "$status" = 0 ] && grep -q -e '^skip: ' -e '^1\.\.0 # SKIP' /tmp/out; }; then
        skip "$name by itself: $(grep -m 1 -e '\[SKIP\]' -e '# SKIP' /tmp/out)"
    elif [ "$status" = 0 ]; then
        ok "$name"
    elif [ "$what" = known ] && only_known "${reason%%:*}"; then
        known "$name $reason"
    else
        fail "$name $(death $status)"
        tail -n "$DIFFLINES" /tmp/out | cut -c 1-200 | sed 's/^/  /'
    fi
}

while read -r name what why; do
    wanted "$name" || continue
    case $what in
    run|known) run "$name" "$what" "$why" ;;
    long) [ -n "$LONG" ] && run "$name" run || skip "$name takes minutes: \"long\" on the kernel command line runs it" ;;
    skip) skip "$name $why" ;;
    esac
done <tests/list
summary selftests
