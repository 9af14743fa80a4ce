using SpuRuntime.Engine;

using static SpuRuntime.Tests.Vectors.PlainSpu;

namespace SpuRuntime.Tests.Vectors;

/// <summary>Chapters 3, 8, 10, 11 and the branches and halts of chapter 7.</summary>
internal static class PlainControl
{
    private const uint Lslr = LocalStoreSize - 1;

    public static void Define(Dictionary<string, Action<PlainSpu>> all)
    {
        Storage(all);
        Insertions(all);
        Branches(all);
        Rest(all);
    }

    private static void Storage(Dictionary<string, Action<PlainSpu>> all)
    {
        Pair("qd", static s => W(s.A, 0) + (uint)(16 * s.I10));
        Pair("qx", static s => W(s.A, 0) + W(s.B, 0));
        Pair("qa", static s => (uint)(4 * s.I16));
        Pair("qr", static s => s.Pc + (uint)(4 * s.I16));

        void Pair(string name, Func<PlainSpu, uint> address)
        {
            all["l" + name] = s => s.SetT(s.LocalStore.AsSpan((int)(address(s) & Lslr & ~15u), 16).ToArray());
            all["st" + name] = s => s.T.CopyTo(s.LocalStore, (int)(address(s) & Lslr & ~15u));
        }
    }

    private static void Insertions(Dictionary<string, Action<PlainSpu>> all)
    {
        Pair("cb", [3]);
        Pair("ch", [2, 3]);
        Pair("cw", [0, 1, 2, 3]);
        Pair("cd", [0, 1, 2, 3, 4, 5, 6, 7]);

        void Pair(string name, byte[] element)
        {
            all[name + "d"] = s => s.SetT(Mask(W(s.A, 0) + (uint)s.I7, element));
            all[name + "x"] = s => s.SetT(Mask(W(s.A, 0) + W(s.B, 0), element));
        }
    }

    private static byte[] Mask(uint address, byte[] element)
    {
        byte[] mask = Bytes(static j => 0x10 + j);
        uint at = address % 16 / (uint)element.Length * (uint)element.Length;
        element.CopyTo(mask, (int)at);
        return mask;
    }

    private static void Branches(Dictionary<string, Action<PlainSpu>> all)
    {
        all["br"] = static s => s.NextPc = Relative(s);
        all["bra"] = static s => s.NextPc = Absolute(s);
        all["brsl"] = static s => Link(s, Relative(s));
        all["brasl"] = static s => Link(s, Absolute(s));
        all["brnz"] = static s => s.NextPc = W(s.T, 0) != 0 ? Relative(s) : s.NextPc;
        all["brz"] = static s => s.NextPc = W(s.T, 0) == 0 ? Relative(s) : s.NextPc;
        all["brhnz"] = static s => s.NextPc = H(s.T, 1) != 0 ? Relative(s) : s.NextPc;
        all["brhz"] = static s => s.NextPc = H(s.T, 1) == 0 ? Relative(s) : s.NextPc;
        foreach (string bits in (string[])["", "d", "e", "de"])
        {
            all["bi" + bits] = static s => Taken(s, Indirect(s));
            all["iret" + bits] = static s => Taken(s, s.Srr0);
            all["bisl" + bits] = static s =>
            {
                uint target = Indirect(s);
                Link(s, target);
                Taken(s, target);
            };
            all["bisled" + bits] = static s =>
            {
                uint target = Indirect(s);
                Link(s, s.NextPc);
                if (s.Event)
                    Taken(s, target);
            };
            all["biz" + bits] = static s => TakenIf(s, W(s.T, 0) == 0);
            all["binz" + bits] = static s => TakenIf(s, W(s.T, 0) != 0);
            all["bihz" + bits] = static s => TakenIf(s, H(s.T, 1) == 0);
            all["bihnz" + bits] = static s => TakenIf(s, H(s.T, 1) != 0);
        }
    }

    private static uint Relative(PlainSpu s) => (s.Pc + (uint)(4 * s.I16)) & Lslr;

    private static uint Absolute(PlainSpu s) => (uint)(4 * s.I16) & Lslr;

    private static uint Indirect(PlainSpu s) => W(s.A, 0) & Lslr & 0xffff_fffc;

    private static void Link(PlainSpu s, uint target)
    {
        uint link = (s.Pc + 4) & Lslr;
        s.SetT(Words(j => j == 0 ? link : 0));
        s.NextPc = target;
    }

    private static void TakenIf(PlainSpu s, bool condition)
    {
        if (condition)
            Taken(s, Indirect(s));
    }

    private static void Taken(PlainSpu s, uint target)
    {
        s.NextPc = target;
        if (s.E && !s.D)
            s.InterruptEnable = true;
        if (s.D && !s.E)
            s.InterruptEnable = false;
    }

    private static void Rest(Dictionary<string, Action<PlainSpu>> all)
    {
        foreach (string none in (string[])["hbr", "hbrp", "hbra", "hbrr", "lnop", "nop", "sync", "syncc", "dsync", "mtspr"])
            all[none] = static _ => { };
        all["mfspr"] = static s => s.SetT(new byte[16]);
        all["stop"] = static s => Leave(s, SpuExitReason.Stopped, s.Bits(18, 31));
        all["stopd"] = static s => Leave(s, SpuExitReason.Stopped, 0x3fff);
        Halt("heq", static (a, b) => a == b);
        Halt("hgt", static (a, b) => (int)a > (int)b);
        Halt("hlgt", static (a, b) => a > b);
        all["rchcnt"] = static s => s.SetT(Words(j => j == 0 ? s.Channels.Count(Channel(s)) : 0));
        all["rdch"] = static s =>
        {
            if (Done(s, s.Channels.Read(Channel(s), out uint value)))
                s.SetT(Words(j => j == 0 ? value : 0));
        };
        all["wrch"] = static s => Done(s, s.Channels.Write(Channel(s), W(s.T, 0)));

        void Halt(string name, Func<uint, uint, bool> condition)
        {
            all[name] = s => HaltIf(s, condition(W(s.A, 0), W(s.B, 0)));
            all[name + "i"] = s => HaltIf(s, condition(W(s.A, 0), (uint)s.I10));
        }
    }

    private static int Channel(PlainSpu s) => (int)s.Bits(18, 24);

    private static bool Done(PlainSpu s, ChannelResult result)
    {
        if (result == ChannelResult.Done)
            return true;
        Leave(s, result == ChannelResult.Blocked ? SpuExitReason.Blocked : SpuExitReason.InvalidChannel, (uint)Channel(s));
        s.NextPc = s.Pc;
        return false;
    }

    private static void HaltIf(PlainSpu s, bool condition)
    {
        if (condition)
            Leave(s, SpuExitReason.Halted, 0);
    }

    private static void Leave(PlainSpu s, SpuExitReason reason, uint argument)
    {
        s.Exit = reason;
        s.ExitArgument = argument;
    }
}
