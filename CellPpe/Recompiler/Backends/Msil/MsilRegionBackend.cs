using System.Reflection.Emit;
using System.Runtime.CompilerServices;

using CellPpe.Recompiler.Backends.Msil.Emit;
using CellPpe.Recompiler.Inspection;

namespace CellPpe.Recompiler.Backends.Msil;

/// <summary>Compiles regions to the host's machine code by way of MSIL. May be used from any one thread at a time.</summary>
/// <param name="guest">The guest core's part.</param>
/// <param name="plans">What is known of helpers, if that is kept from region to region.</param>
public sealed class MsilRegionBackend(RegionGuest guest, HelperPlans? plans = null)
{
    /// <summary>Compiles a region.</summary>
    /// <param name="region">A region of well-formed blocks (see <see cref="IrVerifier"/>).</param>
    /// <param name="name">What profilers and debuggers show.</param>
    /// <param name="speculative">Leave for the interpreter where an access or operation is not a simple one, instead of doing it the slow
    /// way.</param>
    public CompiledRegion Compile(IrRegion region, string name, bool speculative)
    {
        ArgumentNullException.ThrowIfNull(region);
        var method = new DynamicMethod(
            name, typeof(nint), [typeof(nint), typeof(nint)], guest.Module, skipVisibility: true)
        { InitLocals = false };
        ILGenerator il = method.GetILGenerator(4096);
        new RegionEmitter(region, guest, speculative, il, plans ?? new HelperPlans()).Emit();
        RuntimeMethodHandle handle = HandleOf(method);
        RuntimeHelpers.PrepareMethod(handle);
        int bytes = il.ILOffset;
        MsilLeftovers.Release(method);
        return new CompiledRegion(method, handle.GetFunctionPointer(), bytes);
    }

    // A delegate would do, at the price of a second indirect call on every entry. .NET has no public way to the code of a
    // dynamic method; this one fails loudly where it is gone.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "GetMethodDescriptor")]
    private static extern RuntimeMethodHandle HandleOf(DynamicMethod method);
}

/// <summary>The host code of a region. It lives as long as this object is reachable.</summary>
/// <param name="Method">Keeps the code alive.</param>
/// <param name="Entry">A managed static method: context and guest instruction to next guest instruction.</param>
/// <param name="MsilBytes">Size of the MSIL.</param>
public sealed record CompiledRegion(DynamicMethod Method, nint Entry, int MsilBytes);
