using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Watermark.Forensics.Json;
using Watermark.Statistics;

namespace Watermark.Forensics.Fingerprints.ReferenceRanks;

/// <summary>A model with the value of a statistic.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The value; larger means more like the teacher.</param>
/// <param name="Teacher">The sibling of the teacher that it learned from; null for a suspect, and for a reference that learned from neither.</param>
public sealed record ReferenceValue(string Name, double Value, string? Teacher = null);

/// <summary>
/// The values of one statistic for suspects and for reference students, as JSON Lines: one line for the teacher, then one a model.
/// </summary>
/// <remarks>
/// <c>{"role":"teacher","name":"T","siblings":["T-mini"]}</c>, <c>{"role":"suspect","name":"x","value":0.8}</c>,
/// <c>{"role":"reference","name":"r1","teacher":"T-mini","value":0.3}</c>. In place of <c>value</c> a line can have <c>shifts</c>, an
/// array with one number a problem, whose sign a coin decided; the value is then −ln p of the sign-flip test on thousandths.
/// </remarks>
public sealed record ReferenceValues
{
    private const int Thousandths = 1_000;
    private const int LargestShift = 1_000_000;
    private const int MostModels = 1_000_000;

    /// <summary>The teacher: the owner's model.</summary>
    public required string Teacher { get; init; }

    /// <summary>The teacher's siblings: other models of the owner that a student may have learned from instead.</summary>
    public required IReadOnlyList<string> Siblings { get; init; }

    /// <summary>The suspects.</summary>
    public required IReadOnlyList<ReferenceValue> Suspects { get; init; }

    /// <summary>The reference students, none of which learned from the teacher.</summary>
    public required IReadOnlyList<ReferenceValue> References { get; init; }

    /// <summary>SHA-256 of the file, 64 lower-case hexadecimal digits; empty where there is none.</summary>
    public string Sha256 { get; init; } = string.Empty;

    /// <summary>Reads a file.</summary>
    /// <param name="bytes">UTF-8 JSON Lines.</param>
    /// <exception cref="InputFormatException">A line is not valid; the message says which, and what was expected.</exception>
    public static ReferenceValues Read(ReadOnlyMemory<byte> bytes)
    {
        string? teacher = null;
        IReadOnlyList<string> siblings = [];
        var suspects = new List<ReferenceValue>();
        var references = new List<ReferenceValue>();
        int number = 0;
        foreach (ReadOnlyMemory<byte> line in Lines(bytes))
        {
            number++;
            if (line.Span.Trim(" \t\r"u8).IsEmpty)
                continue;
            try
            {
                JsonFields.Parse(line, "The line", fields =>
                {
                    string role = fields.Choice("role", ("teacher", "teacher"), ("suspect", "suspect"), ("reference", "reference"));
                    string name = fields.Text("name");
                    if (role == "teacher")
                    {
                        teacher = teacher is null ? name : throw new InputFormatException("A second teacher stands here; one was expected.");
                        siblings = fields.Texts("siblings");
                    }
                    else
                    {
                        double value = fields.Has("shifts") ? ShiftValue(fields.Numbers("shifts")) : fields.FiniteNumber("value");
                        if (role == "suspect")
                            suspects.Add(new ReferenceValue(name, value));
                        else
                            references.Add(new ReferenceValue(name, value, fields.Has("teacher") ? fields.OptionalText("teacher") : null));
                    }

                    fields.Done();
                    return true;
                });
            }
            catch (InputFormatException exception)
            {
                throw new InputFormatException($"Line {number}: {exception.Message}", exception);
            }
        }

        var values = new ReferenceValues
        {
            Teacher = teacher ?? throw new InputFormatException("No line names the teacher; one with the role 'teacher', its name and its siblings was expected."),
            Siblings = siblings,
            Suspects = suspects,
            References = references,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes.Span)),
        };
        return values.Fault() is { } fault ? throw new InputFormatException(fault) : values;
    }

    /// <summary>The value of a prefill experiment: −ln p of the sign-flip test.</summary>
    /// <param name="shifts">
    /// For each problem, how much nearer the suspect's answer came to the teacher's after a prefix of the teacher than after one of a decoy,
    /// with the sign that the coin decided; compared in thousandths, each at most 1,000 in size.
    /// </param>
    /// <exception cref="InputFormatException">A shift is too large, or there is none.</exception>
    public static double ShiftValue(IReadOnlyList<double> shifts)
    {
        ArgumentNullException.ThrowIfNull(shifts);
        if (shifts.Count == 0)
            throw new InputFormatException("There are no shifts; at least one problem was expected.");
        int[] differences = new int[shifts.Count];
        for (int i = 0; i < differences.Length; i++)
        {
            double scaled = Math.Round(shifts[i] * Thousandths, MidpointRounding.AwayFromZero);
            differences[i] = Math.Abs(scaled) <= LargestShift ? (int)scaled : throw new InputFormatException("A shift is larger than 1,000 in size; smaller ones were expected.");
        }

        return 0 - SignFlipTest.LogP(differences, out _);
    }

    /// <summary>A sentence on what is wrong with the values, or null.</summary>
    public string? Fault()
    {
        if (Suspects.Count + References.Count > MostModels)
            return $"There are {Suspects.Count + References.Count} models; at most {MostModels} were expected.";
        if (Suspects.Count == 0)
            return "No line has the role 'suspect'; at least one was expected.";
        if (ComparedModels.NamesFault([Teacher, .. Siblings, .. Suspects.Select(value => value.Name), .. References.Select(value => value.Name)]) is { } fault)
            return fault;
        if (Suspects.Concat(References).FirstOrDefault(value => !double.IsFinite(value.Value)) is { } infinite)
            return $"The value of {infinite.Name} is not a finite number; one was expected.";
        if (References.FirstOrDefault(value => value.Teacher == Teacher) is { } student)
            return $"The reference {student.Name} learned from {Teacher}; references are students of other models.";
        if (References.FirstOrDefault(value => value.Teacher is { } teacher && !Siblings.Contains(teacher, StringComparer.Ordinal)) is { } other)
            return $"The reference {other.Name} has the teacher '{other.Teacher}', which is no sibling of {Teacher}; a sibling, or none, was expected.";
        return Siblings.FirstOrDefault(sibling => !References.Any(value => value.Teacher == sibling)) is { } missing
            ? $"No reference is a student of {missing}, a sibling of {Teacher}: a student of a sibling resembles the teacher too, so each sibling needs one among the references."
            : null;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Span.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[3..];
        while (!bytes.IsEmpty)
        {
            int end = bytes.Span.IndexOf((byte)'\n');
            yield return end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? default : bytes[(end + 1)..];
        }
    }
}
