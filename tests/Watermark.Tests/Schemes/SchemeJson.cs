using System.Text.Json;
using Watermark.Catalog;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Schemes;

namespace Watermark.Tests.Schemes;

/// <summary>Schemes and secrets from the JSON a key file would hold, and the published ways of counting.</summary>
internal static class SchemeJson
{
    /// <summary>Reads a scheme through the catalogue, keyed with a secret.</summary>
    public static KeyedScheme Keyed(string scheme, string secret)
    {
        WatermarkScheme parameters = Scheme(scheme);
        using JsonDocument document = JsonDocument.Parse(secret);
        using WatermarkSecret read = parameters.ReadSecret(document.RootElement);
        return parameters.WithKey(read);
    }

    /// <summary>Reads a scheme through the catalogue.</summary>
    public static WatermarkScheme Scheme(string scheme)
    {
        using JsonDocument document = JsonDocument.Parse(scheme);
        SchemeDescriptor? descriptor = SchemeCatalog.Find(document.RootElement.GetProperty("name").GetString()!);
        Assert.NotNull(descriptor);
        return descriptor.Read(document.RootElement);
    }

    /// <summary>The text with its padding, so that every token has a full context.</summary>
    public static int[] Padded(int[] tokens, int contextWidth, int padding) => [.. Enumerable.Repeat(padding, contextWidth), .. tokens];

    /// <summary>
    /// The rows whose context does not stand among the <paramref name="history"/> contexts before, masked ones too.
    /// </summary>
    public static bool[] FirstContexts(int[] tokens, int contextWidth, int history = int.MaxValue)
    {
        var lastSeen = new Dictionary<string, int>();
        var first = new bool[Math.Max(0, tokens.Length - contextWidth)];
        for (int i = 0; i < first.Length; i++)
        {
            string context = string.Join(',', tokens[i..(i + contextWidth)]);
            first[i] = !lastSeen.TryGetValue(context, out int seen) || i - (long)seen > history;
            lastSeen[context] = i;
        }

        return first;
    }

    /// <summary>The scores of every window of a text.</summary>
    public static long[] Scores(KeyedScheme scheme, int[] tokens)
    {
        NGramRows rows = NGramRows.FromSequence(tokens, scheme.ContextWidth);
        var scores = new long[rows.Count];
        scheme.ScoreRows(rows, scores);
        return scores;
    }
}
