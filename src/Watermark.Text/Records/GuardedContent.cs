using Watermark.Text.Records.Streams;

namespace Watermark.Text.Records;

/// <summary>
/// A stream that ends where the data breaks off and says so in <see cref="Fault"/> instead of throwing, so that the data
/// before it are used.
/// </summary>
/// <param name="inner">Where the bytes come from; disposed with this stream.</param>
internal sealed class GuardedContent(Stream inner) : ReadOnlyStream
{
    /// <summary>The fault of compressed data that stops before its end.</summary>
    public const string EndsEarly = "the compressed data ends early";

    /// <summary>Why the stream ended early, or null.</summary>
    public string? Fault { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        if (Fault is not null)
            return 0;
        try
        {
            return inner.Read(buffer);
        }
        catch (EndOfStreamException)
        {
            Fault = EndsEarly;
        }
        catch (IOException exception)
        {
            Fault = $"reading failed ({exception.Message})";
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
        {
            // Decompressors of other makers say in many ways that data are damaged, index errors among them.
            Fault = "the compressed data is corrupt or ends early";
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
