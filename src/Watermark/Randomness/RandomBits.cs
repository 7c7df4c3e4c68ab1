using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Watermark.Randomness;

/// <summary>
/// A source of random bits: the operating system's generator for new keys, a seeded generator where a run must be
/// repeatable.
/// </summary>
public abstract class RandomBits
{
    /// <summary>The operating system's cryptographic generator; for keys.</summary>
    public static RandomBits System { get; } = new SystemRandomBits();

    /// <summary>Fills the buffer.</summary>
    /// <param name="destination">The bytes to fill.</param>
    public abstract void Fill(Span<byte> destination);

    /// <summary>64 uniform bits.</summary>
    public virtual ulong NextUInt64()
    {
        Span<byte> bytes = stackalloc byte[8];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>A uniform multiple of 2^-53 in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform integer in [0, <paramref name="bound"/>), without bias (Lemire's method).</summary>
    /// <param name="bound">The exclusive bound, at least 1.</param>
    public ulong NextBelow(ulong bound)
    {
        ArgumentOutOfRangeException.ThrowIfZero(bound);
        ulong high = Math.BigMul(NextUInt64(), bound, out ulong low);
        if (low < bound)
        {
            ulong threshold = (0 - bound) % bound;
            while (low < threshold)
                high = Math.BigMul(NextUInt64(), bound, out low);
        }

        return high;
    }

    private sealed class SystemRandomBits : RandomBits
    {
        public override void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
    }
}
