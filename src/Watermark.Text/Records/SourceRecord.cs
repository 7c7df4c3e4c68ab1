using System.Text.Json;

namespace Watermark.Text.Records;

/// <summary>How the records of a file are written.</summary>
public enum SourceFormat
{
    /// <summary>One JSON value a line.</summary>
    JsonLines,

    /// <summary>A JSON array; every element is a record.</summary>
    JsonArray,

    /// <summary>JSON values one after the other, each over several lines; or one.</summary>
    Json,

    /// <summary>Streamed chunks: lines <c>data: {…}</c> (server-sent events).</summary>
    EventStream,

    /// <summary>Delimited text with a header: commas, semicolons, tabs, …</summary>
    Delimited,

    /// <summary>Apache Parquet.</summary>
    Parquet,

    /// <summary>An Excel workbook (.xlsx).</summary>
    Excel,

    /// <summary>Plain text or Markdown: the file is one record.</summary>
    Text,
}

/// <summary>
/// One record of a file. Rows of tables are JSON objects with the columns as members, so that what follows knows one shape.
/// Valid until the next record is read.
/// </summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Format">The format it was read from.</param>
/// <param name="Value">
/// The record; undefined where <paramref name="Text"/> is set, and for the line <c>data: [DONE]</c> that ends a streamed reply.
/// </param>
/// <param name="Text">The whole text of a text file; null for all other formats.</param>
internal readonly record struct SourceRecord(RecordPlace Place, SourceFormat Format, JsonElement Value, string? Text = null);
