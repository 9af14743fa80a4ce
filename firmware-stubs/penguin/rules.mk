# How a kernel of these sources is compiled and linked, for this folder and for ../kvm. Who includes it names its TARGET, its OBJECTS, a
# folder to INCLUDE or none, a linker SCRIPT other than penguin.ld or none, and, as PENGUIN, the folder this file is in. The result is
# the same to the bit wherever it is built: no build id, no dates, no paths, no debug information. CROSS_COMPILE names another
# compiler; the committed files are of GCC 12.2.
CROSS_COMPILE ?= powerpc64-linux-gnu-
CC := $(CROSS_COMPILE)gcc
OBJCOPY := $(CROSS_COMPILE)objcopy
OUT ?= build

COMMON := -m64 -mabi=elfv1 -mcpu=cell -mbig-endian -std=gnu11 -O2 -ffreestanding -nostdlib -fno-pic -fno-pie -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-unwind-tables -fno-builtin -fno-tree-loop-distribute-patterns -fno-ident -mno-vsx \
	-mtraceback=no -Wall -Wextra -Werror
# The kernel uses neither floating point nor vectors, so that a trap need not save them. r13 is the thread.
KERNEL := $(COMMON) -mno-altivec -msoft-float -ffixed-r13
USER := $(COMMON) -maltivec -mabi=altivec -ffp-contract=off -fno-tree-vectorize
LINK := -m64 -nostdlib -static -no-pie -Wl,--build-id=none,-z,max-page-size=4096,--no-warn-rwx-segments

SCRIPT ?= $(PENGUIN)/penguin.ld
PROGRAMS := integer floats vectors memory badload illegal
HEADERS := $(wildcard *.h $(INCLUDE)/*.h) $(PENGUIN)/kernel.h $(PENGUIN)/layout.h $(PENGUIN)/lv1.h \
	$(PENGUIN)/types.h $(PENGUIN)/rules.mk Makefile
INCLUDES := -I$(PENGUIN) $(INCLUDE:%=-I%)
vpath %.c $(PENGUIN)
vpath %.S $(PENGUIN)

$(OUT)/$(TARGET).elf: $(OBJECTS:%=$(OUT)/%.o) $(SCRIPT)
	$(CC) $(LINK) -T $(SCRIPT) -o $@.full $(OBJECTS:%=$(OUT)/%.o)
	$(OBJCOPY) --strip-debug --discard-locals $@.full $@

$(OUT)/%.o: %.c $(HEADERS)
	@mkdir -p $(@D)
	$(CC) $(KERNEL) $(INCLUDES) -c -o $@ $<

$(OUT)/%.o: %.S $(HEADERS)
	@mkdir -p $(@D)
	$(CC) $(KERNEL) $(INCLUDES) -I$(OUT) -Wa,-I$(OUT) -c -o $@ $<

$(OUT)/vectors.o: $(PROGRAMS:%=$(OUT)/user/%.bin)

$(OUT)/user/%.o: user/%.c $(PENGUIN)/user/user.h $(PENGUIN)/rules.mk
	@mkdir -p $(@D)
	$(CC) $(USER) -c -o $@ $<

$(OUT)/user/%.o: user/%.S $(PENGUIN)/rules.mk
	@mkdir -p $(@D)
	$(CC) $(USER) -c -o $@ $<

$(OUT)/user/%.bin: $(OUT)/user/%.o $(OUT)/user/crt.o $(PENGUIN)/user/user.ld
	$(CC) $(LINK) -T $(PENGUIN)/user/user.ld -o $(@:.bin=.elf) $(OUT)/user/crt.o $<
	$(OBJCOPY) -O binary $(@:.bin=.elf) $@

clean:
	rm -rf $(OUT)

.PRECIOUS: $(OUT)/user/%.o
.PHONY: clean
