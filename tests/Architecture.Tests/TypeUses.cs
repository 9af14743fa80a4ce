using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Architecture.Tests;

/// <summary>A type of an assembly that is declared by itself, not inside another one.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name without the number of its type parameters.</param>
internal readonly record struct TopType(string Namespace, string Name);

/// <summary>
/// Reads from an assembly's metadata and IL which of its types use which others: base types, interfaces, attributes, signatures, local
/// variables and instructions. Nested types count as the type around them. A constant leaves no trace: the compiler copies its value.
/// </summary>
internal sealed class TypeUses : ISignatureTypeProvider<int, object?>, IDisposable
{
    private static readonly OpCode[] OneByte = new OpCode[256];
    private static readonly OpCode[] TwoBytes = new OpCode[256];

    private readonly PEReader _file;
    private readonly MetadataReader _reader;
    private readonly HashSet<TopType> _used = [];

    static TypeUses()
    {
        foreach (System.Reflection.FieldInfo field in typeof(OpCodes).GetFields())
        {
            if (field.GetValue(null) is OpCode code)
                (code.Size == 1 ? OneByte : TwoBytes)[code.Value & 0xff] = code;
        }
    }

    private TypeUses(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        _reader = _file.GetMetadataReader();
    }

    /// <summary>All pairs of types of one assembly of which the first uses the second.</summary>
    public static IReadOnlySet<(TopType User, TopType Used)> Of(string path)
    {
        using var uses = new TypeUses(path);
        var all = new HashSet<(TopType, TopType)>();
        foreach (TypeDefinitionHandle handle in uses._reader.TypeDefinitions)
        {
            uses._used.Clear();
            uses.AddType(handle);
            TopType user = uses.Outermost(handle);
            foreach (TopType used in uses._used)
            {
                if (user != used)
                    all.Add((user, used));
            }
        }

        return all;
    }

