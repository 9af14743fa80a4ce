using System.Buffers.Binary;

using Ps3Platform.Devices.Blocks;
using Ps3Platform.Host.Blocks;

using Xunit;

namespace Host.Tests.Blocks;

/// <summary>
/// A hostile NBD server without a socket: its greeting and answers are damaged at random, or made of chunks of all kinds. The client takes
/// them or reports an error; it neither fails, nor waits for more than it is sent, nor takes much memory, nor writes beside the buffer of a
/// read. <c>PS3_FUZZ_ROUNDS</c> sets the number of connections.
/// </summary>
public sealed class NbdFuzzTests
{
    private const int UsualRounds = 20_000;
    private const int ReadSize = 1024;
    private const ulong ReadOffset = 512;
    private const int Guard = 64;
    private const long MostMemory = 1 << 20;

    private static readonly ulong[] Numbers =
    [
        0, 1, 2, 3, 4, 7, 8, 12, 511, 512, 513, 1023, 1024, 1025, 1032, 1536, 4096, 4097, 0x8001, 0xffff, 1 << 20, int.MaxValue,
        uint.MaxValue, 1UL << 63, ulong.MaxValue - 511, ulong.MaxValue,
    ];

    [Fact]
    public void No_bytes_of_a_server_do_harm()
    {
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("PS3_FUZZ_ROUNDS"), out int given) ? given : UsualRounds;
        var random = new Random(20261201);
        (int refused, int failed, int read) = (0, 0, 0);
        byte[] buffer = new byte[ReadSize + (2 * Guard)];
        for (int round = 0; round < rounds; round++)
        {
            buffer.AsSpan().Fill(0xa5);
            using var server = new ScriptedStream(Script(random));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using NbdConnection connection = NbdConnection.Open(server, "");
                try
                {
                    connection.Read(ReadOffset, buffer.AsSpan(Guard, ReadSize));
                    read++;
                    connection.Write(0, buffer.AsSpan(0, 512), forceUnitAccess: random.Next(2) == 0);
                    connection.Flush();
                    connection.Trim(0, 1 << 20);
                }
                catch (BlockException)
                {
                    failed++;
                }
            }
            catch (BlockException)
            {
                refused++;
            }

            Assert.True(buffer.AsSpan(0, Guard).IndexOfAnyExcept((byte)0xa5) < 0, $"round {round}");
            Assert.True(buffer.AsSpan(Guard + ReadSize).IndexOfAnyExcept((byte)0xa5) < 0, $"round {round}");
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MostMemory, $"round {round}: {allocated} bytes");
        }

        // Damage of each kind reached what it was meant for.
        Assert.All((int[])[refused, failed, read], count => Assert.InRange(count, rounds / 50, rounds));
    }

    // A server's whole side of a connection.
    private static byte[] Script(Random random)
    {
        byte[] greeting = [.. "NBDMAGIC"u8, .. "IHAVEOPT"u8, 0, (byte)(random.Next(4) == 0 ? 1 : 3)];
        List<byte> script = [.. Damage(greeting, random, 10)];
        script.AddRange(Damage(OptionReply(8, 1, []), random, 10));
        for (int more = random.Next(4); more > 0; more--)
            script.AddRange(OptionReply(Pick(random, 7), (uint)(random.Next(2) == 0 ? 3 : Number(random)), Noise(random, 40)));
        byte[] size = new byte[12];
        BinaryPrimitives.WriteUInt64BigEndian(size.AsSpan(2), random.Next(8) == 0 ? Number(random) : 1 << 20);
        (size[10], size[11]) = ((byte)random.Next(2), (byte)random.Next(256));
        script.AddRange(Damage(OptionReply(7, 3, size), random, 8));
        script.AddRange(Damage(OptionReply(7, 1, []), random, 10));
        for (ulong handle = 1; handle <= 4; handle++)
            AddAnswer(script, handle, random);
        return [.. script];
    }

    private static void AddAnswer(List<byte> script, ulong handle, Random random)
    {
        if (random.Next(3) != 0)
        {
            byte[] whole = handle == 1
                ? Chunk(1, 1, handle, [.. Big(ReadOffset, 8), .. new byte[ReadSize]])
                : random.Next(2) == 0 ? Chunk(1, 0, handle, []) : Simple(0, handle);
            script.AddRange(random.Next(4) == 0 ? Damage(whole, random, 1) : whole);
            return;
        }

        for (int chunks = random.Next(1, 6); chunks > 0; chunks--)
        {
            ushort type = (ushort)(random.Next(5) switch
            {
                0 => 0,
                1 => 1,
                2 => 2,
                3 => 0x8001,
                _ => (int)(Number(random) & 0xffff),
            });
            byte[] data = type switch
            {
                1 => [.. Big(ReadOffset + (ulong)(random.Next(3) * 512), 8), .. Noise(random, 600)],
                2 => [.. Big(ReadOffset + (ulong)(random.Next(3) * 512), 8), .. Big(Number(random), 4)],
                0x8001 => [.. Big(Number(random), 4), .. Big(Number(random), 2), .. Noise(random, 30)],
                _ => Noise(random, 20),
            };
            byte[] chunk = Chunk((ushort)random.Next(2), type, handle, data);
            script.AddRange(Damage(chunk, random, 6));
        }
    }

    // One time in so many, a field or bit is another.
    private static byte[] Damage(byte[] bytes, Random random, int oneIn)
    {
        if (random.Next(oneIn) != 0)
            return bytes;
        byte[] damaged = [.. bytes];
        int at = random.Next(Math.Min(bytes.Length, 40));
        if (random.Next(2) == 0)
            damaged[at] ^= (byte)(1 << random.Next(8));
        else
        {
            byte[] field = Big(Number(random), 1 << random.Next(4));
            field.AsSpan(0, Math.Min(field.Length, damaged.Length - at)).CopyTo(damaged.AsSpan(at));
        }

        return random.Next(16) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
    }

    private static byte[] OptionReply(uint option, uint type, byte[] data) =>
        [.. Big(0x0003_e889_0455_65a9, 8), .. Big(option, 4), .. Big(type, 4), .. Big((ulong)data.Length, 4), .. data];

    private static byte[] Chunk(ushort flags, ushort type, ulong handle, byte[] data) =>
        [.. Big(0x668e_33ef, 4), .. Big(flags, 2), .. Big(type, 2), .. Big(handle, 8), .. Big((ulong)data.Length, 4), .. data];

    private static byte[] Simple(uint error, ulong handle) => [.. Big(0x6744_6698, 4), .. Big(error, 4), .. Big(handle, 8)];

    private static uint Pick(Random random, uint usual) => random.Next(8) == 0 ? (uint)Number(random) : usual;

    private static ulong Number(Random random) =>
        random.Next(4) == 0 ? (ulong)random.NextInt64(long.MinValue, long.MaxValue) : Numbers[random.Next(Numbers.Length)];

    private static byte[] Noise(Random random, int most)
    {
        byte[] bytes = new byte[random.Next(most)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Big(ulong value, int width)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes[(8 - width)..];
    }

    /// <summary>Gives fixed bytes, in pieces, and takes everything; the end of the bytes is the end of the connection.</summary>
    private sealed class ScriptedStream(byte[] script) : Stream
    {
        private const int LongestPiece = 700;
        private int _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            int count = Math.Min(Math.Min(buffer.Length, LongestPiece), script.Length - _at);
            script.AsSpan(_at, count).CopyTo(buffer);
            _at += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
