using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Watermark.Schemes.SynthId;

/// <summary>
/// The layers in 64-bit lanes of 256-bit vectors, 16 hashes at once in four chains so that the multiplier never waits.
/// AVX2 has no 64-bit low multiply; with M = m₁·2^32 + m₀ it is x₀·m₀ + ((x₀·m₁ + x₁·m₀) &lt;&lt; 32).
/// </summary>
internal static class SynthIdLayersAvx2
{
    private const int BlockHashes = 16;

    /// <summary>The bits of whole blocks of 16 hashes; the rest is the caller's.</summary>
    /// <param name="hashes">Folds of context and token.</param>
    /// <param name="layers">The layers' constants, at most 64.</param>
    /// <param name="bits">One value a hash.</param>
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
        Vector256<ulong> low = Vector256.Create(SynthIdHash.Multiplier & uint.MaxValue);
        Vector256<ulong> high = Vector256.Create(SynthIdHash.Multiplier >> 32);
        Vector256<ulong> added = Vector256.Create(SynthIdLayers.RoundConstant);
        Vector256<ulong> squareLow = Vector256.Create(SynthIdLayers.MultiplierSquared & uint.MaxValue);
        Vector256<ulong> squareHigh = Vector256.Create(SynthIdLayers.MultiplierSquared >> 32);
        Vector256<ulong> productA = Multiply(Vector256.LoadUnsafe(ref source, 0), squareLow, squareHigh);
        Vector256<ulong> productB = Multiply(Vector256.LoadUnsafe(ref source, 4), squareLow, squareHigh);
        Vector256<ulong> productC = Multiply(Vector256.LoadUnsafe(ref source, 8), squareLow, squareHigh);
        Vector256<ulong> productD = Multiply(Vector256.LoadUnsafe(ref source, 12), squareLow, squareHigh);
        (Vector256<ulong> bitsA, Vector256<ulong> bitsB, Vector256<ulong> bitsC, Vector256<ulong> bitsD) = (default, default, default, default);

        // From the last layer to the first, so that doubling leaves layer ℓ at bit ℓ.
        for (int layer = layers.Length - 1; layer >= 0; layer--)
        {
            Vector256<ulong> constant = Vector256.Create(layers[layer]);
            Vector256<ulong> a = productA + constant;
            Vector256<ulong> b = productB + constant;
            Vector256<ulong> c = productC + constant;
            Vector256<ulong> d = productD + constant;
            for (int round = 1; round < SynthIdLayers.Rounds; round++)
            {
                a = Multiply(a >>> SynthIdLayers.Shift, low, high) + added;
                b = Multiply(b >>> SynthIdLayers.Shift, low, high) + added;
                c = Multiply(c >>> SynthIdLayers.Shift, low, high) + added;
                d = Multiply(d >>> SynthIdLayers.Shift, low, high) + added;
            }

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
    private static Vector256<ulong> Multiply(Vector256<ulong> x, Vector256<ulong> low, Vector256<ulong> high)
    {
        Vector256<ulong> cross = Avx2.Multiply(x.AsUInt32(), high.AsUInt32()) + Avx2.Multiply((x >>> 32).AsUInt32(), low.AsUInt32());
        return Avx2.Multiply(x.AsUInt32(), low.AsUInt32()) + (cross << 32);
    }
}
