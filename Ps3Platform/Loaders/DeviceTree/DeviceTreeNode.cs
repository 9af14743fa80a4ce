using System.Buffers.Binary;
using System.Text;

namespace Ps3Platform.Loaders.DeviceTree;

/// <summary>A named value of a device tree node; the bytes are big-endian cells or zero-terminated strings.</summary>
public sealed record DeviceTreeProperty(string Name, ReadOnlyMemory<byte> Value);

/// <summary>A node of a device tree, changeable until it is written.</summary>
public sealed class DeviceTreeNode(string name)
{
    private readonly List<DeviceTreeProperty> _properties = [];
    private readonly List<DeviceTreeNode> _children = [];

    /// <summary>Name with unit address, such as "cpu@0"; empty for the root.</summary>
    public string Name { get; } = name;

    /// <summary>Properties in the order they are written.</summary>
    public IReadOnlyList<DeviceTreeProperty> Properties => _properties;

    /// <summary>Children in the order they are written.</summary>
    public IReadOnlyList<DeviceTreeNode> Children => _children;

    /// <summary>Adds a child.</summary>
    /// <returns>The child.</returns>
    public DeviceTreeNode AddChild(DeviceTreeNode child)
    {
        _children.Add(child);
        return child;
    }

    /// <summary>The child of this name, or null.</summary>
    public DeviceTreeNode? Child(string name) => _children.Find(child => child.Name == name);

    /// <summary>The property's bytes, or null.</summary>
    public ReadOnlyMemory<byte>? Find(string name) => _properties.Find(property => property.Name == name)?.Value;

    /// <summary>The property as a zero-terminated string (the first, if it is a list), or null.</summary>
    public string? FindString(string name)
    {
        if (Find(name) is not { } value)
            return null;
        int end = value.Span.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? value.Span : value.Span[..end]);
    }

    /// <summary>Sets a property, in the place of one of the same name if there is one.</summary>
    /// <returns>This node.</returns>
    public DeviceTreeNode Set(string name, ReadOnlyMemory<byte> value)
    {
        var property = new DeviceTreeProperty(name, value);
        int index = _properties.FindIndex(other => other.Name == name);
        if (index < 0)
            _properties.Add(property);
        else
            _properties[index] = property;
        return this;
    }

    /// <summary>Sets a zero-terminated string.</summary>
    /// <returns>This node.</returns>
    public DeviceTreeNode Set(string name, string value) => Set(name, Encoding.Latin1.GetBytes(value + '\0'));

    /// <summary>Sets a list of 32-bit cells.</summary>
    /// <returns>This node.</returns>
    public DeviceTreeNode SetCells(string name, params ReadOnlySpan<uint> cells)
    {
        byte[] bytes = new byte[cells.Length * 4];
        for (int index = 0; index < cells.Length; index++)
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(index * 4), cells[index]);
        return Set(name, bytes);
    }

    /// <summary>Sets a 64-bit value of two cells.</summary>
    /// <returns>This node.</returns>
    public DeviceTreeNode SetUInt64(string name, ulong value) => SetCells(name, (uint)(value >> 32), (uint)value);
}

/// <summary>Memory a guest must not use: an entry of the reservation block.</summary>
public readonly record struct DeviceTreeReservation(ulong Address, ulong Size);

/// <summary>A whole device tree.</summary>
public sealed record DeviceTreeDocument(DeviceTreeNode Root, IReadOnlyList<DeviceTreeReservation> Reservations, uint BootCpu = 0);
