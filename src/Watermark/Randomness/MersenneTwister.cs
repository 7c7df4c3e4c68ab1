using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Watermark.Randomness;

/// <summary>
/// The 32-bit Mersenne Twister MT19937 (Matsumoto and Nishimura, ACM TOMACS 8, 1998), seeded with <c>init_genrand</c>: the
/// generator behind PyTorch on CPUs. Not cryptographic. Bit-exact; checked against the published outputs. The scalar
/// reference of every vector kernel: one word after the other.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class MersenneTwister : IDisposable
{
    /// <summary>Words of state, and words between two regenerations.</summary>
    internal const int StateLength = 624;

    /// <summary>Distance of the word that is mixed into each new one.</summary>
    internal const int Shift = 397;

    /// <summary>The twist matrix.</summary>
    internal const uint Matrix = 0x9908B0DF;

    /// <summary>The multiplier of the seeding recurrence.</summary>
    internal const uint SeedMultiplier = 1812433253;

    /// <summary>First tempering mask.</summary>
    internal const uint TemperB = 0x9D2C5680;

    /// <summary>Second tempering mask.</summary>
    internal const uint TemperC = 0xEFC60000;

    private readonly uint[] state = new uint[StateLength];
    private int position;

    /// <summary>Creates a generator.</summary>
    /// <param name="seed">The seed of <c>init_genrand</c>.</param>
    public MersenneTwister(uint seed) => Seed(seed);

    /// <summary>Sets the state of a new generator with this seed.</summary>
    /// <param name="seed">The seed of <c>init_genrand</c>.</param>
    public void Seed(uint seed)
    {
        state[0] = seed;
        for (uint i = 1; i < StateLength; i++)
        {
            uint last = state[i - 1];
            state[i] = (SeedMultiplier * (last ^ (last >> 30))) + i;
        }

        position = StateLength;
    }

    /// <summary>The next 32 bits (<c>genrand_int32</c>).</summary>
    public uint Next()
    {
        if (position == StateLength)
            Regenerate();
        return Temper(state[position++]);
    }

    /// <summary>Erases the state.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(state.AsSpan()));

    /// <summary>The output function.</summary>
    /// <param name="word">A word of state.</param>
    internal static uint Temper(uint word)
    {
        word ^= word >> 11;
        word ^= (word << 7) & TemperB;
        word ^= (word << 15) & TemperC;
        return word ^ (word >> 18);
    }

    /// <summary>The state word 624 places on.</summary>
    /// <param name="current">Word k.</param>
    /// <param name="next">Word k + 1.</param>
    /// <param name="far">Word k + 397.</param>
    internal static uint Twist(uint current, uint next, uint far)
    {
        uint mixed = (current & 0x80000000) | (next & 0x7FFFFFFF);
        return far ^ (mixed >> 1) ^ ((next & 1) == 0 ? 0 : Matrix);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Regenerate()
    {
        for (int k = 0; k < StateLength; k++)
            state[k] = Twist(state[k], state[(k + 1) % StateLength], state[(k + Shift) % StateLength]);
        position = 0;
    }
}
