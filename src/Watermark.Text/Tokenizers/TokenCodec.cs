namespace Watermark.Text.Tokenizers;

/// <summary>The base of every kind of tokenizer. Safe to use from several threads.</summary>
internal abstract class TokenCodec
{
    /// <summary>One more than the greatest ordinary id.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>Text of whole characters to ids.</summary>
    /// <param name="text">The text, not empty and without half surrogate pairs.</param>
    /// <param name="ids">Where the ids are added.</param>
    public abstract void Encode(ReadOnlySpan<char> text, IntBuffer ids);

    /// <summary>Ids to text; special ids have none.</summary>
    /// <param name="ids">Ids of the vocabulary, or special ones.</param>
    public abstract string Decode(ReadOnlySpan<int> ids);
}
