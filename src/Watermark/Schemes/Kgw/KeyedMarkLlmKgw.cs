using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes.Torch;

namespace Watermark.Schemes.Kgw;

/// <summary>A list of MarkLLM under its hash key.</summary>
internal sealed class KeyedMarkLlmKgw : KeyedTorchList
{
    private readonly MarkLlmHash hash;
    private readonly bool reduces;
    private readonly int[] permutation;
    private ulong hashKey;

    /// <summary>Keys the scheme.</summary>
    /// <param name="scheme">The parameters.</param>
    /// <param name="secret">The secret; copied.</param>
    public KeyedMarkLlmKgw(MarkLlmKgwScheme scheme, IntegerSecret secret)
        : base(scheme, secret, candidatesTried: 0)
    {
        (hash, reduces) = (scheme.Hash, scheme.ReducesSeeds);
        hashKey = (ulong)secret.Value("hashKey");
        permutation = new int[scheme.VocabularySize];
        using var generator = new MersenneTwister(TorchRandom.EffectiveSeed(hashKey));
        TorchRandom.Permutation(generator, permutation);
    }

    /// <inheritdoc/>
    protected override uint SeedOf(ReadOnlySpan<int> window)
    {
        // A window that holds no token ids seeds no list of the engine; IsKeyless says so.
        if (!HoldsTokens(window))
            return 0;
        ulong size = (ulong)permutation.Length;
        ulong factor = (ulong)permutation[Place(window)];
        return reduces ? (uint)(hashKey % size * factor % size) : TorchRandom.EffectiveSeed(hashKey * factor);
    }

    /// <summary>
    /// With a key that is a multiple of V, reduced, every seed is 0 whatever the key is. All other seeds depend on the key:
    /// it is the permutation that chooses the contexts of the seed 0.
    /// </summary>
    protected override bool IsKeyless(ReadOnlySpan<int> window) =>
        !HoldsTokens(window) || (reduces && hashKey % (ulong)permutation.Length == 0) || hashKey == 0;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        hashKey = 0;
        Array.Clear(permutation);
    }

    /// <summary>Where in the permutation the number of a window stands; for <c>min</c>, the place with the least number.</summary>
    private int Place(ReadOnlySpan<int> window)
    {
        ulong size = (ulong)permutation.Length;
        ulong number = hash == MarkLlmHash.Time ? 1UL : 0;
        int least = window[0];
        foreach (int token in window)
        {
            if (hash == MarkLlmHash.Time)
                number = number * (uint)token % size;
            else if (hash == MarkLlmHash.Additive)
                number = (number + (uint)token) % size;
            else if (permutation[token] < permutation[least])
                least = token;
        }

        return hash switch
        {
            MarkLlmHash.Skip => window[0],
            MarkLlmHash.Min => least,
            _ => (int)number,
        };
    }

    private bool HoldsTokens(ReadOnlySpan<int> window)
    {
        foreach (int token in window)
        {
            if ((uint)token >= (uint)permutation.Length)
                return false;
        }

        return true;
    }
}
