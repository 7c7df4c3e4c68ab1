using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Watermark.NGrams;

namespace Watermark.Schemes.TextSeal;

/// <summary>
/// The hash in 64-bit lanes, eight rows at once. The remainder modulo 8191 = 2^13 − 1 is a sum of 13-bit digits, since
/// 2^13 ≡ 1. A signed h is taken as h + 2^63 without sign, and 2^63 ≡ 2^11 is taken off again modulo 8191.
/// </summary>
internal static class TextSealHashAvx2
{
    private const int BlockRows = 8;
    private const int Digits = (1 << 26) - 1;
    private const int SignOffset = TextSealHash.Modulus - (1 << 11);

    /// <summary>The residues of whole blocks of eight rows; the caller does the rest.</summary>
    /// <param name="term">The part of the sum that is the same in every row.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="residues">One value per row.</param>
    /// <returns>How many rows were done.</returns>
    public static int Residues(ulong term, NGramRows rows, Span<int> residues)
    {
        int done = rows.Count / BlockRows * BlockRows;
        ref int destination = ref MemoryMarshal.GetReference(residues[..rows.Count]);
        ref int tokens = ref MemoryMarshal.GetReference(rows.Tokens);
        for (int i = 0; i < done; i += BlockRows)
        {
            Vector256<ulong> low = Vector256.Create(term);
            Vector256<ulong> high = low;
            Add(ref low, ref high, ref Unsafe.Add(ref tokens, i), TextSealHash.TokenFactor);
            for (int column = 0; column < rows.ContextWidth; column++)
                Add(ref low, ref high, ref Unsafe.Add(ref MemoryMarshal.GetReference(rows.Column(column)), i), TextSealHash.ContextFactors[column]);
            Vector256<uint> sums = Avx2.Shuffle(DigitSum(low).AsUInt32(), 0b_10_00_10_00);
            Vector256<uint> sumsHigh = Avx2.Shuffle(DigitSum(high).AsUInt32(), 0b_10_00_10_00);
            // Each half holds its four sums twice in two 64-bit pieces; gather them in row order.
            Vector256<int> row = Avx2.Permute4x64(Avx2.Blend(sums, sumsHigh, 0b_1100_1100).AsUInt64(), 0b_11_01_10_00).AsInt32();
            Fold(row).StoreUnsafe(ref destination, (nuint)i);
        }

        return done;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref Vector256<ulong> low, ref Vector256<ulong> high, ref int column, int factor)
    {
        Vector256<int> factors = Vector256.Create((long)factor).AsInt32();
        low += Avx2.Multiply(Avx2.ConvertToVector256Int64(Vector128.LoadUnsafe(ref column, 0)).AsInt32(), factors).AsUInt64();
        high += Avx2.Multiply(Avx2.ConvertToVector256Int64(Vector128.LoadUnsafe(ref column, 4)).AsInt32(), factors).AsUInt64();
    }

    /// <summary>The hash of each sum, as a sum of three 26-bit pieces: congruent modulo 8191 and below 2^28.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> DigitSum(Vector256<ulong> sum)
    {
        Vector256<uint> mixLow = Vector256.Create(TextSealHash.Mix & uint.MaxValue).AsUInt32();
        Vector256<uint> mixHigh = Vector256.Create(TextSealHash.Mix >> 32).AsUInt32();
        Vector256<ulong> cross = Avx2.Multiply(sum.AsUInt32(), mixHigh) + Avx2.Multiply((sum >>> 32).AsUInt32(), mixLow);
        Vector256<ulong> hash = Avx2.Multiply(sum.AsUInt32(), mixLow) + (cross << 32);
        Vector256<ulong> negative = Vector256.LessThan(hash.AsInt64(), Vector256<long>.Zero).AsUInt64();
        hash ^= (hash >>> TextSealHash.MixShift) | (negative << (64 - TextSealHash.MixShift));
        hash ^= Vector256.Create(1UL << 63);
        Vector256<ulong> mask = Vector256.Create((ulong)Digits);
        return (hash & mask) + ((hash >>> 26) & mask) + (hash >>> 52) + Vector256.Create((ulong)SignOffset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Fold(Vector256<int> sum)
    {
        Vector256<int> modulus = Vector256.Create(TextSealHash.Modulus);
        sum = (sum & modulus) + (sum >>> 13);
        sum = (sum & modulus) + (sum >>> 13);
        return sum - (Vector256.GreaterThanOrEqual(sum, modulus) & modulus);
    }
}
