using System.Text.Json;
using Watermark.Cli.Fingerprints;

namespace Watermark.Cli.Commands;

/// <summary>
/// Reads distributions of the next token: JSON Lines, an object a position with <c>logprobs</c>, an array of natural-log
/// probabilities of different tokens in any order, all of them or the likeliest.
/// </summary>
internal static class TuneRows
{
    /// <summary>All rows of files, as probabilities.</summary>
    /// <param name="paths">The files.</param>
    /// <exception cref="InputFormatException">A line is not such an object; the message names file and line.</exception>
    public static IReadOnlyList<double[]> Read(IEnumerable<string> paths) => [.. paths.SelectMany(path => LineFile.Objects(path, Row))];

    /// <summary>One line.</summary>
    /// <param name="line">UTF-8 JSON.</param>
    public static double[] Row(ReadOnlyMemory<byte> line)
    {
        using JsonDocument document = StrictJson.Parse(line, "The row");
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("logprobs", out JsonElement array) || array.ValueKind != JsonValueKind.Array)
            throw new InputFormatException("An object with the array \"logprobs\" was expected.");
        var row = new double[array.GetArrayLength()];
        int count = 0;
        double sum = 0;
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetDouble(out double log) || !(log <= 1e-3))
                throw new InputFormatException($"Item {count + 1} of \"logprobs\" is not a natural-log probability: a number of at most 0 was expected.");
            sum += row[count++] = Math.Min(1, Math.Exp(log));
        }

        if (!(sum > 0 && sum <= 1 + 1e-3))
            throw new InputFormatException(FormattableString.Invariant($"The probabilities sum to {sum:G4}; above 0 and at most 1 was expected. Give natural-log probabilities of different tokens."));
        return row;
    }
}
