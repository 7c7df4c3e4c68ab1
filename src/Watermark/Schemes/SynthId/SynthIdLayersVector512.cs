using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Watermark.Schemes.SynthId;

/// <summary>
/// The layers in 64-bit lanes of 512-bit vectors, 32 hashes at once in four chains; AVX-512DQ multiplies 64-bit lanes in
/// one instruction. Where there are no 512-bit registers the same code runs on halves, which is how it is tested there.
/// </summary>
internal static class SynthIdLayersVector512
{
    private const int BlockHashes = 32;

    /// <summary>The bits of whole blocks of 32 hashes; the caller does the rest.</summary>
    /// <param name="hashes">Folds of context and token.</param>
    /// <param name="layers">The layers' constants, at most 64.</param>
    /// <param name="bits">One value per hash.</param>
    /// <returns>How many hashes were done.</returns>
    public static int Bits(ReadOnlySpan<ulong> hashes, ReadOnlySpan<ulong> layers, Span<ulong> bits)
    {
        int done = hashes.Length / BlockHashes * BlockHashes;
        ref ulong source = ref MemoryMarshal.GetReference(hashes);
        ref ulong destination = ref MemoryMarshal.GetReference(bits[..hashes.Length]);
        for (int i = 0; i < done; i += BlockHashes)
            Block(ref Unsafe.Add(ref source, i), layers, ref Unsafe.Add(ref destination, i));
        return done;
    }

    private static void Block(ref ulong source, ReadOnlySpan<ulong> layers, ref ulong destination)
    {
        Vector512<ulong> multiplier = Vector512.Create(SynthIdHash.Multiplier);
        Vector512<ulong> square = Vector512.Create(SynthIdLayers.MultiplierSquared);
        Vector512<ulong> added = Vector512.Create(SynthIdLayers.RoundConstant);
        Vector512<ulong> productA = Vector512.LoadUnsafe(ref source, 0) * square;
        Vector512<ulong> productB = Vector512.LoadUnsafe(ref source, 8) * square;
        Vector512<ulong> productC = Vector512.LoadUnsafe(ref source, 16) * square;
        Vector512<ulong> productD = Vector512.LoadUnsafe(ref source, 24) * square;
        (Vector512<ulong> bitsA, Vector512<ulong> bitsB, Vector512<ulong> bitsC, Vector512<ulong> bitsD) = (default, default, default, default);
        for (int layer = layers.Length - 1; layer >= 0; layer--)
        {
            Vector512<ulong> constant = Vector512.Create(layers[layer]);
            Vector512<ulong> a = productA + constant;
            Vector512<ulong> b = productB + constant;
            Vector512<ulong> c = productC + constant;
            Vector512<ulong> d = productD + constant;
            for (int round = 2; round < SynthIdLayers.FirstLowRound - 1; round++)
            {
                a = Round(a, multiplier) + added;
                b = Round(b, multiplier) + added;
                c = Round(c, multiplier) + added;
                d = Round(d, multiplier) + added;
            }

            Vector512<ulong> entering = Vector512.Create(SynthIdLayers.EnteringConstant);
            a = Round(a, multiplier) + entering;
            b = Round(b, multiplier) + entering;
            c = Round(c, multiplier) + entering;
            d = Round(d, multiplier) + entering;
            for (int round = SynthIdLayers.FirstLowRound; round < SynthIdLayers.Rounds; round++)
            {
                a = Round(a, multiplier);
                b = Round(b, multiplier);
                c = Round(c, multiplier);
                d = Round(d, multiplier);
            }

            Vector512<ulong> leaving = Vector512.Create(SynthIdLayers.LeavingConstant);
            a = Round(a, multiplier) + leaving;
            b = Round(b, multiplier) + leaving;
            c = Round(c, multiplier) + leaving;
            d = Round(d, multiplier) + leaving;

            bitsA = bitsA + bitsA + Decision(a);
            bitsB = bitsB + bitsB + Decision(b);
            bitsC = bitsC + bitsC + Decision(c);
            bitsD = bitsD + bitsD + Decision(d);
        }

        bitsA.StoreUnsafe(ref destination, 0);
        bitsB.StoreUnsafe(ref destination, 8);
        bitsC.StoreUnsafe(ref destination, 16);
        bitsD.StoreUnsafe(ref destination, 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Decision(Vector512<ulong> y) => (y << (63 - SynthIdLayers.DecidingBit)) >>> 63;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Round(Vector512<ulong> y, Vector512<ulong> multiplier) =>
        (y >>> SynthIdLayers.Shift) * multiplier;
}
