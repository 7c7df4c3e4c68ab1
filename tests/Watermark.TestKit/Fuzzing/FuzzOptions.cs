namespace Watermark.TestKit.Fuzzing;

/// <summary>How a reader is tested with damaged input.</summary>
public sealed record FuzzOptions
{
    /// <summary>The number of inputs of a run without <see cref="FuzzRun.SecondsVariable"/>.</summary>
    public int Inputs { get; init; } = 1000;

    /// <summary>The seed of all changes.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The exceptions by which the reader may refuse an input; subclasses count too.</summary>
    public IReadOnlyList<Type> Allowed { get; init; } = [typeof(InputFormatException)];

    /// <summary>
    /// Makes lengths and digests right again after a change, so that the change reaches what lies behind them. Half of the
    /// inputs go through it. It gets any bytes, and returns them unchanged where it cannot help. Null for none.
    /// </summary>
    public Func<byte[], byte[]>? Mend { get; init; }

    /// <summary>An input that takes longer is a failure: something loops.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The folder for inputs that failed.</summary>
    public string FailureFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "FuzzFailures");
}

/// <summary>What a run did.</summary>
/// <param name="Inputs">The inputs tried.</param>
/// <param name="Read">Those that were read.</param>
/// <param name="Refused">Those that were refused by an allowed exception.</param>
public readonly record struct FuzzReport(long Inputs, long Read, long Refused);

/// <summary>A reader failed on a damaged input; the message says how to repeat it.</summary>
/// <param name="message">Which input, and where it was saved.</param>
/// <param name="cause">What the reader threw; null where it did not end.</param>
public sealed class FuzzFailureException(string message, Exception? cause) : Exception(message, cause);
