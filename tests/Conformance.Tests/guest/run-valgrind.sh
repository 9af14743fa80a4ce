#!/bin/sh
# In the guest: runs each program of /suite/tests and compares what it prints with what it should print.
#   tests/list          a line a program: NAME run | NAME after SECONDS-SINCE-POWER-ON | NAME skip WHY
#   tests/NAME/command  arguments behind the program's name
#   tests/NAME/stdout*  acceptable outputs; one that matches is enough, as for valgrind's own driver
#   tests/NAME/known    extended regular expressions for the lines (of diff: "<" expected, ">" printed) that may differ
cd /suite
. ./report.sh

# Compares /tmp/out with the acceptable outputs; the least different one leaves its difference in /tmp/best.
compare() {
    local expected count least=
    for expected in "$1"/stdout*; do
        diff "$expected" /tmp/out | grep '^[<>]' >/tmp/diff
        count=$(wc -l </tmp/diff)
        if [ -z "$least" ] || [ "$count" -lt "$least" ]; then
            least=$count
            mv /tmp/diff /tmp/best
        fi
    done
}

run() {
    local name=$1 folder=tests/$1 program arguments status unknown all
    read -r program arguments <"$folder/command"
    (cd "$folder" && exec timeout 600 "/suite/$program" $arguments) >/tmp/out 2>/tmp/err </dev/null
    status=$?
    compare "$folder"
    all=$(wc -l </tmp/best)
    if [ -s "$folder/known" ]; then
        grep -v -E -f "$folder/known" /tmp/best >/tmp/unknown
    else
        cp /tmp/best /tmp/unknown
    fi
    unknown=$(wc -l </tmp/unknown)
    if [ "$status" != 0 ]; then
        fail "$name $(death $status), $unknown lines differ"
    elif [ "$unknown" != 0 ]; then
        fail "$name $unknown lines differ"
    elif [ "$all" != 0 ]; then
        ok "$name ($all lines differ as they may)"
    else
        ok "$name"
        return
    fi
    head -n "$DIFFLINES" /tmp/unknown | sed 's/^/  /'
    tail -n 3 /tmp/err | sed 's/^/  stderr: /'
}

while read -r name what why; do
    wanted "$name" || continue
    case $what in
    run) run "$name" ;;
    after)
        up=$(cut -d. -f1 /proc/uptime)
        [ "$up" -ge "$why" ] || sleep $((why - up))
        run "$name"
        ;;
    skip) skip "$name $why" ;;
    esac
done <tests/list
summary valgrind
