using System.Buffers.Binary;

namespace Watermark.Randomness;

/// <summary>
/// Reproducible random bits: Philox4x32-10 in counter mode. The same seed and stream give the same bits on every machine.
/// For samplers, simulations and control keys; never for a key that is to stay secret.
/// </summary>
/// <remarks>Not safe for concurrent use; give each thread a stream of its own.</remarks>
public sealed class SeededRandomBits : RandomBits
{
    private readonly uint key0;
    private readonly uint key1;
    private readonly ulong stream;
    private ulong counter;
    private ulong spare;
    private bool hasSpare;

    /// <summary>Creates a generator.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="stream">An independent stream of the same seed.</param>
    public SeededRandomBits(ulong seed, ulong stream = 0)
    {
        key0 = (uint)seed;
        key1 = (uint)(seed >> 32);
        this.stream = stream;
    }

    private SeededRandomBits(SeededRandomBits other)
    {
        (key0, key1, stream, counter, spare, hasSpare) = (other.key0, other.key1, other.stream, other.counter, other.spare, other.hasSpare);
    }

    /// <summary>A copy in the same state that continues independently.</summary>
    public SeededRandomBits Clone() => new(this);

    /// <inheritdoc/>
    public override ulong NextUInt64()
    {
        if (hasSpare)
        {
            hasSpare = false;
            return spare;
        }

        (uint x0, uint x1, uint x2, uint x3) = Philox4x32.Block(((uint)counter, (uint)(counter >> 32), (uint)stream, (uint)(stream >> 32)), key0, key1);
        counter++;
        spare = x2 | ((ulong)x3 << 32);
        hasSpare = true;
        return x0 | ((ulong)x1 << 32);
    }

    /// <inheritdoc/>
    public override void Fill(Span<byte> destination)
    {
        Span<byte> last = stackalloc byte[8];
        while (destination.Length >= 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(destination, NextUInt64());
            destination = destination[8..];
        }

        if (destination.IsEmpty)
            return;
        BinaryPrimitives.WriteUInt64LittleEndian(last, NextUInt64());
        last[..destination.Length].CopyTo(destination);
    }
}
