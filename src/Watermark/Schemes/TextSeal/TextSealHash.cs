using System.Runtime.Intrinsics.X86;
using Watermark.NGrams;

namespace Watermark.Schemes.TextSeal;

/// <summary>
/// The hash of TextSeal: <c>h = (Σ wᵢ·Pᵢ + 100000007·v + 500001713·key)·15485863·40499</c> in wrapping 64 bits,
/// <c>h ← h xor (h &gt;&gt; 13)</c> (arithmetic), then h mod 8191 (floor modulus): 0 … 8190. Not cryptographic. Bit-exact.
/// </summary>
/// <remarks>
/// The key's factor and both mixing factors are odd and the xor-shift is invertible, so under a uniform 64-bit key h is
/// uniform over 2^64 and every residue has probability 1/8191 up to 2^-51.
/// </remarks>
internal static class TextSealHash
{
    /// <summary>The modulus, 2^13 − 1.</summary>
    public const int Modulus = 8191;

    /// <summary>The factor of the token.</summary>
    public const int TokenFactor = 100000007;

    /// <summary>The factor of the key.</summary>
    public const int KeyFactor = 500001713;

    /// <summary>The mixing factors' product.</summary>
    public const ulong Mix = 15485863UL * 40499UL;

    /// <summary>How far the xor-shift shifts.</summary>
    public const int MixShift = 13;

    /// <summary>The longest context, one factor per token.</summary>
    public const int MaximumContextWidth = 10;

    /// <summary>The factors of the context's tokens, oldest first.</summary>
    public static ReadOnlySpan<int> ContextFactors =>
        [10000019, 10000247, 10000439, 10000643, 10000747, 10000867, 10000993, 10001213, 10001357, 10001501];

    /// <summary>The part of the sum that comes from a context.</summary>
    /// <param name="context">The tokens, oldest first.</param>
    public static ulong ContextTerm(ReadOnlySpan<int> context)
    {
        ulong sum = 0;
        for (int i = 0; i < context.Length; i++)
            sum = unchecked(sum + (ulong)((long)ContextFactors[i] * context[i]));
        return sum;
    }

    /// <summary>The residues of rows with the fastest kernel this CPU has.</summary>
    /// <param name="term">The key's part of the sum, and every other part that is the same in all rows.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="residues">One value from 0 to 8190 per row.</param>
    public static void Residues(ulong term, NGramRows rows, Span<int> residues)
    {
        int done = Avx2.IsSupported ? TextSealHashAvx2.Residues(term, rows, residues) : 0;
        ResiduesScalar(term, rows.Slice(done, rows.Count - done), residues[done..]);
    }

    /// <summary>The scalar twin.</summary>
    /// <param name="term">The key's part of the sum, and every other part that is the same in all rows.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="residues">One value from 0 to 8190 per row.</param>
    public static void ResiduesScalar(ulong term, NGramRows rows, Span<int> residues)
    {
        ReadOnlySpan<int> tokens = rows.Tokens;
        for (int i = 0; i < tokens.Length; i++)
        {
            ulong sum = unchecked(term + (ulong)((long)TokenFactor * tokens[i]));
            for (int column = 0; column < rows.ContextWidth; column++)
                sum = unchecked(sum + (ulong)((long)ContextFactors[column] * rows.Column(column)[i]));
            long hash = unchecked((long)(sum * Mix));
            hash ^= hash >> MixShift;
            int residue = (int)(hash % Modulus);
            residues[i] = residue < 0 ? residue + Modulus : residue;
        }
    }
}
