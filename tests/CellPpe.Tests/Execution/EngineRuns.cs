using CellPpe.Ppe.Engines;
using CellPpe.Tests.Storage;

namespace CellPpe.Tests.Execution;

// The same tests on each engine. Compiled means that what a test runs has been compiled before it is run for the first time.

/// <summary><see cref="BranchTests"/>, interpreted.</summary>
public sealed class InterpretedBranchTests() : BranchTests(PpuEngine.Interpreter);

/// <summary><see cref="BranchTests"/>, compiled.</summary>
public sealed class CompiledBranchTests() : BranchTests(PpuEngine.Compiled);

/// <summary><see cref="CellStorageTests"/>, interpreted.</summary>
public sealed class InterpretedCellStorageTests() : CellStorageTests(PpuEngine.Interpreter);

/// <summary><see cref="CellStorageTests"/>, compiled.</summary>
public sealed class CompiledCellStorageTests() : CellStorageTests(PpuEngine.Compiled);

/// <summary><see cref="CodeTests"/>, interpreted.</summary>
public sealed class InterpretedCodeTests() : CodeTests(PpuEngine.Interpreter);

/// <summary><see cref="CodeTests"/>, compiled.</summary>
public sealed class CompiledCodeTests() : CodeTests(PpuEngine.Compiled);

/// <summary><see cref="ConsoleTests"/>, interpreted.</summary>
public sealed class InterpretedConsoleTests() : ConsoleTests(PpuEngine.Interpreter);

/// <summary><see cref="ConsoleTests"/>, compiled.</summary>
public sealed class CompiledConsoleTests() : ConsoleTests(PpuEngine.Compiled);

/// <summary><see cref="FloatRecordTests"/>, interpreted.</summary>
public sealed class InterpretedFloatRecordTests() : FloatRecordTests(PpuEngine.Interpreter);

/// <summary><see cref="FloatRecordTests"/>, compiled.</summary>
public sealed class CompiledFloatRecordTests() : FloatRecordTests(PpuEngine.Compiled);

/// <summary><see cref="InterruptTests"/>, interpreted.</summary>
public sealed class InterpretedInterruptTests() : InterruptTests(PpuEngine.Interpreter);

/// <summary><see cref="InterruptTests"/>, compiled.</summary>
public sealed class CompiledInterruptTests() : InterruptTests(PpuEngine.Compiled);

/// <summary><see cref="SoftTlbTests"/>, interpreted.</summary>
public sealed class InterpretedSoftTlbTests() : SoftTlbTests(PpuEngine.Interpreter);

/// <summary><see cref="SoftTlbTests"/>, compiled.</summary>
public sealed class CompiledSoftTlbTests() : SoftTlbTests(PpuEngine.Compiled);

/// <summary><see cref="SpecialRegisterTests"/>, interpreted.</summary>
public sealed class InterpretedSpecialRegisterTests() : SpecialRegisterTests(PpuEngine.Interpreter);

/// <summary><see cref="SpecialRegisterTests"/>, compiled.</summary>
public sealed class CompiledSpecialRegisterTests() : SpecialRegisterTests(PpuEngine.Compiled);

/// <summary><see cref="StorageAccessTests"/>, interpreted.</summary>
public sealed class InterpretedStorageAccessTests() : StorageAccessTests(PpuEngine.Interpreter);

/// <summary><see cref="StorageAccessTests"/>, compiled.</summary>
public sealed class CompiledStorageAccessTests() : StorageAccessTests(PpuEngine.Compiled);

/// <summary><see cref="StorageInterruptTests"/>, interpreted.</summary>
public sealed class InterpretedStorageInterruptTests() : StorageInterruptTests(PpuEngine.Interpreter);

/// <summary><see cref="StorageInterruptTests"/>, compiled.</summary>
public sealed class CompiledStorageInterruptTests() : StorageInterruptTests(PpuEngine.Compiled);

/// <summary><see cref="ThirtyTwoBitModeTests"/>, interpreted.</summary>
public sealed class InterpretedThirtyTwoBitModeTests() : ThirtyTwoBitModeTests(PpuEngine.Interpreter);

/// <summary><see cref="ThirtyTwoBitModeTests"/>, compiled.</summary>
public sealed class CompiledThirtyTwoBitModeTests() : ThirtyTwoBitModeTests(PpuEngine.Compiled);

/// <summary><see cref="TranslationTests"/>, interpreted.</summary>
public sealed class InterpretedTranslationTests() : TranslationTests(PpuEngine.Interpreter);

/// <summary><see cref="TranslationTests"/>, compiled.</summary>
public sealed class CompiledTranslationTests() : TranslationTests(PpuEngine.Compiled);
