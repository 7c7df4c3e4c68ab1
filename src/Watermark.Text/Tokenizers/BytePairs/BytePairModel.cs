namespace Watermark.Text.Tokenizers.BytePairs;

/// <summary>
/// A byte-pair encoding: pieces of text to tokens. Immutable and safe to share between threads; each thread rents a
/// <see cref="BytePairEncoder"/>.
/// </summary>
internal sealed class BytePairModel
{
    private readonly BytePairEncoder?[] idle = new BytePairEncoder?[Environment.ProcessorCount];

    /// <summary>Creates a model.</summary>
    /// <param name="symbols">The tokens that merging begins with.</param>
    /// <param name="merges">The merges.</param>
    /// <param name="whole">
    /// Tokens that a piece becomes at once where it is the token as a whole, in UTF-8, whatever the merges would make of it;
    /// null where there are none.
    /// </param>
    public BytePairModel(InitialSymbols symbols, MergeTable merges, TokenTable? whole = null)
    {
        Symbols = symbols;
        Merges = merges;
        Whole = whole;
    }

    /// <summary>The tokens that merging begins with.</summary>
    public InitialSymbols Symbols { get; }

    /// <summary>The merges.</summary>
    public MergeTable Merges { get; }

    /// <summary>Tokens that a whole piece becomes at once.</summary>
    public TokenTable? Whole { get; }

    /// <summary>A model whose ids are ranks, as in tiktoken: neighbours merge in the order of the id of what they make.</summary>
    /// <param name="tokens">The bytes of token <c>id</c> at index <c>id</c>, null where there is none; all 256 single bytes are among them.</param>
    public static BytePairModel FromRanks(byte[]?[] tokens)
    {
        TokenTable table = TokenTable.ById(tokens);
        int[] bytes = new int[256];
        for (int value = 0; value < 256; value++)
            bytes[value] = table.Find([(byte)value]);
        return new BytePairModel(new ByteSymbols(bytes), MergeTable.FromRanks(tokens, table), table);
    }

    /// <summary>An encoder for one thread. Dispose it to give it back.</summary>
    public BytePairEncoder Rent()
    {
        // A thread begins at a place of its own, so it mostly gets the encoder that it had before, whose memory is near.
        int first = Environment.CurrentManagedThreadId;
        for (int i = 0; i < idle.Length; i++)
        {
            if (Interlocked.Exchange(ref idle[(first + i) % idle.Length], null) is { } encoder)
                return encoder;
        }

        return new BytePairEncoder(this);
    }

    /// <summary>Takes an encoder back; those for which there is no place are left to the garbage collector.</summary>
    /// <param name="encoder">The encoder.</param>
    internal void Return(BytePairEncoder encoder)
    {
        int first = Environment.CurrentManagedThreadId;
        for (int i = 0; i < idle.Length; i++)
        {
            if (Interlocked.CompareExchange(ref idle[(first + i) % idle.Length], encoder, null) is null)
                return;
        }
    }
}
