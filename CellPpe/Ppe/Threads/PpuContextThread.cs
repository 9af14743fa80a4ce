using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using CellPpe.Ppe.State;

namespace CellPpe.Ppe.Threads;

/// <summary>The way from a context, which handlers and compiled code have, to the object it belongs to.</summary>
internal static class PpuContextThread
{
    extension(ref readonly PpuContext context)
    {
        /// <summary>The thread that the slow paths belong to.</summary>
        public PpuThread Thread => Unsafe.As<PpuThread>(GCHandle.FromIntPtr(context.Owner).Target!);
    }
}
