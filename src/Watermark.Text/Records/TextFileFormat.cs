using System.Text;

namespace Watermark.Text.Records;

/// <summary>A file that is one text.</summary>
internal static class TextFileFormat
{
    /// <summary>Reads the whole text as one record.</summary>
    /// <param name="content">The file, UTF-8.</param>
    /// <param name="context">Its surroundings.</param>
    /// <param name="refuse">Called with what the file is, where it turns out to be no single text.</param>
    public static IEnumerable<SourceRecord> Read(Stream content, PayloadContext context, Action<string> refuse)
    {
        byte[]? bytes = ReadWhole(content, context.MaxRecordLength, context.CancellationToken);
        if (context.Fault() is { } fault)
            context.BrokenOff(1, fault);
        else if (bytes is null)
            context.TooLong(1);
        else if (BinaryKinds.WhyNotText(bytes, complete: true) is { } binary)
            refuse(binary);
        else if (TextCheck.WhyNoDocument(bytes) is { } why)
            refuse(why);
        else
            yield return new SourceRecord(context.Place(1), SourceFormat.Text, default, Encoding.UTF8.GetString(bytes));
    }

    /// <summary>All bytes, or null where they are more than allowed.</summary>
    public static byte[]? ReadWhole(Stream stream, int limit, CancellationToken cancellationToken)
    {
        using var memory = new MemoryStream();
        byte[] block = new byte[1 << 16];
        for (int count; (count = stream.Read(block)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (memory.Length + count > limit)
                return null;
            memory.Write(block, 0, count);
        }

        return memory.ToArray();
    }
}
