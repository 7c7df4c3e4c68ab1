namespace Watermark.Schemes;

/// <summary>
/// What decides a row's score. Rows of one coin are one coin toss: they have the same score under the key, so only one of
/// them counts. Distinct coins are as independent as the scheme's own generator makes them.
/// </summary>
public enum CoinRule
{
    /// <summary>The whole row: context and token. Distinct rows are distinct coins.</summary>
    Row,

    /// <summary>A seed made of context tokens, and the token. Contexts with the same seed act as one context.</summary>
    SeedOfContext,

    /// <summary>A seed made of context tokens and the scored token itself, and the token.</summary>
    SeedOfRow,
}
