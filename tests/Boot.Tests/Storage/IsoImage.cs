using System.Buffers.Binary;
using System.Text;

namespace Boot.Tests.Storage;

/// <summary>A small ISO 9660 file system (ECMA-119): one folder, names in capital letters.</summary>
internal static class IsoImage
{
    private const int Sector = 2048;
    private const int DescriptorSector = 16;
    private const int PathTableSector = 18;
    private const int RootSector = 20;

    /// <summary>The bytes of a disc with some files.</summary>
    public static byte[] Write(string label, params (string Name, byte[] Bytes)[] files)
    {
        int next = RootSector + 1;
        byte[] root = new byte[Sector];
        int at = Record(root, 0, "\0", RootSector, Sector, isFolder: true);
        at = Record(root, at, "\u0001", RootSector, Sector, isFolder: true);
        foreach ((string name, byte[] bytes) in files)
        {
            at = Record(root, at, $"{name};1", next, bytes.Length, isFolder: false);
            next += (bytes.Length + Sector - 1) / Sector;
        }

        byte[] disc = new byte[next * Sector];
        root.CopyTo(disc, RootSector * Sector);
        next = RootSector + 1;
        foreach ((_, byte[] bytes) in files)
        {
            bytes.CopyTo(disc, next * Sector);
            next += (bytes.Length + Sector - 1) / Sector;
        }

        Describe(disc.AsSpan(DescriptorSector * Sector, Sector), label, next);
        disc[(DescriptorSector + 1) * Sector] = 255;
        Encoding.ASCII.GetBytes("CD001\u0001", disc.AsSpan(((DescriptorSector + 1) * Sector) + 1));
        // Path tables with the root alone, little-endian and big-endian.
        foreach (int table in (int[])[PathTableSector, PathTableSector + 1])
        {
            Span<byte> entry = disc.AsSpan(table * Sector);
            entry[0] = 1;
            if (table == PathTableSector)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(entry[2..], RootSector);
                entry[6] = 1;
            }
            else
            {
                BinaryPrimitives.WriteUInt32BigEndian(entry[2..], RootSector);
                entry[7] = 1;
            }
        }

        return disc;
    }

    private static void Describe(Span<byte> descriptor, string label, int sectors)
    {
        descriptor[0] = 1;
        Encoding.ASCII.GetBytes("CD001\u0001", descriptor[1..]);
        descriptor[8..190].Fill((byte)' ');
        descriptor[72..80].Clear();
        descriptor[88..120].Clear();
        Encoding.ASCII.GetBytes(label, descriptor[40..]);
        Both32(descriptor[80..], (uint)sectors);
        Both16(descriptor[120..], 1);
        Both16(descriptor[124..], 1);
        Both16(descriptor[128..], Sector);
        Both32(descriptor[132..], 10);
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor[140..], PathTableSector);
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor[144..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(descriptor[148..], PathTableSector + 1);
        BinaryPrimitives.WriteUInt32BigEndian(descriptor[152..], 0);
        Record(descriptor, 156, "\0", RootSector, Sector, isFolder: true);
        descriptor[190..813].Fill((byte)' ');
        descriptor[881] = 1;
    }

    private static int Record(Span<byte> folder, int at, string name, int sector, int length, bool isFolder)
    {
        int size = 33 + name.Length + ((name.Length + 1) % 2);
        Span<byte> record = folder.Slice(at, size);
        record.Clear();
        record[0] = (byte)size;
        Both32(record[2..], (uint)sector);
        Both32(record[10..], (uint)length);
        // 2006-11-11, the day of the console.
        record[18] = 106;
        record[19] = record[20] = 11;
        record[25] = (byte)(isFolder ? 2 : 0);
        Both16(record[28..], 1);
        record[32] = (byte)name.Length;
        Encoding.ASCII.GetBytes(name, record[33..]);
        return at + size;
    }

    private static void Both32(Span<byte> bytes, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], value);
    }

    private static void Both16(Span<byte> bytes, ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], value);
    }
}
