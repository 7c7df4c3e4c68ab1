using System.Globalization;
using System.Text.Json;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Json;

/// <summary>
/// Compares a stored verdict with one computed again: whole numbers and texts must be equal, other numbers must agree to a
/// relative 1e-9. The time, command line and program version, and the names of inputs, may differ; such differences are
/// notes.
/// </summary>
public static class VerdictComparison
{
    private const double Tolerance = 1e-9;
    private const double NearZero = 1e-15;

    /// <summary>What two numbers of size 10, each rounded to 12 digits, may leave of their difference.</summary>
    private const double NearZeroOfDecimals = 1e-9;
    private const int MostReported = 20;

    private static readonly string[] Circumstances = ["tool", "version", "created", "commandLine"];

    /// <summary>The differences.</summary>
    /// <param name="stored">The stored file, UTF-8 JSON; sentences that were altered by hand also count as differences.</param>
    /// <param name="recomputed">The verdict computed again.</param>
    /// <returns>A sentence for each member that differs, at most 20 and how many more; empty where the verdicts are the same.</returns>
    /// <exception cref="InputFormatException">The stored file is not a verdict.</exception>
    public static IReadOnlyList<string> Differences(ReadOnlyMemory<byte> stored, Verdict recomputed) => Compare(stored, recomputed).Differences;

    /// <summary>The differences.</summary>
    /// <param name="stored">The stored verdict.</param>
    /// <param name="recomputed">The verdict computed again.</param>
    /// <returns>A sentence for each member that differs, at most 20 and how many more; empty where the verdicts are the same.</returns>
    public static IReadOnlyList<string> Differences(Verdict stored, Verdict recomputed) => Compare(Bytes(stored), recomputed).Differences;

    /// <summary>Circumstances that differ: program, version, time, command line, names of inputs.</summary>
    /// <param name="stored">The stored file, UTF-8 JSON.</param>
    /// <param name="recomputed">The verdict computed again.</param>
    /// <returns>A sentence for each, at most 20 and how many more.</returns>
    /// <exception cref="InputFormatException">The stored file is not a verdict.</exception>
    public static IReadOnlyList<string> Notes(ReadOnlyMemory<byte> stored, Verdict recomputed) => Compare(stored, recomputed).Notes;

    /// <summary>Whether two numbers agree; NaN agrees with NaN.</summary>
    internal static bool Near(double first, double second, bool areDecimals = false) =>
        double.IsNaN(first) || double.IsNaN(second)
            ? double.IsNaN(first) && double.IsNaN(second)
            : Math.Abs(first - second) <= Tolerance * Math.Max(Math.Abs(first), Math.Abs(second)) || Math.Abs(first - second) <= (areDecimals ? NearZeroOfDecimals : NearZero);

    private static (IReadOnlyList<string> Differences, IReadOnlyList<string> Notes) Compare(ReadOnlyMemory<byte> stored, Verdict recomputed)
    {
        VerdictJson.ReadForComparison(stored);
        if (stored.Span.StartsWith("\uFEFF"u8))
            stored = stored[3..];
        using JsonDocument first = JsonDocument.Parse(stored);
        bool areDecimals = first.RootElement.TryGetProperty(DecimalStrings.Member, out _);
        using JsonDocument second = JsonDocument.Parse(Bytes(recomputed, areDecimals ? NumberStyle.DecimalStrings : NumberStyle.Numbers));
        var walk = new Walk(areDecimals);
        walk.Element(string.Empty, first.RootElement, second.RootElement, isNote: false);
        return (Shorten(walk.Differences), Shorten(walk.Notes));
    }

    private static byte[] Bytes(Verdict verdict, NumberStyle style = NumberStyle.Numbers)
    {
        using var stream = new MemoryStream();
        VerdictJson.Write(verdict, stream, style);
        return stream.ToArray();
    }

