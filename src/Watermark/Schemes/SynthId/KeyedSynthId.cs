using System.Security.Cryptography;
using System.Runtime.InteropServices;

namespace Watermark.Schemes.SynthId;

/// <summary>SynthID-Text of DeepMind's release, keyed.</summary>
internal sealed class KeyedSynthId : KeyedTournament
{
    private readonly ulong[] layerConstants;

    public KeyedSynthId(SynthIdScheme scheme, long[] keys, string keyId)
        : base(scheme, keyId, SynthIdHash.DeepMindStart(keys))
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
