using System.Globalization;

namespace Watermark.Text.Documents;

/// <summary>The input that a <see cref="DocumentReader"/> could not read. Filled during reading.</summary>
public sealed class MalformedInput
{
    private const int Kept = 10;
    private const int JudgedFrom = 1000;

    private readonly List<string> first = [];
    private readonly List<string> incompleteFiles = [];
    private string? firstLine;

    internal MalformedInput()
    {
    }

    /// <summary>Lines (rows, text files) that could not be read, including lines at which a file broke off.</summary>
    public long Count { get; private set; }

    /// <summary>All lines (rows, text files), blank lines and headers not counted.</summary>
    public long Total { get; private set; }

    /// <summary>The first ten faults, as <c>file:line: what, expected what</c>.</summary>
    public IReadOnlyList<string> First => first;

    /// <summary>
    /// Files that broke off, such as a truncated <c>.gz</c>: the part before is used, the rest is missing. They are reported
    /// in <see cref="Count"/> and <see cref="First"/>, but do not count towards the allowed share.
    /// </summary>
    public IReadOnlyList<string> IncompleteFiles => incompleteFiles;

    internal void AddGood() => Total++;

    internal void AddBad(string file, long line, string what)
    {
        string fault = Add(file, line, what);
        firstLine ??= fault;
    }

    internal void AddIncomplete(string file, long line, string what)
    {
        incompleteFiles.Add(file);
        Add(file, line, what);
    }

    /// <summary>Throws where more lines are malformed than allowed.</summary>
    internal void Judge(double maxShare, bool atEnd)
    {
        long count = Count - incompleteFiles.Count;
        long total = Total - incompleteFiles.Count;
        if (count == 0 || (!atEnd && total < JudgedFrom))
            return;
        if (atEnd && count == total)
        {
            throw new InputFormatException(string.Create(
                CultureInfo.InvariantCulture, $"No line of {total} could be read; the first is {firstLine}."));
        }

        if (count > maxShare * total)
        {
            throw new InputFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"{count} of {total} lines could not be read, more than the allowed share of {maxShare}; the first is {firstLine}."));
        }
    }

    private string Add(string file, long line, string what)
    {
        Total++;
        Count++;
        string fault = string.Create(CultureInfo.InvariantCulture, $"{file}:{line}: {what}");
        if (first.Count < Kept)
            first.Add(fault);
        return fault;
    }
}
