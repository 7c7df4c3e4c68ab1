using Watermark.NGrams;

namespace Watermark.Schemes.Vllm;

/// <summary>How vLLM's green list gets its seed. Two different published functions are called lefthash.</summary>
public enum VllmSeeding
{
    /// <summary>
    /// The smallest of key·J(c)·J(v) over the context's tokens but the oldest, and key·J(v)·J(v), as signed 64-bit integers;
    /// J is Jenkins' integer hash and v the token itself.
    /// </summary>
    SelfHash,

    /// <summary>key·Σw: what the generator writes.</summary>
    LeftHash,

    /// <summary>key·ΣJ(w): what the published detector reads. It does not find the marks that the generator wrote.</summary>
    LeftHashDetector,
}

/// <summary>The seeds of vLLM's green list, wrapping 64-bit integers. Bit-exact.</summary>
internal static class VllmSeeds
{
    /// <summary>Bob Jenkins' integer hash of x + 1 in 32 bits with arithmetic shifts, sign-extended.</summary>
    /// <param name="token">x; −1, the padding, hashes to 0.</param>
    public static long Jenkins(int token)
    {
        int i = unchecked(token + 1);
        unchecked
        {
            i -= i << 6;
            i ^= i >> 17;
            i -= i << 9;
            i ^= i << 4;
            i -= i << 3;
            i ^= i << 10;
            i ^= i >> 15;
        }

        return i;
    }

    /// <summary>The seeds of rows.</summary>
    /// <param name="seeding">The function.</param>
    /// <param name="key">The key.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="seeds">One seed per row.</param>
    public static void Rows(VllmSeeding seeding, ulong key, NGramRows rows, Span<ulong> seeds)
    {
        seeds = seeds[..rows.Count];
        if (seeding != VllmSeeding.SelfHash)
        {
            Sums(seeding, rows, seeds);
            foreach (ref ulong seed in seeds)
                seed = unchecked(seed * key);
            return;
        }

        ReadOnlySpan<int> scored = rows.Tokens;
        for (int i = 0; i < seeds.Length; i++)
        {
            ulong anchor = unchecked(key * (ulong)Jenkins(scored[i]));
            long least = unchecked((long)(anchor * (ulong)Jenkins(scored[i])));
            for (int column = 1; column < rows.ContextWidth; column++)
                least = Math.Min(least, unchecked((long)(anchor * (ulong)Jenkins(rows.Column(column)[i]))));
            seeds[i] = (ulong)least;
        }
    }

    /// <summary>
    /// The seeds of rows, or <see cref="KeyedScheme.NoCoin"/> where the seed is 0 under every key: contexts whose sum is 0,
    /// and least products with a padded token. A seed is 0 because of its key alone with probability 2^-64; it is then
    /// treated the same way.
    /// </summary>
    /// <param name="seeding">The function.</param>
    /// <param name="key">The key.</param>
    /// <param name="rows">The rows; <see cref="int.MinValue"/> is no token.</param>
    /// <param name="seeds">One seed per row.</param>
    public static void Coins(VllmSeeding seeding, ulong key, NGramRows rows, Span<ulong> seeds)
    {
        seeds = seeds[..rows.Count];
        if (seeding != VllmSeeding.SelfHash)
        {
            Sums(seeding, rows, seeds);
            foreach (ref ulong seed in seeds)
                seed = seed == 0 ? KeyedScheme.NoCoin : unchecked(seed * key);
            return;
        }

        Rows(seeding, key, rows, seeds);
        ReadOnlySpan<int> tokens = rows.Tokens;
        for (int i = 0; i < seeds.Length; i++)
            seeds[i] = seeds[i] == 0 || tokens[i] == int.MinValue ? KeyedScheme.NoCoin : seeds[i];
    }

    /// <summary>The seeds of tokens after one context.</summary>
    /// <param name="seeding">The function.</param>
    /// <param name="key">The key.</param>
    /// <param name="context">The context.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="seeds">One seed per token.</param>
    public static void Tokens(VllmSeeding seeding, ulong key, ReadOnlySpan<int> context, ReadOnlySpan<int> tokens, Span<ulong> seeds)
    {
        seeds = seeds[..tokens.Length];
        if (seeding != VllmSeeding.SelfHash)
        {
            ulong sum = 0;
            foreach (int token in context)
                sum = unchecked(sum + (ulong)LeftTerm(seeding, token));
            seeds.Fill(unchecked(sum * key));
            return;
        }

        Span<ulong> hashes = stackalloc ulong[context.Length];
        for (int c = 1; c < context.Length; c++)
            hashes[c] = (ulong)Jenkins(context[c]);
        for (int i = 0; i < tokens.Length; i++)
        {
            ulong own = (ulong)Jenkins(tokens[i]);
            ulong anchor = unchecked(key * own);
            long least = unchecked((long)(anchor * own));
            for (int c = 1; c < hashes.Length; c++)
                least = Math.Min(least, unchecked((long)(anchor * hashes[c])));
            seeds[i] = (ulong)least;
        }
    }

    private static void Sums(VllmSeeding seeding, NGramRows rows, Span<ulong> sums)
    {
        sums.Clear();
        for (int column = 0; column < rows.ContextWidth; column++)
        {
            ReadOnlySpan<int> tokens = rows.Column(column);
            for (int i = 0; i < sums.Length; i++)
                sums[i] = unchecked(sums[i] + (ulong)LeftTerm(seeding, tokens[i]));
        }
    }

    private static long LeftTerm(VllmSeeding seeding, int token) => seeding == VllmSeeding.LeftHash ? token : Jenkins(token);
}
