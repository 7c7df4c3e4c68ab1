using System.Globalization;

namespace Watermark.Forensics.Cases.Collection;

/// <summary>
/// Finds where a chain of records is broken, and names the record. A record's number says where it belongs, its
/// <c>previous</c> what stood before it; the line that comes next tells which of several explanations is the simplest.
/// </summary>
internal sealed class ChainCheck
{
    private const int MostNamed = 1000;

    private readonly List<CustodyFault> faults = [];
    private readonly List<(long First, long Last)> missing = [];
    private readonly List<long> extras = [];
    private ChainItem? held;
    private ChainItem? before;
    private long expected;
    private long? brokenLink;

    /// <summary>The faults, in the order of their records; all of them are known after <see cref="Finish"/>.</summary>
    public IReadOnlyList<CustodyFault> Faults => faults;

    /// <summary>The faults that are not named because there are too many.</summary>
    public long Unnamed { get; private set; }

    /// <summary>The hash of the last line; <see cref="LogLine.NoHash"/> where there is none.</summary>
    public string Head { get; private set; } = LogLine.NoHash;

    /// <summary>Takes the next line.</summary>
    /// <param name="number">Its number; null where it cannot be read.</param>
    /// <param name="previous">What it says is the hash of the line before.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="unreadable">Why it cannot be read; null where it can.</param>
    public void Add(long? number, string? previous, string hash, string? unreadable = null)
    {
        var item = new ChainItem(number, previous, hash, unreadable);
        if (held is not null)
            Place(held, item);
        held = item;
        Head = hash;
    }

    /// <summary>Says that there are no more lines.</summary>
    public void Finish()
    {
        if (held is not null)
            Place(held, null);
        held = null;
        Edited(brokenLink, atEnd: true);
        foreach (long number in extras)
            Name(Fits(number) ? CustodyFaultKind.Reordered : CustodyFaultKind.Duplicated, number);
        foreach ((long first, long last) in missing)
        {
            for (long number = first; number <= last && faults.Count < MostNamed; number++)
            {
                if (!extras.Contains(number))
                    Name(CustodyFaultKind.Removed, number);
            }
        }

        faults.Sort((one, other) => one.Record.CompareTo(other.Record));
    }

    /// <summary>Whether a record that stands at a wrong place is missing from its own.</summary>
    private bool Fits(long number) => number >= expected || missing.Any(range => number >= range.First && number <= range.Last);

    private void Place(ChainItem item, ChainItem? next)
    {
        bool follows = item.Previous == (before?.Hash ?? LogLine.NoHash);
        if (item.Number is not { } number)
        {
            Report(CustodyFaultKind.Edited, expected, $"cannot be read: {item.Unreadable}");
            expected++;
        }
        else if (number == expected)
        {
            CheckLink(number, follows);
            expected++;
        }
        else if (follows)
        {
            // It stands where its 'previous' puts it, so its number was changed.
            Report(CustodyFaultKind.Edited, expected, string.Create(CultureInfo.InvariantCulture, $"has the number {number}"));
            expected++;
            item = item with { Number = null };
        }
        else if (next?.Number is { } after && after == expected + 1 && after != number + 1)
        {
            // It stands in the place of another record.
            Extra(number);
            Missing(expected, expected);
            expected++;
        }
        else if (number < expected || next?.Number == expected)
        {
            // It stands between two records that belong together.
            Extra(number);
        }
        else
        {
            Missing(expected, number - 1);
            expected = number + 1;
        }

        before = item;
    }

    /// <summary>Checks a record against the line before it, where that is the record before it.</summary>
    private void CheckLink(long number, bool follows)
    {
        bool isChecked = number == 0 ? before is null : before?.Number == number - 1;
        if (!isChecked || follows)
        {
            Edited(brokenLink, atEnd: false);
            brokenLink = null;
        }
        else if (brokenLink == number - 1)
        {
            // Neither fits: the record before this one fits neither side, so it is the one that was changed.
            Report(CustodyFaultKind.Edited, number - 1, "fits neither the record before it nor the one after it");
            brokenLink = null;
        }
        else
        {
            Edited(brokenLink, atEnd: false);
            brokenLink = number;
        }
    }

    /// <summary>Names the record behind a link that is broken alone: the one whose hash is not what its successor says.</summary>
    private void Edited(long? link, bool atEnd)
    {
        if (link is { } number)
            Report(CustodyFaultKind.Edited, Math.Max(0, number - 1), atEnd ? "does not have the hash that the last record, which comes next, says" : "does not have the hash that the next record says");
    }

    private void Extra(long number)
    {
        if (extras.Count < MostNamed)
            extras.Add(number);
        else
            Unnamed++;
    }

    private void Missing(long first, long last)
    {
        if (missing.Count < MostNamed)
            missing.Add((first, last));
        else
            Unnamed++;
    }

    private void Name(CustodyFaultKind kind, long number) => Report(kind, number, kind switch
    {
        CustodyFaultKind.Removed => "is missing",
        CustodyFaultKind.Reordered => "does not stand at its place",
        _ => "stands in the log twice",
    });

    private void Report(CustodyFaultKind kind, long number, string what)
    {
        if (faults.Count < MostNamed)
            faults.Add(new CustodyFault(kind, number, string.Create(CultureInfo.InvariantCulture, $"Record {number} {what}.")));
        else
            Unnamed++;
    }

    /// <summary>A line.</summary>
    private sealed record ChainItem(long? Number, string? Previous, string Hash, string? Unreadable);
}
