using System.Reflection.Emit;

namespace CellPpe.Recompiler.Backends.Msil.Emit;

/// <summary>Locals of one method that are used again for other values: a region would otherwise have thousands.</summary>
internal sealed class LocalPool(ILGenerator il)
{
    private readonly Dictionary<Type, Stack<LocalBuilder>> _free = [];

    /// <summary>A local that nobody uses now.</summary>
    public LocalBuilder Take(Type type) =>
        _free.TryGetValue(type, out Stack<LocalBuilder>? free) && free.Count > 0 ? free.Pop() : il.DeclareLocal(type);

    /// <summary>Gives locals back.</summary>
    public void Give(IEnumerable<LocalBuilder> locals)
    {
        foreach (LocalBuilder local in locals)
        {
            if (!_free.TryGetValue(local.LocalType, out Stack<LocalBuilder>? free))
                _free[local.LocalType] = free = new Stack<LocalBuilder>();
            free.Push(local);
        }
    }
}
