using Watermark.NGrams;

namespace Watermark.Schemes.Maryland;

/// <summary>
/// The seed of three_bricks and its descendants: <c>s ← (s·35317 + t) mod (2^64 − 1)</c> over the context, from the
/// secret seed on. Contexts collide as soon as token ids exceed 35317: (a, b) and (a+1, b−35317) have one list.
/// </summary>
internal static class MarylandSeed
{
    /// <summary>The salt key of every published configuration.</summary>
    public const uint Salt = 35317;

    /// <summary>The widest context.</summary>
    public const int MaximumContextWidth = 16;

    private const ulong Modulus = ulong.MaxValue;

    /// <summary>The 32 bits of the seed that PyTorch's generator keeps.</summary>
    /// <param name="context">The context, oldest first.</param>
    /// <param name="seed">The secret, below 2^64 − 1.</param>
    public static uint Of(ReadOnlySpan<int> context, ulong seed)
    {
        foreach (int token in context)
        {
            // 2^64 is 1 modulo 2^64 − 1, so the high half is simply added.
            ulong high = Math.BigMul(seed, Salt, out ulong low);
            seed = Add(Add(low == Modulus ? 0 : low, high), token < 0 ? Modulus - (ulong)-(long)token : (ulong)token);
        }

        return (uint)seed;
    }

    /// <summary>The sum modulo 2^64 − 1 of two numbers below it.</summary>
    private static ulong Add(ulong left, ulong right)
    {
        ulong sum = left + right;
        if (sum < left)
            sum++;
        return sum == Modulus ? 0 : sum;
    }
}

/// <summary>What three_bricks and radioactive-watermark score: distinct n-grams of a document from position h + 1 on.</summary>
internal static class MarylandSelection
{
    /// <summary>The selection for a context width.</summary>
    /// <param name="width">h.</param>
    public static NGramSelection ForWidth(int width) => new()
    {
        Distinct = DistinctRule.NGrams,
        Scope = DistinctScope.Document,
        ExcludePromptContexts = false,
        FirstPosition = width + 1,
    };
}
