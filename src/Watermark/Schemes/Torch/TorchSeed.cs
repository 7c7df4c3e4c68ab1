namespace Watermark.Schemes.Torch;

/// <summary>
/// The engines call <c>manual_seed(s mod (2^64 − 1))</c> with Python's modulus, never negative; of that PyTorch's CPU
/// generator keeps 32 bits.
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
