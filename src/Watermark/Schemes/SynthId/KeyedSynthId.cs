using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Watermark.Keys;

namespace Watermark.Schemes.SynthId;

/// <summary>SynthID-Text of DeepMind's release, keyed.</summary>
internal sealed class KeyedSynthId : KeyedTournament
{
    private readonly ulong[] layerConstants;

    public KeyedSynthId(SynthIdScheme scheme, long[] keys, IntegerSecret secret)
        : base(scheme, secret, SynthIdHash.DeepMindStart(keys))
    {
        layerConstants = Array.ConvertAll(keys, SynthIdLayers.Constant);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(keys.AsSpan()));
    }

    private protected override void HashBits(ReadOnlySpan<ulong> hashes, Span<ulong> bits) =>
        SynthIdLayers.Bits(hashes, layerConstants, bits);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Array.Clear(layerConstants);
    }
}

/// <summary>SynthID-Text of Hugging Face transformers, keyed.</summary>
internal sealed class KeyedSynthIdHf : KeyedTournament
{
    private readonly CoinTable table;
    private readonly ulong[] layerConstants;

    public KeyedSynthIdHf(SynthIdHfScheme scheme, long[] keys, IntegerSecret secret)
        : base(scheme, secret, SynthIdHash.HuggingFaceStart)
    {
        table = CoinTable.Of(scheme.SamplingTableSeed, scheme.SamplingTableSize);
        // (h + k)·M + 1 = h·M + (k·M + 1): the n-gram's part is multiplied once for all layers.
        layerConstants = Array.ConvertAll(keys, key => SynthIdHash.Fold(0, key));
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(keys.AsSpan()));
    }

    private protected override void HashBits(ReadOnlySpan<ulong> hashes, Span<ulong> bits)
    {
        bool masked = BitOperations.IsPow2(table.Size);
        ulong mask = (ulong)table.Size - 1;
        for (int i = 0; i < hashes.Length; i++)
        {
            ulong product = unchecked(hashes[i] * SynthIdHash.Multiplier);
            ulong word = 0;
            for (int layer = layerConstants.Length - 1; layer >= 0; layer--)
            {
                ulong hash = unchecked(product + layerConstants[layer]);
                word = (word << 1) | (masked ? table.MaskedCoin(hash, mask) : table.Coin(hash));
            }

            bits[i] = word;
        }
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Array.Clear(layerConstants);
    }
}
