using System.Buffers.Binary;
using System.Globalization;
using System.Numerics.Tensors;
using System.Security.Cryptography;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Scoring;

namespace Watermark.Serving;

/// <summary>
/// What a service does once at its start: it computes known bits of the native marks, and marks and detects a short text under
/// its own scheme. Where the bits are not those that this library gives on every machine, or marking and scoring disagree, it
/// throws. Takes a few milliseconds; the schemes of PyTorch's generator with large vocabularies take some 100.
/// </summary>
internal static class SelfCheck
{
    /// <summary>The first 8 bytes, as a little-endian number, of the SHA-256 of what <see cref="NativeBits"/> collects.</summary>
    internal const ulong NativeDigest = 2415790426371022328;

    private const int TextLength = 64;
    private const int Vocabulary = 256;
    private const int Candidates = 50;

    // Marks that draw reach some -60 here; unmarked text falls below -5 once in 150 keys.
    private const double LeastEvidence = -5;

    private static readonly Lock Gate = new();
    private static bool nativeBitsAreRight;

    /// <summary>Checks this process, once, and a scheme.</summary>
    /// <param name="scheme">The scheme that will mark.</param>
    /// <exception cref="SelfCheckException">A check failed.</exception>
    public static void Run(KeyedScheme scheme)
    {
        lock (Gate)
        {
            if (!nativeBitsAreRight)
                CheckBits(NativeBits(), NativeDigest);
            nativeBitsAreRight = true;
        }

        CheckScheme(scheme);
    }

    /// <summary>Throws where bits are not those expected.</summary>
    /// <param name="bits">What this machine computed.</param>
    /// <param name="expected">What every machine computes.</param>
    internal static void CheckBits(ulong bits, ulong expected)
    {
        if (bits != expected)
            throw new SelfCheckException("The self-check failed: this machine does not compute the bits that the marks have on every machine. Text that it marks could not be verified. Do not serve; report the processor, the runtime and its settings.");
    }

    /// <summary>Biased logits, scores, choices and sampled tokens under the key 00 01 … 1f.</summary>
    internal static ulong NativeBits()
    {
        Span<byte> secret = stackalloc byte[WatermarkKey.Size];
        for (int i = 0; i < secret.Length; i++)
            secret[i] = (byte)i;
        using var key = WatermarkKey.FromBytes(secret);
        using KeyedScheme green = new GreenListScheme().WithKey(key);
        using KeyedScheme gumbel = new GumbelScheme().WithKey(key);
        using var collected = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<float> logits = stackalloc float[Vocabulary + 1];
        Span<float> probabilities = stackalloc float[Vocabulary + 1];
        Span<int> ids = stackalloc int[Vocabulary + 1];
        Span<byte> number = stackalloc byte[sizeof(long)];
        for (int i = 0; i < ids.Length; i++)
            (ids[i], probabilities[i]) = (i, 1f / 256);
        foreach (KeyedScheme scheme in (KeyedScheme[])[green, gumbel])
        {
            var sampler = new TokenSampler(new SamplerOptions { Temperature = 0.8, TopP = 0.95, Seed = 1 });
            var session = new WatermarkSession(scheme);
            session.Prime([1, 2]);
            for (int position = 0; position < TextLength; position++)
            {
                for (int i = 0; i < logits.Length; i++)
                    logits[i] = ((i * 37) + (position * 11)) % 101 / 16f;
                Add(scheme.Score(session.Tokens[^2..], position), number, collected);
                if (scheme is ISamplingWatermark draw)
                    Add(draw.ChooseCandidate(session.Tokens[^2..], ids, probabilities, 0), number, collected);
                Add(sampler.Sample(session, logits), number, collected);
                session.Apply(logits);
                session.Rewind(0);
                foreach (float logit in logits)
                    Add(BitConverter.SingleToInt32Bits(logit), number, collected);
            }
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        collected.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }

    private static void Add(long value, Span<byte> number, IncrementalHash collected)
    {
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        collected.AppendData(number);
    }

    /// <summary>Marks 64 tokens, the mark deciding each of them, and scores them.</summary>
    /// <param name="scheme">The scheme.</param>
    /// <exception cref="SelfCheckException">Scoring does not find what was marked.</exception>
    internal static void CheckScheme(KeyedScheme scheme)
    {
        var session = new WatermarkSession(scheme, RepeatedContextPolicy.Mark);
        var random = new SeededRandomBits(1);
        int vocabulary = Math.Min(Vocabulary, VocabularyOf(scheme.Scheme));
        int count = Math.Min(Candidates, vocabulary);
        Span<int> ids = stackalloc int[vocabulary];
        Span<float> values = stackalloc float[count];
        for (int i = 0; i < vocabulary; i++)
            ids[i] = i;
        for (int i = 0; i < scheme.ContextWidth; i++)
            session.Prime([(int)random.NextBelow((ulong)vocabulary)]);
        bool found = true;
        for (int position = 0; position < TextLength; position++)
        {
            for (int i = 0; i < count; i++)
            {
                int other = i + (int)random.NextBelow((ulong)(vocabulary - i));
                (ids[i], ids[other]) = (ids[other], ids[i]);
            }

            int chosen = MarkedChoice(session, ids[..count], values, random.NextDouble());
            if (session.Place == MarkPlace.Logits)
            {
                // The token that the mark raised most scores at least as high as the one that it raised least.
                ReadOnlySpan<int> context = session.Tokens[^scheme.ContextWidth..];
                found &= scheme.Score(context, ids[chosen]) >= scheme.Score(context, ids[values.IndexOf(TensorPrimitives.Min<float>(values))]);
            }

            session.Accept(ids[chosen]);
        }

        double logP = new WatermarkDetector(scheme).Detect(session.Tokens).LogP;
        if (!found || (session.Place != MarkPlace.Logits && !(logP < LeastEvidence)))
            throw new SelfCheckException(string.Create(CultureInfo.InvariantCulture, $"The self-check failed: what '{scheme.Scheme.Name}' marks on this machine is not found again (ln p = {logP:F1} for {TextLength} tokens marked as strongly as possible)."));
    }

    private static int MarkedChoice(WatermarkSession session, ReadOnlySpan<int> ids, Span<float> values, double coin)
    {
        if (session.Place == MarkPlace.Logits)
        {
            values.Clear();
            session.Apply(ids, values);
            return TensorPrimitives.IndexOfMax<float>(values);
        }

        values.Fill(1f / values.Length);
        if (session.TryChoose(ids, values, coin, out int chosen))
            return chosen;
        session.Reshape(ids, values);
        return TensorPrimitives.IndexOfMax<float>(values);
    }

    private static int VocabularyOf(WatermarkScheme scheme) =>
        scheme.Parameters.FirstOrDefault(parameter => parameter.Name == "vocabularySize") is { } size
            ? int.Parse(size.TextOf(scheme), CultureInfo.InvariantCulture)
            : Vocabulary;
}
