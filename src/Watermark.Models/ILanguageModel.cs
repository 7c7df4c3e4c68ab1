namespace Watermark.Models;

/// <summary>
/// A language model for this library: it gives the log-probabilities of the next token after every token of a text. An
/// engine in this process may compute them, or any other source.
/// </summary>
/// <remarks>
/// Floating point: values may differ in the last places between machines, batch sizes and engines. Nothing that depends on a
/// key uses them. Not safe for concurrent use unless the implementation says so.
/// </remarks>
public interface ILanguageModel
{
    /// <summary>The number of token ids; as many log-probabilities follow every token.</summary>
    int VocabularySize { get; }

    /// <summary>The longest sequence that the model allows, in tokens.</summary>
    int MaximumPositions { get; }

    /// <summary>Evaluates a batch of sequences.</summary>
    /// <param name="sequences">Token ids; each sequence 1 to <see cref="MaximumPositions"/> long, their lengths may differ.</param>
    /// <returns>
    /// The log-probabilities after every token of every sequence; dispose the result. Memory: 4 bytes for each entry of the
    /// vocabulary at each position of the batch, as if every sequence were as long as the longest; a model of 128,000 tokens
    /// needs 1 GB for 8 sequences of 256.
    /// </returns>
    /// <exception cref="ArgumentException">A sequence is empty or longer than the model allows.</exception>
    ILogProbabilities Evaluate(IReadOnlyList<ReadOnlyMemory<int>> sequences);
}

/// <summary>
/// The log-probabilities a model gave for a batch. They are read position by position, so that two models can be read side
/// by side and unneeded positions take no time. Not safe for concurrent use.
/// </summary>
public interface ILogProbabilities : IDisposable
{
    /// <summary>The natural logarithms of the probabilities of all tokens of the vocabulary at one position.</summary>
    /// <param name="sequence">The sequence, in the order of the batch.</param>
    /// <param name="position">The position of the token before the predicted one, from 0.</param>
    /// <returns>
    /// One value for each token id; −∞ where the source gives none. Valid until the next call or until this is disposed.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence or position.</exception>
    ReadOnlySpan<float> After(int sequence, int position);
}
