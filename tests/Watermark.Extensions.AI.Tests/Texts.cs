using Watermark.Embedding;
using Watermark.Keys;
using Watermark.Schemes;
using Watermark.Schemes.Native;

namespace Watermark.Extensions.AI.Tests;

/// <summary>Texts of 200 letters, one token each, and keys made of one repeated byte.</summary>
internal static class Texts
{
    private const int Letters = 200;
    private const int First = 0x4E00;

    public static KeyedScheme Scheme(byte secret)
    {
        using WatermarkKey key = Key(secret);
        return new GreenListScheme { Delta = 5 }.WithKey(key);
    }

    public static WatermarkKey Key(byte secret)
    {
        Span<byte> bytes = stackalloc byte[WatermarkKey.Size];
        bytes.Fill(secret);
        return WatermarkKey.FromBytes(bytes);
    }

    public static int[] Encode(string text) => [.. text.Select(letter => (int)letter)];

    /// <summary>Tokens drawn from a flat distribution that the session has marked.</summary>
    public static int[] Tokens(WatermarkSession session, ulong seed, int count = 300)
    {
        var sampler = new TokenSampler(new SamplerOptions { Seed = seed });
        var logits = new float[First + Letters];
        var tokens = new int[count];
        for (int i = 0; i < count; i++)
        {
            logits.AsSpan().Fill(float.NegativeInfinity);
            logits.AsSpan(First).Clear();
            tokens[i] = sampler.Sample(session, logits);
        }

        return tokens;
    }

    public static string Marked(KeyedScheme scheme, ulong seed) =>
        new([.. Tokens(new WatermarkSession(scheme), seed).Select(token => (char)token)]);
}
