using System.Text;
using System.Text.Unicode;
using Watermark.Serving;

namespace Watermark.Native;

/// <summary>Turns an exception into a status, and keeps its message for the thread that asks next.</summary>
internal static class Failure
{
    [ThreadStatic]
    private static string? message;

    /// <summary>The message of the last failure on this thread; empty where there was none.</summary>
    public static string Message => message ?? string.Empty;

    /// <summary>Keeps the message.</summary>
    /// <param name="error">What happened.</param>
    /// <returns>The status to return across the border.</returns>
    public static int Of(Exception error)
    {
        (int status, message) = error switch
        {
            HandleException => (Status.Handle, error.Message),
            SelfCheckException => (Status.SelfCheck, error.Message),
            DecoderFallbackException => (Status.Argument, "A text is not valid UTF-8."),
            ArgumentException or OverflowException => (Status.Argument, error.Message),
            ObjectDisposedException => (Status.State, "The key was freed; free its sessions too."),
            InvalidOperationException => (Status.State, error.Message),
            IOException or UnauthorizedAccessException => (Status.File, error.Message),
            FormatException => (Status.Format, error.Message),
            _ => (Status.Internal, $"Internal error: {error.GetType().Name}."),
        };
        return status;
    }

    /// <summary>Copies a text as UTF-8 with a zero at its end, cut between characters where the buffer is too short.</summary>
    /// <param name="text">The text.</param>
    /// <param name="buffer">The caller's buffer; may be empty.</param>
    /// <returns>The length of the whole text in bytes, without the zero.</returns>
    public static int Copy(string text, Span<byte> buffer)
    {
        if (!buffer.IsEmpty)
        {
            Utf8.FromUtf16(text, buffer[..^1], out _, out int written);
            buffer[written] = 0;
        }

        return Encoding.UTF8.GetByteCount(text);
    }
}

/// <summary>A handle is not, or no longer, one of its kind.</summary>
internal sealed class HandleException(string message) : Exception(message);
