using Watermark.Keys;

namespace Watermark.Schemes.Torch;

/// <summary>The secrets of schemes built on PyTorch: one integer.</summary>
internal static class TorchSecrets
{
    /// <summary>Keys from papers, defaults and examples: whoever finds a mark with them has found nobody.</summary>
    private static readonly IReadOnlyList<IReadOnlyList<Int128>> Published = [[15485863], [35317], [42], [0]];

    /// <summary>
    /// The hash key of KGW and Hugging Face: an int64 in the engine, 0 or more. Drawn from the whole range: seeds are
    /// hash key × tokens, reduced modulo 2^64 − 1 or wrapping at 2^64, before 32 bits of them are kept, so keys that agree in their low 32
    /// bits give different lists.
    /// </summary>
    public static SecretShape HashKey { get; } = new([new SecretField("hashKey", 0, long.MaxValue) { Published = Published }]);

    /// <summary>
    /// The seed of the Maryland and Gumbel schemes: any integer modulo 2^64 − 1. Drawn from the whole range, although
    /// for short contexts little more than the low 32 bits matter: the map to lists is then almost evenly many to one,
    /// so a uniform seed is a uniform list.
    /// </summary>
    public static SecretShape Seed { get; } = new([new SecretField("seed", 0, ulong.MaxValue - 1) { Published = Published }]);
}
