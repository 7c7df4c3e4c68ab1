using Watermark.Text.Records.Streams;
using ZstdSharp;

namespace Watermark.Text.Records.Streams;

/// <summary>
/// A stream that ends where the data breaks off and reports it in <see cref="Fault"/> instead of throwing, so that the data
/// before it are used.
/// </summary>
/// <param name="inner">Where the bytes come from; disposed with this stream.</param>
/// <param name="fault">A fault that is known from the start, or null.</param>
internal sealed class GuardedStream(Stream inner, string? fault) : ReadOnlyStream
{
    /// <summary>The fault of compressed data that stops before its end.</summary>
    public const string EndsEarly = "the compressed data ends early";

    /// <summary>Why the stream ended early, or null.</summary>
    public string? Fault { get; private set; } = fault;

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
        catch (Exception exception) when (exception is InvalidDataException or ZstdException)
        {
            Fault = "the compressed data is corrupt or ends early";
        }
        catch (IOException exception)
        {
            Fault = $"reading failed ({exception.Message})";
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
