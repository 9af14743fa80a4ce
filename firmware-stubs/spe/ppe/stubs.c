#include "check.h"
#define S(n) void n(void){check(true,"stub","x");}
S(test_signals) S(test_atomic) S(test_events) S(test_memory) S(test_switch) S(test_gang) S(test_faults) S(test_files) S(test_mapping) S(test_nosched) S(test_priority) S(test_cleanup) S(test_sgemm) S(test_throughput)
