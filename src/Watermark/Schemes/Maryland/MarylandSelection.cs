using Watermark.NGrams;

namespace Watermark.Schemes.Maryland;

/// <summary>What three_bricks and radioactive-watermark score: distinct n-grams of a document from position h + 1 on.</summary>
internal static class MarylandSelection
{
    /// <summary>The selection for a context width.</summary>
    /// <param name="width">h.</param>
    public static NGramSelection ForWidth(int width) => new()
    {
        Scope = DistinctScope.Document,
        ExcludePromptContexts = false,
        FirstPosition = width + 1,
    };
}
