// What a program may do to channels without a kernel: decrementer, events, its own signals' counts, machine status.
#include <spu_mfcio.h>
#include <stdio.h>

int main(void)
{
    spu_write_decrementer(0x100000);
    unsigned first = spu_read_decrementer(), second;
    while ((second = spu_read_decrementer()) == first)
        ;
    printf("decrementer runs %d\n", second < first);
    spu_write_event_mask(MFC_DECREMENTER_EVENT);
    spu_write_event_ack(MFC_DECREMENTER_EVENT);
    spu_write_decrementer(100);
    unsigned status = spu_read_event_status();
    spu_write_event_ack(status);
    printf("event %x, then %d\n", status, spu_stat_event_status());
    printf("counts %d %d %d %d %d\n", spu_stat_in_mbox(), spu_stat_out_mbox(), spu_stat_signal1(), spu_stat_signal2(),
        mfc_stat_cmd_queue());
    mfc_write_tag_mask(0x5a);
    printf("mask %x status %x\n", mfc_read_tag_mask(), mfc_read_tag_status_immediate());
    printf("interrupts %d\n", spu_read_machine_status() & 1);
    return 0;
}
