/* The clock: lv1 counts seconds from 2000-01-01 (irq-and-time 10.4). */
#include "kernel.h"

#define SECONDS_A_DAY 86400UL

static int is_leap(u64 year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

void rtc_check(void)
{
    static const u8 month_days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct lv1_results results;
    s32 status = LV1(&results, LV1_GET_RTC);
    u64 seconds = results.value[0], days = seconds / SECONDS_A_DAY;
    u64 year = 2000;
    u32 month = 0;

    if (status != LV1_SUCCESS || days > 200 * 366) {
        check("clock", 0, "status %d, %lu seconds", status, seconds);
        return;
    }
    for (; days >= 365UL + (u64)is_leap(year); year++)
        days -= 365UL + (u64)is_leap(year);
    for (;; month++) {
        u64 length = month_days[month] + (month == 1 && is_leap(year));

        if (days < length)
            break;
        days -= length;
    }
    seconds %= SECONDS_A_DAY;
    if (options.quiet_time)
        check("clock", 1, "read");
    else
        check("clock", 1, "%04lu-%02u-%02lu %02lu:%02lu:%02lu", year, month + 1, days + 1, seconds / 3600, seconds / 60 % 60,
              seconds % 60);
}
