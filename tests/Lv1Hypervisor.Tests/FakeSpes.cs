using CellPpe.Core;
using CellPpe.Core.Ports;

namespace Lv1Hypervisor.Tests;

/// <summary>Records lv1's calls, and raises interrupts for tests.</summary>
internal sealed class FakeSpe(int number) : ILogicalSpe
{
    public const ulong AllowedOffset = 0x820;

    public int Number { get; } = number;

    public IMmioDevice ProblemState { get; } = new FakeRegisters();

    public IMmioDevice Privilege2 { get; } = new FakeRegisters();

    public IMmioDevice Shadow { get; } = new FakeRegisters();

    public bool IsEnabled { get; private set; }

    public IPageTableWalker? Table { get; private set; }

    public IInterruptLine?[] Lines { get; } = new IInterruptLine?[3];

    public ulong[] Masks { get; } = new ulong[3];

    public ulong[] Statuses { get; } = new ulong[3];

    public (ulong Offset, ulong Value) LastRegister { get; private set; }

    public void Enable() => IsEnabled = true;

    public void Disable() => IsEnabled = false;

    public void SelectAddressSpace(IPageTableWalker? table) => Table = table;

    public void ConnectInterrupt(SpeInterruptClass interruptClass, IInterruptLine? line) => Lines[(int)interruptClass] = line;

    public void SetInterruptMask(SpeInterruptClass interruptClass, ulong mask)
    {
        Masks[(int)interruptClass] = mask;
        Drive((int)interruptClass);
    }

    public ulong GetInterruptStatus(SpeInterruptClass interruptClass) => Statuses[(int)interruptClass];

    public void ClearInterruptStatus(SpeInterruptClass interruptClass, ulong bits)
    {
        Statuses[(int)interruptClass] &= ~bits;
        Drive((int)interruptClass);
    }

    public Lv1Status SetPrivilege1Register(ulong offset, ulong value)
    {
        if (offset != AllowedOffset)
            return Lv1Status.IllegalParameterValue;
        LastRegister = (offset, value);
        return Lv1Status.Success;
    }

    public void Interrupt(int interruptClass, ulong bits)
    {
        Statuses[interruptClass] |= bits;
        Drive(interruptClass);
    }

    private void Drive(int interruptClass) => Lines[interruptClass]?.SetLevel((Statuses[interruptClass] & Masks[interruptClass]) != 0);
}

internal sealed class FakeSpePool(int count) : ISpePool
{
    private readonly Stack<FakeSpe> _free = new(Enumerable.Range(0, count).Reverse().Select(number => new FakeSpe(number)));

    public int Count { get; } = count;

    public int Free => _free.Count;

    public FakeSpe? Last { get; private set; }

    public MemoryRegion? LastLocalStore { get; private set; }

    public ILogicalSpe? TryTake(MemoryRegion localStore)
    {
        LastLocalStore = localStore;
        return _free.TryPop(out FakeSpe? spe) ? Last = spe : null;
    }

    public void Return(ILogicalSpe spe)
    {
        var fake = (FakeSpe)spe;
        Assert.False(fake.IsEnabled);
        Assert.Null(fake.Table);
        Assert.All(fake.Lines, Assert.Null);
        _free.Push(fake);
    }
}
