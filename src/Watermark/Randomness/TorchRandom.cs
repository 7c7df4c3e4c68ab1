namespace Watermark.Randomness;

/// <summary>
/// What PyTorch draws on a CPU after <c>manual_seed</c>, bit for bit (checked against PyTorch 1.13; 2.x gives the same). All
/// schemes built on PyTorch's generator use these definitions. These are the scalar forms.
/// </summary>
/// <remarks>
/// CUDA generators are different (Philox, other lists): a mark made with a generator on a GPU cannot be read with these.
/// </remarks>
public static class TorchRandom
{
    /// <summary>The part of a 64-bit seed that PyTorch's CPU generator keeps: its low 32 bits.</summary>
    /// <param name="seed">The argument of <c>manual_seed</c>; negative seeds stand for themselves plus 2^64.</param>
    public static uint EffectiveSeed(ulong seed) => (uint)seed;

    /// <summary>
    /// <c>randperm(n)</c>: a Fisher–Yates shuffle from the front, one word per step, <c>word mod (n − i)</c>.
    /// </summary>
    /// <param name="generator">The generator, seeded.</param>
    /// <param name="permutation">Filled with a permutation of 0 … n−1, n its length.</param>
    public static void Permutation(MersenneTwister generator, Span<int> permutation)
    {
        ArgumentNullException.ThrowIfNull(generator);
        for (int i = 0; i < permutation.Length; i++)
            permutation[i] = i;
        for (int i = 0; i < permutation.Length - 1; i++)
        {
            int other = i + (int)(generator.Next() % (uint)(permutation.Length - i));
            (permutation[i], permutation[other]) = (permutation[other], permutation[i]);
        }
    }

    /// <summary><c>rand(n)</c> in float32: the low 24 bits of a word, times 2^-24.</summary>
    /// <param name="generator">The generator, seeded.</param>
    /// <param name="numerators">Filled with the uniforms' numerators over 2^24.</param>
    public static void Uniforms(MersenneTwister generator, Span<uint> numerators)
    {
        ArgumentNullException.ThrowIfNull(generator);
        foreach (ref uint numerator in numerators)
            numerator = generator.Next() & 0xFFFFFF;
    }

    /// <summary><c>randint(0, bound, …)</c> for bounds below 2^32: a word modulo the bound.</summary>
    /// <param name="generator">The generator, seeded.</param>
    /// <param name="bound">The exclusive bound, at least 1.</param>
    /// <param name="values">Filled with integers in [0, bound).</param>
    public static void Integers(MersenneTwister generator, int bound, Span<int> values)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        foreach (ref int value in values)
            value = (int)(generator.Next() % (uint)bound);
    }
}