    /// <summary>The names of all types of an assembly that have a name in its sources, those inside others too.</summary>
    public static IReadOnlyList<string> Names(string path)
    {
        using var uses = new TypeUses(path);
        return
        [
            .. uses._reader.TypeDefinitions.Select(uses._reader.GetTypeDefinition)
                .Select(type => WithoutArity(uses._reader.GetString(type.Name)))
                .Where(static name => !name.Contains('<', StringComparison.Ordinal) && !name.StartsWith("__", StringComparison.Ordinal))
                .Distinct(),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    int ISimpleTypeProvider<int>.GetPrimitiveType(PrimitiveTypeCode typeCode) => 0;

    int ISimpleTypeProvider<int>.GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        _used.Add(Outermost(handle));
        return 0;
    }

    int ISimpleTypeProvider<int>.GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => 0;

    int IConstructedTypeProvider<int>.GetArrayType(int elementType, ArrayShape shape) => 0;

    int IConstructedTypeProvider<int>.GetByReferenceType(int elementType) => 0;

    int IConstructedTypeProvider<int>.GetGenericInstantiation(int genericType, ImmutableArray<int> typeArguments) => 0;

    int IConstructedTypeProvider<int>.GetPointerType(int elementType) => 0;

    int ISZArrayTypeProvider<int>.GetSZArrayType(int elementType) => 0;

    int ISignatureTypeProvider<int, object?>.GetFunctionPointerType(MethodSignature<int> signature) => 0;

    int ISignatureTypeProvider<int, object?>.GetGenericMethodParameter(object? genericContext, int index) => 0;

    int ISignatureTypeProvider<int, object?>.GetGenericTypeParameter(object? genericContext, int index) => 0;

    int ISignatureTypeProvider<int, object?>.GetModifiedType(int modifier, int unmodifiedType, bool isRequired) => 0;

    int ISignatureTypeProvider<int, object?>.GetPinnedType(int elementType) => 0;

    int ISignatureTypeProvider<int, object?>.GetTypeFromSpecification(
        MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    private static string WithoutArity(string name) => name.Split('`')[0];

    private TopType Outermost(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _reader.GetTypeDefinition(handle);
        while (type.GetDeclaringType() is { IsNil: false } around)
            type = _reader.GetTypeDefinition(around);
        return new TopType(_reader.GetString(type.Namespace), WithoutArity(_reader.GetString(type.Name)));
    }

    private void AddType(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _reader.GetTypeDefinition(handle);
        Add(type.BaseType);
        foreach (InterfaceImplementationHandle one in type.GetInterfaceImplementations())
            Add(_reader.GetInterfaceImplementation(one).Interface);
        AddAttributes(type.GetCustomAttributes());
        AddConstraints(type.GetGenericParameters());
        foreach (FieldDefinitionHandle one in type.GetFields())
        {
            FieldDefinition field = _reader.GetFieldDefinition(one);
            field.DecodeSignature(this, null);
            AddAttributes(field.GetCustomAttributes());
        }

        foreach (MethodDefinitionHandle one in type.GetMethods())
            AddMethod(_reader.GetMethodDefinition(one));
    }

    private void AddMethod(MethodDefinition method)
    {
        method.DecodeSignature(this, null);
        AddAttributes(method.GetCustomAttributes());
        AddConstraints(method.GetGenericParameters());
        if (method.RelativeVirtualAddress == 0)
            return;
        MethodBodyBlock body = _file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
            _reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(this, null);
        foreach (ExceptionRegion region in body.ExceptionRegions)
            Add(region.CatchType);
        AddInstructions(body.GetILReader());
    }

    private void AddAttributes(CustomAttributeHandleCollection attributes)
    {
        foreach (CustomAttributeHandle one in attributes)
            Add(_reader.GetCustomAttribute(one).Constructor);
    }

    private void AddConstraints(GenericParameterHandleCollection parameters)
    {
        foreach (GenericParameterHandle parameter in parameters)
        {
            foreach (GenericParameterConstraintHandle one in _reader.GetGenericParameter(parameter).GetConstraints())
                Add(_reader.GetGenericParameterConstraint(one).Type);
        }
    }

    private void AddInstructions(BlobReader il)
    {
        while (il.RemainingBytes > 0)
        {
            byte first = il.ReadByte();
            OpCode code = first == 0xfe ? TwoBytes[il.ReadByte()] : OneByte[first];
            switch (code.OperandType)
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    il.Offset++;
                    break;
                case OperandType.InlineVar:
                    il.Offset += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    il.Offset += 8;
                    break;
                case OperandType.InlineSwitch:
                    int targets = il.ReadInt32();
                    il.Offset += 4 * targets;
                    break;
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType
                    or OperandType.InlineSig:
                    Add(MetadataTokens.EntityHandle(il.ReadInt32()));
                    break;
                default:
                    il.Offset += 4;
                    break;
            }
        }
    }

    private void Add(EntityHandle handle)
    {
        if (handle.IsNil)
            return;
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                _used.Add(Outermost((TypeDefinitionHandle)handle));
                break;
            case HandleKind.TypeSpecification:
                _reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null);
                break;
            case HandleKind.FieldDefinition:
                _used.Add(Outermost(_reader.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType()));
                break;
            case HandleKind.MethodDefinition:
                _used.Add(Outermost(_reader.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType()));
                break;
            case HandleKind.MethodSpecification:
                MethodSpecification instance = _reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                Add(instance.Method);
                instance.DecodeSignature(this, null);
                break;
            case HandleKind.MemberReference:
                MemberReference member = _reader.GetMemberReference((MemberReferenceHandle)handle);
                Add(member.Parent);
                if (member.GetKind() == MemberReferenceKind.Field)
                    member.DecodeFieldSignature(this, null);
                else
                    member.DecodeMethodSignature(this, null);
                break;
            case HandleKind.StandaloneSignature:
                _reader.GetStandaloneSignature((StandaloneSignatureHandle)handle).DecodeMethodSignature(this, null);
                break;
            default:
                // Types of other assemblies: ArchitectureTests holds references between projects.
                break;
        }
    }
}
