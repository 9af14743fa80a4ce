using System.Runtime.CompilerServices;

using CellPpe.Ppe.Isa;
using CellPpe.Ppe.Operations;

namespace CellPpe.Ppe.Semantics;

/// <summary>Fixed-point loads and stores (Book I 3.3.2 to 3.3.7).</summary>
internal readonly struct PpuLoadStoreSemantics<TMachine, T, TVector> : IPpuLoadStoreSemantics<TMachine>
    where TMachine : struct, IPpuMachine<T, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lbz(ref TMachine m, DForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Constant((ulong)(long)i.Si));
        if (m.TryLoad8(address, out T value))
            m.SetGpr(i.Rt, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lbzu(ref TMachine m, DForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Constant((ulong)(long)i.Si));
        if (m.TryLoad8(address, out T value))
        {
            m.SetGpr(i.Rt, value);
            m.SetGpr(i.Ra, address);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lbzx(ref TMachine m, XForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        if (m.TryLoad8(address, out T value))
            m.SetGpr(i.Rt, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lbzux(ref TMachine m, XForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Gpr(i.Rb));
        if (m.TryLoad8(address, out T value))
        {
            m.SetGpr(i.Rt, value);
            m.SetGpr(i.Ra, address);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lhz(ref TMachine m, DForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Constant((ulong)(long)i.Si));
        if (m.TryLoad16(address, out T value))
            m.SetGpr(i.Rt, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lhzu(ref TMachine m, DForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Constant((ulong)(long)i.Si));
        if (m.TryLoad16(address, out T value))
        {
            m.SetGpr(i.Rt, value);
            m.SetGpr(i.Ra, address);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lhzx(ref TMachine m, XForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        if (m.TryLoad16(address, out T value))
            m.SetGpr(i.Rt, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lhzux(ref TMachine m, XForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Gpr(i.Rb));
        if (m.TryLoad16(address, out T value))
        {
            m.SetGpr(i.Rt, value);
            m.SetGpr(i.Ra, address);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lha(ref TMachine m, DForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Constant((ulong)(long)i.Si));
        if (m.TryLoad16(address, out T value))
            m.SetGpr(i.Rt, m.SignExtend16(value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lhau(ref TMachine m, DForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Constant((ulong)(long)i.Si));
        if (m.TryLoad16(address, out T value))
        {
            m.SetGpr(i.Rt, m.SignExtend16(value));
            m.SetGpr(i.Ra, address);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lhax(ref TMachine m, XForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        if (m.TryLoad16(address, out T value))
            m.SetGpr(i.Rt, m.SignExtend16(value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lhaux(ref TMachine m, XForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Gpr(i.Rb));
        if (m.TryLoad16(address, out T value))
        {
            m.SetGpr(i.Rt, m.SignExtend16(value));
            m.SetGpr(i.Ra, address);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lwz(ref TMachine m, DForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Constant((ulong)(long)i.Si));
        if (m.TryLoad32(address, out T value))
            m.SetGpr(i.Rt, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lwzu(ref TMachine m, DForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Constant((ulong)(long)i.Si));
        if (m.TryLoad32(address, out T value))
        {
            m.SetGpr(i.Rt, value);
            m.SetGpr(i.Ra, address);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lwzx(ref TMachine m, XForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        if (m.TryLoad32(address, out T value))
            m.SetGpr(i.Rt, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lwzux(ref TMachine m, XForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Gpr(i.Rb));
        if (m.TryLoad32(address, out T value))
        {
            m.SetGpr(i.Rt, value);
            m.SetGpr(i.Ra, address);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ld(ref TMachine m, DSForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Constant((ulong)(long)i.Ds));
        if (m.TryLoad64(address, out T value))
            m.SetGpr(i.Rt, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ldu(ref TMachine m, DSForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Constant((ulong)(long)i.Ds));
        if (m.TryLoad64(address, out T value))
        {
            m.SetGpr(i.Rt, value);
            m.SetGpr(i.Ra, address);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lwa(ref TMachine m, DSForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Constant((ulong)(long)i.Ds));
        if (m.TryLoad32(address, out T value))
            m.SetGpr(i.Rt, m.SignExtend32(value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ldx(ref TMachine m, XForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        if (m.TryLoad64(address, out T value))
            m.SetGpr(i.Rt, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ldux(ref TMachine m, XForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Gpr(i.Rb));
        if (m.TryLoad64(address, out T value))
        {
            m.SetGpr(i.Rt, value);
            m.SetGpr(i.Ra, address);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lwax(ref TMachine m, XForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        if (m.TryLoad32(address, out T value))
            m.SetGpr(i.Rt, m.SignExtend32(value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lwaux(ref TMachine m, XForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Gpr(i.Rb));
        if (m.TryLoad32(address, out T value))
        {
            m.SetGpr(i.Rt, m.SignExtend32(value));
            m.SetGpr(i.Ra, address);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stb(ref TMachine m, DsForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Constant((ulong)(long)i.Si));
        m.TryStore8(address, m.Gpr(i.Rs));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stbu(ref TMachine m, DsForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Constant((ulong)(long)i.Si));
        if (m.TryStore8(address, m.Gpr(i.Rs)))
            m.SetGpr(i.Ra, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sth(ref TMachine m, DsForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Constant((ulong)(long)i.Si));
        m.TryStore16(address, m.Gpr(i.Rs));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sthu(ref TMachine m, DsForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Constant((ulong)(long)i.Si));
        if (m.TryStore16(address, m.Gpr(i.Rs)))
            m.SetGpr(i.Ra, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stw(ref TMachine m, DsForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Constant((ulong)(long)i.Si));
        m.TryStore32(address, m.Gpr(i.Rs));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stwu(ref TMachine m, DsForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Constant((ulong)(long)i.Si));
        if (m.TryStore32(address, m.Gpr(i.Rs)))
            m.SetGpr(i.Ra, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stbx(ref TMachine m, XsForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        m.TryStore8(address, m.Gpr(i.Rs));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stbux(ref TMachine m, XsForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Gpr(i.Rb));
        if (m.TryStore8(address, m.Gpr(i.Rs)))
            m.SetGpr(i.Ra, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sthx(ref TMachine m, XsForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        m.TryStore16(address, m.Gpr(i.Rs));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sthux(ref TMachine m, XsForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Gpr(i.Rb));
        if (m.TryStore16(address, m.Gpr(i.Rs)))
            m.SetGpr(i.Ra, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stwx(ref TMachine m, XsForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        m.TryStore32(address, m.Gpr(i.Rs));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stwux(ref TMachine m, XsForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Gpr(i.Rb));
        if (m.TryStore32(address, m.Gpr(i.Rs)))
            m.SetGpr(i.Ra, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stdx(ref TMachine m, XsForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        m.TryStore64(address, m.Gpr(i.Rs));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stdux(ref TMachine m, XsForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Gpr(i.Rb));
        if (m.TryStore64(address, m.Gpr(i.Rs)))
            m.SetGpr(i.Ra, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Std(ref TMachine m, DSsForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Constant((ulong)(long)i.Ds));
        m.TryStore64(address, m.Gpr(i.Rs));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stdu(ref TMachine m, DSsForm i)
    {
        T address = m.Add(m.Gpr(i.Ra), m.Constant((ulong)(long)i.Ds));
        if (m.TryStore64(address, m.Gpr(i.Rs)))
            m.SetGpr(i.Ra, address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lhbrx(ref TMachine m, XForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        if (m.TryLoad16(address, out T value))
            m.SetGpr(i.Rt, m.ByteReverse(value, 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lwbrx(ref TMachine m, XForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        if (m.TryLoad32(address, out T value))
            m.SetGpr(i.Rt, m.ByteReverse(value, 4));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ldbrx(ref TMachine m, XForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        if (m.TryLoad64(address, out T value))
            m.SetGpr(i.Rt, m.ByteReverse(value, 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sthbrx(ref TMachine m, XsForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        m.TryStore16(address, m.ByteReverse(m.Gpr(i.Rs), 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stwbrx(ref TMachine m, XsForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        m.TryStore32(address, m.ByteReverse(m.Gpr(i.Rs), 4));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Stdbrx(ref TMachine m, XsForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Gpr(i.Rb));
        m.TryStore64(address, m.ByteReverse(m.Gpr(i.Rs), 8));
    }

    // Load and store multiple and string: a fault part of the way leaves the registers loaded so far, and the
    // instruction is started again (Book III 5.6, "partially executed instructions").
    public static void Lmw(ref TMachine m, DForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Constant((ulong)(long)i.Si));
        for (int register = i.Rt; register < 32; register++)
        {
            if (!m.TryLoad32(address, out T value))
                return;
            m.SetGpr(register, value);
            address = m.Add(address, m.Constant(4));
        }
    }

    public static void Stmw(ref TMachine m, DsForm i)
    {
        T address = m.Add(m.GprOrZero(i.Ra), m.Constant((ulong)(long)i.Si));
        for (int register = i.Rs; register < 32; register++)
        {
            if (!m.TryStore32(address, m.Gpr(register)))
                return;
            address = m.Add(address, m.Constant(4));
        }
    }

    public static void Lswi(ref TMachine m, XnbForm i) => m.Call<LoadString>();

    public static void Lswx(ref TMachine m, XForm i) => m.Call<LoadString>();

    public static void Stswi(ref TMachine m, XsnbForm i) => m.Call<StoreString>();

    public static void Stswx(ref TMachine m, XsForm i) => m.Call<StoreString>();
}
