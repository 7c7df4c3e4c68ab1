using System.Globalization;

namespace Watermark.Text.Records;

/// <summary>Where a record stands.</summary>
/// <param name="File">
/// The file as the user named it or as it was found in a folder; an entry of an archive follows after <c>!/</c>
/// (<c>replies.zip!/a.jsonl</c>). <c>-</c> is standard input.
/// </param>
/// <param name="Name">The file without its folder, or relative to the folder that the user named: the beginning of ids.</param>
/// <param name="Number">The line it begins at, or the row or element of a format without lines, from 1.</param>
public sealed record RecordPlace(string File, string Name, long Number)
{
    /// <summary>The place as messages name it: <c>file:17</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Number}");

    /// <summary>The id of a record that has none of its own: <c>name:17</c>.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Name}:{Number}");
}
