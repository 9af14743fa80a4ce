namespace SpuRuntime.Tests.Isa;

/// <summary>The mnemonics of the manual's instruction pages.</summary>
internal static class ManualMnemonics
{
    public static string[] All { get; } =
    [
        "a", "absdb", "addx", "ah", "ahi", "ai", "and", "andbi", "andc", "andhi", "andi", "avgb", "bg", "bgx", "bi",
        "bihnz", "bihz", "binz", "bisl", "bisled", "biz", "br", "bra", "brasl", "brhnz", "brhz", "brnz", "brsl",
        "brz", "cbd", "cbx", "cdd", "cdx", "ceq", "ceqb", "ceqbi", "ceqh", "ceqhi", "ceqi", "cflts", "cfltu", "cg",
        "cgt", "cgtb", "cgtbi", "cgth", "cgthi", "cgti", "cgx", "chd", "chx", "clgt", "clgtb", "clgtbi", "clgth",
        "clgthi", "clgti", "clz", "cntb", "csflt", "cuflt", "cwd", "cwx", "dfa", "dfceq", "dfcgt", "dfcmeq",
        "dfcmgt", "dfm", "dfma", "dfms", "dfnma", "dfnms", "dfs", "dftsv", "dsync", "eqv", "fa", "fceq", "fcgt",
        "fcmeq", "fcmgt", "fesd", "fi", "fm", "fma", "fms", "fnms", "frds", "frest", "frsqest", "fs", "fscrrd",
        "fscrwr", "fsm", "fsmb", "fsmbi", "fsmh", "gb", "gbb", "gbh", "hbr", "hbra", "hbrr", "heq", "heqi", "hgt",
        "hgti", "hlgt", "hlgti", "il", "ila", "ilh", "ilhu", "iohl", "iret", "lnop", "lqa", "lqd", "lqr", "lqx",
        "mfspr", "mpy", "mpya", "mpyh", "mpyhh", "mpyhha", "mpyhhau", "mpyhhu", "mpyi", "mpys", "mpyu", "mpyui",
        "mtspr", "nand", "nop", "nor", "or", "orbi", "orc", "orhi", "ori", "orx", "rchcnt", "rdch", "rot", "roth",
        "rothi", "rothm", "rothmi", "roti", "rotm", "rotma", "rotmah", "rotmahi", "rotmai", "rotmi", "rotqbi",
        "rotqbii", "rotqby", "rotqbybi", "rotqbyi", "rotqmbi", "rotqmbii", "rotqmby", "rotqmbybi", "rotqmbyi",
        "selb", "sf", "sfh", "sfhi", "sfi", "sfx", "shl", "shlh", "shlhi", "shli", "shlqbi", "shlqbii", "shlqby",
        "shlqbybi", "shlqbyi", "shufb", "stop", "stopd", "stqa", "stqd", "stqr", "stqx", "sumb", "sync", "wrch",
        "xor", "xorbi", "xorhi", "xori", "xsbh", "xshw", "xswd",
    ];
}
