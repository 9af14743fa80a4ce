namespace CellPpe.Ppe.Locking;

/// <summary>What a hardware thread is doing, for threads that want to change data which it uses without the lock.</summary>
internal enum ThreadActivity : uint
{
    /// <summary>Between blocks, with the lock or waiting for it: it holds no pointer into decoded or compiled code.</summary>
    BetweenBlocks,

    /// <summary>In the middle of an instruction, with the lock or waiting for it: it will search its caches again.</summary>
    InBlock,

    /// <summary>In guest code, without the lock: its caches are its own.</summary>
    Running,
}
