using System.Globalization;

namespace Watermark.Extensions.AI;

/// <summary>Where a service's key is and when its epoch changes.</summary>
public sealed record WatermarkKeyOptions
{
    /// <summary>
    /// A key file, or a folder of them: then the file <c>*.wmkey</c> whose name is last in ordinal order is in use.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>
    /// The form of an epoch's name as a .NET date format, in UTC: <c>yyyy-MM</c> by default, a new key each month. Null: the
    /// owner's key without an epoch.
    /// </summary>
    public string? EpochFormat { get; init; } = "yyyy-MM";

    /// <summary>The time between two looks at the files: zero or more, by default 10 seconds. Files are looked at when a session is asked for.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gives the passphrase of a protected key, asked with the key's id at every load; null where nobody can be asked.</summary>
    public Func<string, char[]>? Passphrase { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentException">The path is empty, or the format is not one of dates.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The interval is negative.</exception>
    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Path);
        ArgumentOutOfRangeException.ThrowIfLessThan(CheckInterval, TimeSpan.Zero);
        if (EpochFormat is null)
            return;
        try
        {
            if (EpochFormat.Length > 0 && DateTimeOffset.UnixEpoch.ToString(EpochFormat, CultureInfo.InvariantCulture).Length > 0)
                return;
        }
        catch (FormatException)
        {
            // Said below.
        }

        throw new ArgumentException($"'{EpochFormat}' is not a format of dates, such as yyyy-MM; null stands for no epoch.", nameof(EpochFormat));
    }
}
