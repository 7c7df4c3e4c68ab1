using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Watermark.Cli.Terminal;

/// <summary>Nobody reads the standard output any more, as after <c>watermark detect … | head -1</c>: the command ends quietly.</summary>
internal sealed class OutputClosedException(IOException cause) : IOException("The standard output was closed.", cause);

/// <summary>The standard streams, where .NET's own would hang, or go on in silence.</summary>
internal static class StandardStreams
{
    private const int Input = 0;
    private const int Output = 1;
    private const int BrokenPipe = 32;

    /// <summary>Whether a path is a name of the standard output.</summary>
    public static bool IsOutput(string path) => IsStream(path, "stdout", Output);

    /// <summary>Whether a path is a name of the error stream.</summary>
    public static bool IsError(string path) => IsStream(path, "stderr", 2);

    /// <summary>Lets what is printed fail where nobody reads it. A terminal needs no help: it ends the process itself.</summary>
    public static void GuardConsole()
    {
        if (!OperatingSystem.IsWindows() && Console.IsOutputRedirected)
            Console.SetOut(new StreamWriter(OpenOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1024) { AutoFlush = true });
    }

    /// <summary>The standard output; a write throws <see cref="OutputClosedException"/> once nobody reads it.</summary>
    /// <exception cref="IOException">It was closed before the tool began.</exception>
    public static Stream OpenOutput()
    {
        if (OperatingSystem.IsWindows())
            return Console.OpenStandardOutput();
        if (IsOwnPipe(Output, FileAccess.Read))
            return Stream.Null;
        try
        {
            // .NET's stream of the console takes no notice of a closed pipe. A file keeps it: only it writes at the place
            // that other processes share.
            var stream = new FileStream(new SafeFileHandle(Output, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return stream.CanSeek ? Console.OpenStandardOutput() : new PipeOutput(stream);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return Console.OpenStandardOutput();
        }
    }

    /// <summary>Throws where standard input is to be read and was closed before the tool began.</summary>
    /// <param name="inputs">What is read; <c>-</c> is standard input.</param>
    /// <exception cref="InputFormatException">Standard input is closed.</exception>
    public static void CheckInput(params IEnumerable<string?> inputs)
    {
        if (OperatingSystem.IsLinux() && inputs.Contains("-") && (!Path.Exists(Descriptor(Input)) || IsOwnPipe(Input, FileAccess.Write)))
            throw new InputFormatException("Standard input ('-') is closed; a file, or data from a pipe, was expected.");
    }

    /// <summary>
    /// Whether a stream is a pipe whose other end this process holds too. The runtime opens pipes of its own, and where a
    /// standard stream was closed, one of them takes its number: reading it would wait for ever.
    /// </summary>
    private static bool IsOwnPipe(int descriptor, FileAccess otherEnd)
    {
        if (!OperatingSystem.IsLinux() || LinkOf(Descriptor(descriptor)) is not { } pipe || !pipe.StartsWith("pipe:", StringComparison.Ordinal))
            return false;
        return Directory.EnumerateFiles("/proc/self/fd").Any(other => LinkOf(other) == pipe && AccessOf(other) == otherEnd);
    }

    private static string? LinkOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException)
        {
            // Closed in the meantime.
            return null;
        }
    }

    /// <summary>How a descriptor was opened; null where it was closed in the meantime.</summary>
    private static FileAccess? AccessOf(string descriptor)
    {
        const string Label = "flags:";
        try
        {
            foreach (string line in File.ReadLines($"/proc/self/fdinfo/{Path.GetFileName(descriptor)}"))
            {
                if (line.StartsWith(Label, StringComparison.Ordinal))
                    return (line[^1] - '0') % 4 == 0 ? FileAccess.Read : FileAccess.Write;
            }
        }
        catch (IOException)
        {
        }

        return null;
    }

    private static string Descriptor(int number) => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{number}");

    private static bool IsStream(string path, string name, int number) =>
        !OperatingSystem.IsWindows() && Path.GetFullPath(path) is var full
        && (full == $"/dev/{name}" || full == string.Create(CultureInfo.InvariantCulture, $"/dev/fd/{number}") || full == Descriptor(number));

    /// <summary>A pipe, a socket or a terminal.</summary>
    private sealed class PipeOutput(FileStream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                inner.Write(buffer);
            }
            catch (IOException exception) when (exception.HResult == BrokenPipe)
            {
                throw new OutputClosedException(exception);
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
