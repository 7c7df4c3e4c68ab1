using Watermark.SampleText;

namespace Watermark.Benchmarks.Tokenizers;

/// <summary>English text in documents of about 2,000 characters, as replies of a model are.</summary>
internal static class SampleDocuments
{
    /// <summary>The number of characters of all documents together.</summary>
    public const int Characters = 2_000_000;

    private const int DocumentLength = 2_000;

    public static string[] Load()
    {
        string text = string.Join(' ', EnglishSentences.Load(null).Sentences);
        return [.. Enumerable.Range(0, Characters / DocumentLength).Select(i => text.Substring(i * DocumentLength, DocumentLength))];
    }
}
