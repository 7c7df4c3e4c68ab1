using Watermark.Text.Tokenizers.BytePairs;
using Watermark.Text.Tokenizers.HuggingFace.AddedTokens;
using Watermark.Text.Tokenizers.HuggingFace.Decoders;
using Watermark.Text.Tokenizers.HuggingFace.Models;
using Watermark.Text.Tokenizers.HuggingFace.Normalizers;
using Watermark.Text.Tokenizers.HuggingFace.PreTokenizers;

namespace Watermark.Text.Tokenizers.HuggingFace;

/// <summary>The parts that a <c>tokenizer.json</c> describes.</summary>
internal sealed record HuggingFaceParts
{
    /// <summary>The tokens of the model.</summary>
    public required Vocabulary Vocabulary { get; init; }

    /// <summary>The tokens beside those of the model, or special ones among them.</summary>
    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    /// <summary>Whether added tokens are found in the text; otherwise their written form is text like any other.</summary>
    public bool FindsAddedTokens { get; init; } = true;

    /// <summary>What changes the text; null for nothing.</summary>
    public required Normalizer? Normalizer { get; init; }

    /// <summary>What cuts the text, step by step; empty for nothing.</summary>
    public required IReadOnlyList<PreTokenizer> PreTokenizers { get; init; }

    /// <summary>What makes tokens of the pieces.</summary>
    public required TokenModel Model { get; init; }

    /// <summary>The way back, step by step; null to join tokens with spaces.</summary>
    public required IReadOnlyList<TokenDecoder>? Decoders { get; init; }
}

/// <summary>
/// Text to ids as Hugging Face's library tokenizers does it: added tokens are found in the text as it is, what is left is
/// normalized, other added tokens are found there, what is left is cut into pieces, and the model makes tokens of them.
/// </summary>
internal sealed class HuggingFaceCodec : TokenCodec
{
    private const int KeptLength = 1 << 16;

    [ThreadStatic]
    private static Work? scratch;

    private readonly HuggingFaceParts parts;
    private readonly AddedTokenFinder raw;
    private readonly AddedTokenFinder normalized;
    private readonly Dictionary<int, AddedToken> added;

    /// <summary>Creates the codec.</summary>
    /// <param name="parts">What the file describes.</param>
    /// <param name="name">The file, for messages.</param>
    /// <exception cref="InputFormatException">The normalizer leaves nothing of an added token.</exception>
    public HuggingFaceCodec(HuggingFaceParts parts, string name)
    {
        this.parts = parts;
        added = parts.AddedTokens.ToDictionary(token => token.Id);
        // Special ones first: of two that read the same after normalizing, the first is found.
        AddedToken[] ordered = [.. parts.AddedTokens.Where(_ => parts.FindsAddedTokens).OrderBy(token => !token.IsSpecial)];
        raw = new AddedTokenFinder([.. ordered.Where(token => !token.IsNormalized).Select(token => (token, token.Content))]);
        (AddedToken Token, string Text)[] changed = [.. ordered.Where(token => token.IsNormalized).Select(token => (token, Normalized(token.Content)))];
        if (changed.FirstOrDefault(item => item.Text.Length == 0).Token is { } empty)
            throw new InputFormatException($"{name}: added_tokens: the normalizer leaves nothing of '{empty.Content}', which would then be found everywhere.");
        normalized = new AddedTokenFinder(changed);
        int greatest = parts.Vocabulary.Tokens.Keys.Concat(parts.AddedTokens.Where(token => !token.IsSpecial).Select(token => token.Id)).DefaultIfEmpty(-1).Max();
        VocabularySize = greatest + 1;
    }

    public override int VocabularySize { get; }

    public override void Encode(ReadOnlySpan<char> text, IntBuffer ids)
    {
        Work work = scratch ?? new Work();
        scratch = null;
        ReadOnlyMemory<char> copy = work.Copy(text);
        if (raw.IsEmpty)
        {
            EncodePart(copy, 0, work, ids);
        }
        else
        {
            work.Raw.Clear();
            raw.Find(text, work.Raw);
            foreach (TokenPart part in work.Raw)
            {
                if (part.Id >= 0)
                    ids.Add(part.Id);
                else
                    EncodePart(copy[part.Start..part.End], part.Start, work, ids);
            }
        }

        // One very long text must not hold memory for ever.
        if (text.Length <= KeptLength)
            scratch = work;
    }

    public override string Decode(ReadOnlySpan<int> ids)
    {
        var texts = new List<string>(ids.Length);
        foreach (int id in ids)
        {
            if (added.TryGetValue(id, out AddedToken? token))
            {
                if (!token.IsSpecial)
                    texts.Add(token.Content);
            }
            else if (parts.Vocabulary.Tokens.TryGetValue(id, out string? text))
            {
                texts.Add(text);
            }
        }

        if (parts.Decoders is null)
            return string.Join(' ', texts);
        foreach (TokenDecoder decoder in parts.Decoders)
            decoder(texts);
        return string.Concat(texts);
    }

    private string Normalized(string text) => parts.Normalizer?.Apply(new NormalizedText(text, 0)).Text ?? text;

    /// <summary>Encodes a part of the text in which there are no tokens that are found in the text as it is.</summary>
    private void EncodePart(ReadOnlyMemory<char> text, int offset, Work work, IntBuffer ids)
    {
        int lead = 0;
        if (offset == 0 && !text.IsEmpty)
            lead = char.IsHighSurrogate(text.Span[0]) ? 2 : 1;
        if (parts.Normalizer is { } normalizer)
        {
            NormalizedText changed = normalizer.Apply(new NormalizedText(text.ToString(), lead));
            text = changed.Text.AsMemory();
            lead = changed.Lead;
        }

        if (normalized.IsEmpty)
        {
            EncodePieces(text, lead, work, ids);
            return;
        }

        work.Normalized.Clear();
        normalized.Find(text.Span, work.Normalized);
        foreach (TokenPart part in work.Normalized)
        {
            if (part.Id >= 0)
                ids.Add(part.Id);
            else
                EncodePieces(text[part.Start..part.End], Math.Clamp(lead - part.Start, 0, part.End - part.Start), work, ids);
        }
    }

    private void EncodePieces(ReadOnlyMemory<char> text, int lead, Work work, IntBuffer ids)
    {
        work.Pieces.Set(text, lead);
        foreach (PreTokenizer step in parts.PreTokenizers)
            step.Apply(work.Pieces);
        parts.Model.Encode(work.Pieces, ids);
    }

    /// <summary>The work space of one thread.</summary>
    private sealed class Work
    {
        private char[] text = [];

        public List<TokenPart> Raw { get; } = [];

        public List<TokenPart> Normalized { get; } = [];

        public PieceText Pieces { get; } = new();

        public ReadOnlyMemory<char> Copy(ReadOnlySpan<char> from)
        {
            if (text.Length < from.Length)
                text = new char[Math.Max(from.Length, 2 * text.Length)];
            from.CopyTo(text);
            return text.AsMemory(0, from.Length);
        }
    }
}
