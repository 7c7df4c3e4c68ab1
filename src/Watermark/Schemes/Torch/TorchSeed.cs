using Watermark.Keys;

namespace Watermark.Schemes.Torch;

/// <summary>
/// The engines call <c>manual_seed(s mod (2^64 − 1))</c> with Python's modulus, which is never negative; PyTorch's CPU
/// generator keeps 32 bits of it.
/// </summary>
internal static class TorchSeed
{
    private const ulong Modulus = ulong.MaxValue;

    /// <summary>The 32 bits kept of a wrapped int64.</summary>
    public static uint Of(long value) => value >= 0 ? (uint)value : (uint)(value - 1);

    /// <summary>The 32 bits kept of a Python integer.</summary>
    public static uint Of(Int128 value)
    {
        Int128 remainder = value % Modulus;
        return (uint)(ulong)(remainder < 0 ? remainder + Modulus : remainder);
    }
}

/// <summary>The secrets of schemes built on PyTorch: one integer.</summary>
internal static class TorchSecrets
{
    /// <summary>
    /// Keys from papers, defaults and examples: others use them too, so a mark found with them says nothing about its
    /// origin.
    /// </summary>
    private static readonly IReadOnlyList<IReadOnlyList<Int128>> Published = [[15485863], [35317], [42], [0]];

    /// <summary>
    /// The hash key of KGW and Hugging Face: an int64 in the engine, 0 or more. Drawn from the whole range: seeds are
    /// hash key × tokens, reduced modulo 2^64 − 1 or wrapping at 2^64, before 32 bits of them are kept, so keys that agree in their low 32
    /// bits give different lists.
    /// </summary>
    public static SecretShape HashKey { get; } = new([new SecretField("hashKey", 0, long.MaxValue) { Published = Published }]);

    /// <summary>
    /// The seed of the Maryland and Gumbel schemes: any integer modulo 2^64 − 1. Drawn from the whole range, although for
    /// short contexts little more than the low 32 bits matter: almost the same number of seeds then give each list, so a
    /// uniform seed gives a uniform list.
    /// </summary>
    public static SecretShape Seed { get; } = new([new SecretField("seed", 0, ulong.MaxValue - 1) { Published = Published }]);
}