    private static List<string> Shorten(List<string> sentences)
    {
        int more = sentences.Count - MostReported;
        if (more > 0)
        {
            sentences.RemoveRange(MostReported, more);
            sentences.Add(string.Create(CultureInfo.InvariantCulture, $"{more} more members differ."));
        }

        return sentences;
    }

    private sealed class Walk(bool areDecimals)
    {
        public List<string> Differences { get; } = [];

        public List<string> Notes { get; } = [];

        public void Element(string path, JsonElement stored, JsonElement recomputed, bool isNote)
        {
            if (stored.ValueKind == JsonValueKind.Object && recomputed.ValueKind == JsonValueKind.Object)
                Object(path, stored, recomputed);
            else if (stored.ValueKind == JsonValueKind.Array && recomputed.ValueKind == JsonValueKind.Array)
                Array(path, stored, recomputed);
            else if (!SameValue(stored, recomputed))
                (isNote ? Notes : Differences).Add($"{path} is {Show(stored)}, recomputed {Show(recomputed)}.");
        }

        private void Object(string path, JsonElement stored, JsonElement recomputed)
        {
            foreach (JsonProperty property in stored.EnumerateObject())
            {
                string member = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
                if (recomputed.TryGetProperty(property.Name, out JsonElement other))
                    Element(member, property.Value, other, IsCircumstance(path, property.Name));
                else
                    Differences.Add($"{member} is {Show(property.Value)}, and was not recomputed.");
            }

            foreach (JsonProperty property in recomputed.EnumerateObject())
            {
                if (!stored.TryGetProperty(property.Name, out _))
                    Differences.Add($"{(path.Length == 0 ? property.Name : $"{path}.{property.Name}")} is missing, recomputed {Show(property.Value)}.");
            }
        }

        private void Array(string path, JsonElement stored, JsonElement recomputed)
        {
            (int first, int second) = (stored.GetArrayLength(), recomputed.GetArrayLength());
            if (first != second)
                Differences.Add(string.Create(CultureInfo.InvariantCulture, $"{path} has {first} items, recomputed {second}."));
            for (int i = 0; i < Math.Min(first, second); i++)
                Element(string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), stored[i], recomputed[i], isNote: false);
        }

        /// <summary>Members of a verdict, finding or input that say how it was made and that no number depends on.</summary>
        private static bool IsCircumstance(string path, string name)
        {
            bool isVerdictOrFinding = path.Length == 0 || (path.StartsWith("findings[", StringComparison.Ordinal) && path.IndexOf(']', StringComparison.Ordinal) == path.Length - 1);
            return isVerdictOrFinding ? Circumstances.Contains(name) : name == "name" && path.Contains(".inputs[", StringComparison.Ordinal);
        }

        private bool SameValue(JsonElement stored, JsonElement recomputed)
        {
            if (areDecimals && (IsDecimal(stored) || IsDecimal(recomputed)) && NumberOf(stored) is { } first && NumberOf(recomputed) is { } second)
                return Near(first, second, areDecimals: true);
            if (stored.ValueKind != recomputed.ValueKind)
                return false;
            return stored.ValueKind switch
            {
                JsonValueKind.String => stored.ValueEquals(recomputed.GetString()),
                JsonValueKind.Number when IsWhole(stored) && IsWhole(recomputed) => stored.GetRawText() == recomputed.GetRawText(),
                JsonValueKind.Number => Near(stored.GetDouble(), recomputed.GetDouble()),
                _ => true,
            };
        }

        private static bool IsDecimal(JsonElement value) => value.ValueKind == JsonValueKind.String && DecimalStrings.IsFractional(value.GetString());

        /// <summary>The value of a number or of a decimal string; null for everything else.</summary>
        private static double? NumberOf(JsonElement value)
        {
            string? text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.ValueKind == JsonValueKind.Number ? value.GetRawText() : null;
            return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double number) ? number : null;
        }

        private static bool IsWhole(JsonElement number) => number.GetRawText().AsSpan().IndexOfAny(".eE") < 0;

        private static string Show(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            _ => value.GetRawText(),
        };
    }
}
