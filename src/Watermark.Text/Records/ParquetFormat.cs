using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Parquet;
using Parquet.Meta;

namespace Watermark.Text.Records;

/// <summary>Apache Parquet: a record a row, nested fields as they are. One row group at a time is in memory.</summary>
internal sealed class ParquetFormat : IDisposable
{
    /// <summary>Values in a column of a row group that are believed however few bytes hold them.</summary>
    private const long AlwaysBelieved = 1 << 20;

    /// <summary>Values that are believed for every byte; memory for them is taken before they are read.</summary>
    private const long ValuesPerByte = 1 << 10;

    private readonly ParquetReader reader;
    private readonly List<ParquetNode> fields;
    private readonly long length;

    private ParquetFormat(ParquetReader reader, List<ParquetNode> fields, long length)
    {
        this.length = length;
        this.reader = reader;
        this.fields = fields;
    }

    /// <summary>Opens a file; null where it is damaged or cut off.</summary>
    /// <param name="stream">The file, seekable; not disposed.</param>
    public static ParquetFormat? Open(Stream stream)
    {
        try
        {
            ParquetReader reader = Wait(() => ParquetReader.CreateAsync(stream, leaveStreamOpen: true));
            List<ParquetNode> fields = ParquetNode.Read(reader.Metadata!.Schema);
            bool fits = reader.Schema.DataFields.Length == fields.Sum(static field => field.Columns);
            return fits ? new ParquetFormat(reader, fields, stream.Length) : null;
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            return null;
        }
    }

    /// <summary>Reads the rows.</summary>
    public IEnumerable<SourceRecord> Read(PayloadContext context)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        long row = 0;
        for (int index = 0; index < reader.RowGroupCount; index++)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            ParquetRowGroup? group = Load(index, context.CancellationToken);
            for (long i = 0; group is not null && i < group.Rows; i++)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                buffer.ResetWrittenCount();
                writer.Reset();
                if (!Write(group, writer))
                {
                    context.BrokenOff(row + 1, "the row group is damaged");
                    yield break;
                }

                row++;
                if (buffer.WrittenCount > context.MaxRecordLength)
                {
                    context.TooLong(row);
                }
                else if (JsonFormats.Parse(buffer.WrittenMemory, row, context) is { } json)
                {
                    using (json)
                        yield return new SourceRecord(context.Place(row), SourceFormat.Parquet, json.RootElement);
                }
            }

            if (group is null)
            {
                context.BrokenOff(row + 1, string.Create(CultureInfo.InvariantCulture, $"row group {index + 1} of {reader.RowGroupCount} is damaged or missing"));
                yield break;
            }
        }
    }

    public void Dispose() => reader.DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>
    /// Waits for the library, which has only asynchronous methods, on a thread without the caller's context: a window's
    /// thread would wait for itself.
    /// </summary>
    private static T Wait<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();

    // The library says in many ways that a file is damaged, index and memory errors among them.
    private static bool IsDamage(Exception exception) => exception is not OperationCanceledException;

    private ParquetRowGroup? Load(int index, CancellationToken cancellationToken)
    {
        try
        {
            using ParquetRowGroupReader group = reader.OpenRowGroupReader(index);
            var columns = new List<ParquetColumn>();
            foreach (Parquet.Schema.DataField field in reader.Schema.DataFields)
            {
                if (group.GetMetadata(field)?.MetaData is not { } column || !IsBelievable(column, group.RowCount))
                    throw new InvalidDataException();
                columns.Add(Wait(() => ParquetColumn.ReadAsync(group, field, (int)column.NumValues, cancellationToken)));
            }

            return new ParquetRowGroup(columns, group.RowCount);
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            return null;
        }
    }

    private bool IsBelievable(ColumnMetaData column, long rows)
    {
        long values = column.NumValues;
        long bytes = column.TotalCompressedSize;
        return bytes >= 0 && bytes <= length && values >= rows && rows >= 0 && values <= AlwaysBelieved + ValuesPerByte * bytes;
    }

    private bool Write(ParquetRowGroup group, Utf8JsonWriter writer)
    {
        try
        {
            writer.WriteStartObject();
            foreach (ParquetNode field in fields)
            {
                writer.WritePropertyName(field.Name);
                WriteField(field, group, writer);
            }

            writer.WriteEndObject();
            writer.Flush();
            return true;
        }
        catch (Exception exception) when (exception is InvalidDataException or IndexOutOfRangeException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static void WriteField(ParquetNode node, ParquetRowGroup group, Utf8JsonWriter writer)
    {
        if (node.Repetition == FieldRepetitionType.REPEATED)
        {
            WriteArray(node, group, writer);
        }
        else if (node.Repetition == FieldRepetitionType.OPTIONAL && group.Definition(node) < node.Definition)
        {
            group.Skip(node);
            writer.WriteNullValue();
        }
        else
        {
            WriteContent(node, group, writer);
        }
    }

    private static void WriteArray(ParquetNode node, ParquetRowGroup group, Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        if (group.Definition(node) < node.Definition)
        {
            group.Skip(node);
        }
        else
        {
            do
            {
                if (node.IsWrapper)
                    WriteField(node.Children[0], group, writer);
                else
                    WriteContent(node, group, writer);
            }
            while (group.Repetition(node) == node.RepetitionLevel);
        }

        writer.WriteEndArray();
    }

    private static void WriteContent(ParquetNode node, ParquetRowGroup group, Utf8JsonWriter writer)
    {
        if (node.Repeated is { } repeated)
        {
            WriteArray(repeated, group, writer);
        }
        else if (node.Children.Count == 0)
        {
            group.WriteValue(node, writer);
        }
        else
        {
            writer.WriteStartObject();
            foreach (ParquetNode child in node.Children)
            {
                writer.WritePropertyName(child.Name);
                WriteField(child, group, writer);
            }

            writer.WriteEndObject();
        }
    }
}
