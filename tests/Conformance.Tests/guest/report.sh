# What every suite prints, and what the test on the host reads: a line a program, then the summary. Sourced.
passed=0 failed=0 skipped=0 known=0

# ok NAME [remark]
ok() { passed=$((passed + 1)); echo "ok $*"; }

# fail NAME what is wrong
fail() { failed=$((failed + 1)); echo "FAIL $*"; }

# skip NAME why
skip() { skipped=$((skipped + 1)); echo "skip $*"; }

# known NAME reason: a failure that is explained and justified.
known() { known=$((known + 1)); echo "known $*"; }

summary() { echo "SUMMARY $1: $passed ok, $failed FAIL, $known known, $skipped skip"; }

# True when only= names the program, or names none.
wanted() {
    local pattern patterns=$ONLY IFS=,
    set -f
    for pattern in $patterns; do
        case $1 in $pattern) set +f; return 0 ;; esac
    done
    set +f
    return 1
}

# What a program died of, in words, from the status the shell has for it.
death() {
    case $1 in
    132) echo "illegal instruction" ;;
    135) echo "bus error" ;;
    136) echo "arithmetic exception" ;;
    139) echo "segmentation fault" ;;
    143) echo "time limit" ;;
    *) [ "$1" -gt 128 ] && echo "signal $(($1 - 128))" || echo "exit status $1" ;;
    esac
}
