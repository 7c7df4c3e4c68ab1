using System.Runtime.CompilerServices;

namespace Watermark.NGrams;

/// <summary>
/// The keyless 64-bit hash of a row or a context. It finds repetitions, and a row limit keeps the rows with its smallest
/// values. The sample is the same for every key, so the choice cannot favour a key.
/// </summary>
/// <remarks>
/// Fold over the tokens, oldest first: <c>state = mix(state + token + 0x9E3779B97F4A7C15)</c> from 0, tokens as unsigned
/// 32-bit integers, mix the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). Not cryptographic. Bit-exact.
/// </remarks>
public static class NGramHash
{
    /// <summary>The hash of no tokens.</summary>
    public const ulong Start = 0;

    /// <summary>Hashes tokens.</summary>
    /// <param name="tokens">Context tokens, oldest first, followed by the token if a whole row is hashed.</param>
    public static ulong Of(ReadOnlySpan<int> tokens)
    {
        ulong state = Start;
        foreach (int token in tokens)
            state = Append(state, token);
        return state;
    }

    /// <summary>Extends a hash by one token.</summary>
    /// <param name="state">The hash so far.</param>
    /// <param name="token">The next token.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Append(ulong state, int token)
    {
        ulong x = state + (uint)token + 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
