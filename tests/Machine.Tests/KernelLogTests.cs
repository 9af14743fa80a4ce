using System.Globalization;

using Ps3Platform.Loaders.Elf;
using Ps3Platform.Machine.KernelLog;

using Xunit;

namespace Machine.Tests;

/// <summary>
/// The three ways in which Linux has kept its log, in memory laid out by hand as the kernel sources say (kernel/printk.c of 2.6.20 and
/// 3.4; kernel/printk/printk.c of 3.5 to 5.9; printk_ringbuffer.h since 5.10).
/// </summary>
public sealed class KernelLogTests
{
    private const int Size = 1 << 20;
    private const int Variables = 0x1000;
    private const int Buffer = 0x20000;
    private const int Note = 0x8000;

    public enum By
    {
        Symbols,
        Note,
        Search,
    }

    public static TheoryData<By> Ways => [By.Symbols, By.Note, By.Search];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Text_of_kernels_before_3_5(By way)
    {
        var kernel = new FakeKernel(Size);
        string text = string.Concat(Enumerable.Range(0, 10).Select(static index => $"<6>[    {index}.000001] line {index}\n"));
        kernel.PutText(Buffer, text);
        SymbolTable symbols = TextVariables(kernel, way, 16384, (uint)text.Length);

        KernelLogText log = Find(kernel, symbols, KernelLogFormat.Text);

        Assert.Equal(10, log.Messages.Count);
        Assert.Equal(new KernelMessage(3_000_001_000, 6, "line 3"), log.Messages[3]);
        Assert.Equal("[    9.000001] line 9", log.Lines.Last());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_ring_of_text_that_was_filled_begins_with_the_oldest_line(By way)
    {
        const int Ring = 4096;
        var kernel = new FakeKernel(Size);
        string all = string.Concat(Enumerable.Range(0, 400).Select(static index => $"<4>[{index * 2,5}.000000] line {index}\n"));
        for (int index = 0; index < all.Length; index++)
            kernel.Bytes[Buffer + (index % Ring)] = (byte)all[index];
        SymbolTable symbols = TextVariables(kernel, way, Ring, (uint)all.Length);

        KernelLogText log = Find(kernel, symbols, KernelLogFormat.Text);

        Assert.EndsWith("line 399", log.Lines.Last(line => line.Contains("line", StringComparison.Ordinal)), StringComparison.Ordinal);
        ulong[] times = [.. log.Messages.Select(static message => message.Nanoseconds).OfType<ulong>()];
        Assert.True(times.Length > 100);
        Assert.Equal(times.Order(), times);
    }

    [Theory]
    [InlineData(By.Symbols, 16)]
    [InlineData(By.Note, 16)]
    [InlineData(By.Search, 16)]
    [InlineData(By.Symbols, 20)]
    [InlineData(By.Note, 20)]
    [InlineData(By.Search, 20)]
    public void Records_of_kernels_from_3_5_to_5_9(By way, int header)
    {
        var kernel = new FakeKernel(Size);
        int at = Buffer;
        for (int index = 0; index < 12; index++)
            at = PutRecord(kernel, at, header, (ulong)index * 1_000_000_000, $"message {index}", dictionary: index % 3);
        SymbolTable symbols = RecordVariables(kernel, way, header, first: 0, next: at - Buffer, length: 65536);

        KernelLogText log = Find(kernel, symbols, KernelLogFormat.Records);

        Assert.Equal(12, log.Messages.Count);
        Assert.Equal(new KernelMessage(4_000_000_000, 5, "message 4"), log.Messages[4]);
        Assert.Equal("[   11.000000] message 11", log.Lines.Last());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_ring_of_records_that_was_filled_wraps_to_its_beginning(By way)
    {
        var kernel = new FakeKernel(Size);
        int oldest = Buffer + 4000;
        int at = oldest;
        for (int index = 0; index < 10; index++)
            at = PutRecord(kernel, at, 16, (ulong)index, $"old {index}");
        // A record of length 0: the next one is at the beginning.
        int newest = Buffer;
        for (int index = 10; index < 20; index++)
            newest = PutRecord(kernel, newest, 16, (ulong)index, $"new {index}");
        SymbolTable symbols = RecordVariables(kernel, way, 16, oldest - Buffer, newest - Buffer, length: 8192);

        KernelLogText log = Find(kernel, symbols, KernelLogFormat.Records);

        Assert.Equal(Enumerable.Range(0, 20).Select(static index => (ulong?)index), log.Messages.Select(static message => message.Nanoseconds));
    }

    [Theory]
    [InlineData(By.Symbols, 40)]
    [InlineData(By.Note, 48)]
    [InlineData(By.Search, 40)]
    [InlineData(By.Search, 48)]
    public void The_ring_buffer_of_kernels_since_5_10(By way, int dataRing)
    {
        var kernel = new FakeKernel(Size);
        PutRing(kernel, dataRing, messages: 20, countBits: 5, sizeBits: 12, firstId: 7);
        SymbolTable symbols = RingVariables(kernel, way);

        KernelLogText log = Find(kernel, symbols, KernelLogFormat.Ringbuffer);

        Assert.Equal(20, log.Messages.Count);
        Assert.Equal(new KernelMessage(10_000_000_000, 3, "message 10"), log.Messages[10]);
    }

    [Fact]
    public void Text_that_wraps_round_the_end_of_the_data_ring_is_whole()
    {
        var kernel = new FakeKernel(Size);
        // 40 blocks of 24 bytes in a ring of 1024: the last ones wrapped, and so many descriptors are left as fit.
        PutRing(kernel, 40, messages: 60, countBits: 5, sizeBits: 10, firstId: 0);

        KernelLogText log = Find(kernel, RingVariables(kernel, By.Symbols), KernelLogFormat.Ringbuffer);

        Assert.Equal("message 59", log.Messages[^1].Text);
        Assert.All(log.Messages, static message => Assert.StartsWith("message ", message.Text, StringComparison.Ordinal));
        Assert.True(log.Messages.Count >= 30, $"{log.Messages.Count}");
    }

    [Fact]
    public void Symbols_of_another_kernel_do_no_harm()
    {
        var kernel = new FakeKernel(Size);
        PutRing(kernel, 40, messages: 20, countBits: 5, sizeBits: 12, firstId: 7);
        var wrong = new SymbolTable([new ElfSymbol("prb", FakeKernel.Start + 0x333, 0, 0), new ElfSymbol("log_buf", 0xdead, 0, 0)]);

        Assert.Equal(20, Find(kernel, wrong, KernelLogFormat.Ringbuffer).Messages.Count);
    }

    [Fact]
    public void A_panic_is_found_and_control_characters_are_not_passed_on()
    {
        var kernel = new FakeKernel(Size);
        int at = Buffer;
        for (int index = 0; index < 8; index++)
            at = PutRecord(kernel, at, 16, (ulong)index, index == 5 ? "Kernel panic - not syncing: test\nmore" : $"message\e[2J {index}");

        KernelLogText log = Find(kernel, SymbolTable.Empty, KernelLogFormat.Records);

        Assert.Equal("Kernel panic - not syncing: test", log.PanicLine);
        Assert.DoesNotContain(log.Lines, static line => line.Contains('\e', StringComparison.Ordinal));
    }

    [Fact]
    public void Memory_without_a_log_has_none()
    {
        Assert.Null(KernelLogFinder.Find(new FakeKernel(Size), SymbolTable.Empty));
        Assert.Null(KernelLogFinder.Find(new FakeKernel(0), SymbolTable.Empty));
    }

    [Theory]
    [InlineData(KernelLogFormat.Text)]
    [InlineData(KernelLogFormat.Records)]
    [InlineData(KernelLogFormat.Ringbuffer)]
    public void The_search_ends_for_any_contents_of_memory(KernelLogFormat format)
    {
        const int Rounds = 400;
        var random = new Random(20_261_201);
        for (int round = 0; round < Rounds; round++)
        {
            var kernel = new FakeKernel(0x30000);
            SymbolTable symbols = Prepare(kernel, format, round % 2 == 0 ? By.Symbols : By.Note);
            // Some bytes change, more often in the variables and headers than elsewhere, and often to what breaks sums.
            for (int change = random.Next(1, 30); change > 0; change--)
            {
                int place = random.Next(4) switch
                {
                    0 => Variables + random.Next(0x200),
                    1 => Buffer + random.Next(0x800),
                    2 => Note + random.Next(0x200),
                    _ => random.Next(kernel.Bytes.Length),
                };
                kernel.Bytes[place] = random.Next(3) switch { 0 => 0xff, 1 => 0, _ => (byte)random.Next(256) };
            }

            KernelLogText? log = KernelLogFinder.Find(kernel, symbols);

            // The log has no more text than memory can hold.
            Assert.True(log is null || log.Messages.Sum(static message => (long)message.Text.Length) <= 2 * kernel.Bytes.Length, $"round {round}");
        }
    }

    private static SymbolTable Prepare(FakeKernel kernel, KernelLogFormat format, By way)
    {
        switch (format)
        {
            case KernelLogFormat.Text:
                string text = string.Concat(Enumerable.Range(0, 60).Select(static index => $"<6>[    {index}.000001] line {index}\n"));
                kernel.PutText(Buffer, text);
                return TextVariables(kernel, way, 16384, (uint)text.Length);
            case KernelLogFormat.Records:
                int at = Buffer;
                for (int index = 0; index < 60; index++)
                    at = PutRecord(kernel, at, 16, (ulong)index, $"message {index}");
                return RecordVariables(kernel, way, 16, 0, at - Buffer, 16384);
            default:
                PutRing(kernel, 48, messages: 60, countBits: 5, sizeBits: 10, firstId: 0);
                return RingVariables(kernel, way);
        }
    }

    private static KernelLogText Find(FakeKernel kernel, SymbolTable symbols, KernelLogFormat format)
    {
        KernelLogText? log = KernelLogFinder.Find(kernel, symbols);
        Assert.NotNull(log);
        Assert.Equal(format, log.Format);
        return log;
    }

    private static SymbolTable TextVariables(FakeKernel kernel, By way, uint length, uint end)
    {
        kernel.Put64(Variables, FakeKernel.Start + Buffer);
        kernel.Put32(Variables + 8, length);
        kernel.Put32(Variables + 12, end);
        kernel.Put32(Variables + 16, Math.Min(end, length));
        return Name(kernel, way, ("log_buf", 0), ("log_buf_len", 8), ("log_end", 12), ("logged_chars", 16));
    }

    private static SymbolTable RecordVariables(FakeKernel kernel, By way, int header, int first, int next, uint length)
    {
        kernel.Put64(Variables, FakeKernel.Start + Buffer);
        kernel.Put32(Variables + 8, length);
        kernel.Put32(Variables + 12, (uint)first);
        kernel.Put32(Variables + 16, (uint)next);
        SymbolTable table = Name(kernel, way, ("log_buf", 0), ("log_buf_len", 8), ("log_first_idx", 12), ("log_next_idx", 16));
        if (way == By.Note)
            kernel.PutText(Note + 300, string.Create(CultureInfo.InvariantCulture, $"\nSIZE(printk_log)={header}\n"));
        return table;
    }

    private static SymbolTable RingVariables(FakeKernel kernel, By way)
    {
        kernel.Put64(Variables, FakeKernel.Start + Variables + 0x40);
        return Name(kernel, way, ("prb", 0));
    }

    private static SymbolTable Name(FakeKernel kernel, By way, params (string Name, int Offset)[] variables)
    {
        if (way == By.Symbols)
            return new SymbolTable(variables.Select(static variable => new ElfSymbol(variable.Name, FakeKernel.Start + Variables + (ulong)variable.Offset, 0, 0)));
        if (way == By.Note)
        {
            string note = "OSRELEASE=6.1.0\n" + string.Concat(variables.Select(static variable =>
                string.Create(CultureInfo.InvariantCulture, $"SYMBOL({variable.Name})={FakeKernel.Start + Variables + (ulong)variable.Offset:x}\n")));
            kernel.PutText(Note, note.PadRight(300, 'x'));
        }

        return SymbolTable.Empty;
    }

    private static int PutRecord(FakeKernel kernel, int at, int header, ulong time, string text, int dictionary = 0)
    {
        int length = (header + text.Length + dictionary + 3) & ~3;
        kernel.Put64(at, time);
        kernel.Put16(at + 8, length);
        kernel.Put16(at + 10, text.Length);
        kernel.Put16(at + 12, dictionary);
        kernel.Bytes[at + 14] = 0;
        kernel.Bytes[at + 15] = (2 << 3) | 5;
        if (header == 20)
            kernel.Put32(at + 16, 0x8000_0001);
        kernel.PutText(at + header, text);
        return at + length;
    }

    // Writes as prb_reserve and prb_commit do: ids and positions count on, places are taken modulo the rings' sizes.
    private static void PutRing(FakeKernel kernel, int dataRing, int messages, int countBits, int sizeBits, ulong firstId)
    {
        const int Ring = Variables + 0x40;
        const int Descriptors = 0x10000;
        const int Infos = 0x14000;
        ulong count = 1UL << countBits;
        ulong size = 1UL << sizeBits;
        ulong position = size;
        ulong tail = firstId;
        var begins = new List<ulong>();
        for (int index = 0; index < messages; index++)
        {
            ulong id = firstId + (ulong)index;
            string text = $"message {index}";
            ulong length = (8 + (ulong)text.Length + 7) & ~7UL;
            ulong begin = position;
            ulong next = begin + length;
            ulong block = begin % size;
            if (begin / size != next / size)
            {
                next = (next / size * size) + length;
                block = 0;
            }

            position = next;
            begins.Add(begin);
            while (next - begins[(int)(tail - firstId)] > size || id - tail >= count)
                tail++;
            int descriptor = Descriptors + (int)(id % count * 24);
            kernel.Put64(descriptor, (index == messages - 1 ? 1UL : 2UL) << 62 | id);
            kernel.Put64(descriptor + 8, begin);
            kernel.Put64(descriptor + 16, next);
            int info = Infos + (int)(id % count * 88);
            kernel.Put64(info, (ulong)index);
            kernel.Put64(info + 8, (ulong)index * 1_000_000_000);
            kernel.Put16(info + 16, text.Length);
            kernel.Bytes[info + 19] = (1 << 3) | 3;
            kernel.Put64(Buffer + (int)block, id);
            kernel.PutText(Buffer + (int)block + 8, text);
        }

        kernel.Put32(Ring, (uint)countBits);
        kernel.Put64(Ring + 8, FakeKernel.Start + Descriptors);
        kernel.Put64(Ring + 16, FakeKernel.Start + Infos);
        kernel.Put64(Ring + 24, firstId + (ulong)messages - 1);
        kernel.Put64(Ring + 32, tail);
        kernel.Put32(Ring + dataRing, (uint)sizeBits);
        kernel.Put64(Ring + dataRing + 8, FakeKernel.Start + Buffer);
        kernel.Put64(Ring + dataRing + 16, position);
        kernel.Put64(Ring + dataRing + 24, begins[(int)(tail - firstId)]);
    }
}
