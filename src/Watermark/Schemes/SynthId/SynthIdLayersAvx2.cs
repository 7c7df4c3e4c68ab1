using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Watermark.Schemes.SynthId;

/// <summary>
/// The layers in 64-bit lanes of 256-bit vectors, 16 hashes at once in four chains so that the multiplier never waits.
/// AVX2 has no 64-bit low multiply; with M = m₁·2^32 + m₀ it is x₀·m₀ + ((x₀·m₁ + x₁·m₀) &lt;&lt; 32), and one 32-bit low multiply
/// by (m₁, m₀) gives both cross terms, each in its half.
/// </summary>
internal static class SynthIdLayersAvx2
{
    private const int BlockHashes = 16;

    /// <summary>The bits of whole blocks of 16 hashes; the caller does the rest.</summary>
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
        Vector256<uint> low = Vector256.Create(SynthIdHash.Multiplier).AsUInt32();
        Vector256<uint> cross = Swapped(SynthIdHash.Multiplier);
        Vector256<ulong> added = Vector256.Create(SynthIdLayers.RoundConstant);
        Vector256<uint> squareLow = Vector256.Create(SynthIdLayers.MultiplierSquared).AsUInt32();
        Vector256<uint> squareCross = Swapped(SynthIdLayers.MultiplierSquared);
        Vector256<ulong> productA = Multiply(Vector256.LoadUnsafe(ref source, 0), squareLow, squareCross);
        Vector256<ulong> productB = Multiply(Vector256.LoadUnsafe(ref source, 4), squareLow, squareCross);
        Vector256<ulong> productC = Multiply(Vector256.LoadUnsafe(ref source, 8), squareLow, squareCross);
        Vector256<ulong> productD = Multiply(Vector256.LoadUnsafe(ref source, 12), squareLow, squareCross);
        (Vector256<ulong> bitsA, Vector256<ulong> bitsB, Vector256<ulong> bitsC, Vector256<ulong> bitsD) = (default, default, default, default);

        // From the last layer to the first, so that doubling leaves layer ℓ at bit ℓ.
        for (int layer = layers.Length - 1; layer >= 0; layer--)
        {
            Vector256<ulong> constant = Vector256.Create(layers[layer]);
            Vector256<ulong> a = productA + constant;
            Vector256<ulong> b = productB + constant;
            Vector256<ulong> c = productC + constant;
            Vector256<ulong> d = productD + constant;
            for (int round = 2; round < SynthIdLayers.FirstLowRound - 1; round++)
            {
                a = Round(a, low, cross) + added;
                b = Round(b, low, cross) + added;
                c = Round(c, low, cross) + added;
                d = Round(d, low, cross) + added;
            }

            Vector256<ulong> entering = Vector256.Create(SynthIdLayers.EnteringConstant);
            a = Round(a, low, cross) + entering;
            b = Round(b, low, cross) + entering;
            c = Round(c, low, cross) + entering;
            d = Round(d, low, cross) + entering;
            for (int round = SynthIdLayers.FirstLowRound; round < SynthIdLayers.Rounds; round++)
            {
                a = Round(a, low, cross);
                b = Round(b, low, cross);
                c = Round(c, low, cross);
                d = Round(d, low, cross);
            }

            Vector256<ulong> leaving = Vector256.Create(SynthIdLayers.LeavingConstant);
            a = Round(a, low, cross) + leaving;
            b = Round(b, low, cross) + leaving;
            c = Round(c, low, cross) + leaving;
            d = Round(d, low, cross) + leaving;

            bitsA = bitsA + bitsA + Decision(a);
            bitsB = bitsB + bitsB + Decision(b);
            bitsC = bitsC + bitsC + Decision(c);
            bitsD = bitsD + bitsD + Decision(d);
        }

        bitsA.StoreUnsafe(ref destination, 0);
        bitsB.StoreUnsafe(ref destination, 4);
        bitsC.StoreUnsafe(ref destination, 8);
        bitsD.StoreUnsafe(ref destination, 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Decision(Vector256<ulong> y) => (y << (63 - SynthIdLayers.DecidingBit)) >>> 63;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Round(Vector256<ulong> y, Vector256<uint> low, Vector256<uint> cross) =>
        Multiply(y >>> SynthIdLayers.Shift, low, cross);

    /// <summary>The low 64 bits of products with a constant.</summary>
    /// <param name="x">The lanes.</param>
    /// <param name="low">The constant in every lane.</param>
    /// <param name="cross">Its <see cref="Swapped"/> form.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<ulong> Multiply(Vector256<ulong> x, Vector256<uint> low, Vector256<uint> cross)
    {
        Vector256<ulong> terms = Avx2.MultiplyLow(x.AsUInt32(), cross).AsUInt64();
        Vector256<ulong> upper = terms & Vector256.Create(0xFFFFFFFF00000000);
        return Avx2.Multiply(x.AsUInt32(), low) + (terms << 32) + upper;
    }

    /// <summary>A constant with its halves exchanged, in every lane.</summary>
    /// <param name="multiplier">The constant.</param>
    internal static Vector256<uint> Swapped(ulong multiplier) =>
        Vector256.Create((multiplier >> 32) | (multiplier << 32)).AsUInt32();
}
