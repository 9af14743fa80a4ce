using System.Reflection;
using System.Reflection.Emit;

namespace CellPpe.Recompiler.Backends.Msil;

/// <summary>
/// Gives back what a dynamic method was made of, once its host code stands. The runtime keeps two copies of the MSIL, the labels, the
/// fix-ups and the tokens for as long as the method lives, some 15 KB a region and several times its host code, though it compiles a
/// dynamic method once and without tiers, and so never asks for them again.
/// </summary>
/// <remarks>
/// .NET has no public way to do it. On a runtime whose fields have other names nothing is given back and everything works; a test
/// tells that.
/// </remarks>
internal static class MsilLeftovers
{
    private const BindingFlags Private = BindingFlags.Instance | BindingFlags.NonPublic;

    private static readonly FieldInfo? Generator = typeof(DynamicMethod).GetField("_ilGenerator", Private);
    private static readonly FieldInfo? Resolver = typeof(DynamicMethod).GetField("_resolver", Private);
    private static readonly FieldInfo? Code = FieldOfResolver("m_code");
    private static readonly FieldInfo? Locals = FieldOfResolver("m_localSignature");
    private static readonly FieldInfo? Scope = FieldOfResolver("m_scope");

    /// <summary>Gives it back.</summary>
    /// <param name="method">A method that has been compiled, and to which nothing will be appended.</param>
    /// <returns>False: this runtime keeps it somewhere else.</returns>
    public static bool Release(DynamicMethod method)
    {
        if (Generator is null || Code is null || Locals is null || Scope is null || Resolver?.GetValue(method) is not { } resolver)
            return false;
        Generator.SetValue(method, null);
        Code.SetValue(resolver, Array.Empty<byte>());
        Locals.SetValue(resolver, Array.Empty<byte>());
        Scope.SetValue(resolver, null);
        return true;
    }

    private static FieldInfo? FieldOfResolver(string name) => Resolver?.FieldType.GetField(name, Private);
}
