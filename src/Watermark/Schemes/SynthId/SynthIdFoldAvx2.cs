using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Watermark.NGrams;

namespace Watermark.Schemes.SynthId;

/// <summary>The fold of rows in 64-bit lanes, 16 rows at once; tokens are sign-extended as they are loaded.</summary>
internal static class SynthIdFoldAvx2
{
    private const int BlockRows = 16;

    /// <summary>The folds of whole blocks of 16 rows; the caller does the rest.</summary>
    /// <param name="start">The first value.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="hashes">One hash a row.</param>
    /// <returns>How many rows were done.</returns>
    public static int Rows(ulong start, NGramRows rows, Span<ulong> hashes)
    {
        int done = rows.Count / BlockRows * BlockRows;
        Vector256<uint> low = Vector256.Create(SynthIdHash.Multiplier).AsUInt32();
        Vector256<uint> cross = SynthIdLayersAvx2.Swapped(SynthIdHash.Multiplier);
        ref ulong destination = ref MemoryMarshal.GetReference(hashes[..rows.Count]);
        for (int i = 0; i < done; i += BlockRows)
        {
            Vector256<ulong> a = Vector256.Create(start);
            (Vector256<ulong> b, Vector256<ulong> c, Vector256<ulong> d) = (a, a, a);
            for (int column = 0; column <= rows.ContextWidth; column++)
            {
                ref int tokens = ref MemoryMarshal.GetReference(rows.Column(column)[i..]);
                a = SynthIdLayersAvx2.Multiply(a + Load(ref tokens, 0), low, cross) + Vector256<ulong>.One;
                b = SynthIdLayersAvx2.Multiply(b + Load(ref tokens, 4), low, cross) + Vector256<ulong>.One;
                c = SynthIdLayersAvx2.Multiply(c + Load(ref tokens, 8), low, cross) + Vector256<ulong>.One;
                d = SynthIdLayersAvx2.Multiply(d + Load(ref tokens, 12), low, cross) + Vector256<ulong>.One;
            }

            a.StoreUnsafe(ref destination, (nuint)i);
            b.StoreUnsafe(ref destination, (nuint)i + 4);
            c.StoreUnsafe(ref destination, (nuint)i + 8);
            d.StoreUnsafe(ref destination, (nuint)i + 12);
        }

        return done;
    }

    private static Vector256<ulong> Load(ref int tokens, nuint offset) =>
        Avx2.ConvertToVector256Int64(Vector128.LoadUnsafe(ref tokens, offset)).AsUInt64();
}
