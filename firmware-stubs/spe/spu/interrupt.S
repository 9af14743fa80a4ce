# What an SPU interrupt executes: notes the event, acknowledges it, starts the decrementer again, and goes back. It keeps
# every register it uses below the stack pointer, out of reach of the 2000 bytes a leaf function may use there.
        .data
        .align  4
        .globl  interrupt_count, interrupt_status
interrupt_count:
        .long   0, 0, 0, 0
interrupt_status:
        .long   0, 0, 0, 0
save:
        .space  64

        .text
        .align  3
        .globl  interrupt_handler
interrupt_handler:
        stqa    $75, save
        stqa    $76, save+16
        rdch    $75, $ch0
        stqa    $75, interrupt_status
        wrch    $ch2, $75
        lqa     $75, interrupt_count
        ai      $75, $75, 1
        stqa    $75, interrupt_count
        il      $76, 500
        wrch    $ch7, $76
        lqa     $76, save+16
        lqa     $75, save
        irete
