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

    /// <summary>
    /// The standard output; a write throws <see cref="OutputClosedException"/> once nobody reads it, and another
    /// <see cref="IOException"/> if it was closed before the tool began.
    /// </summary>
    public static Stream OpenOutput()
    {
        if (OperatingSystem.IsWindows())
            return Console.OpenStandardOutput();
        if (IsClosed(Output))
            return new PipeOutput(null);
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
        if (inputs.Contains("-") && IsClosed(Input))
            throw new InputFormatException("Standard input ('-') is closed; a file, or data from a pipe, was expected.");
    }

    /// <summary>
    /// Whether a standard stream was closed when the tool began. The runtime opens files and pipes of its own, one of which
    /// then has the stream's number: reading it would wait for ever. They are marked to be closed in child processes
    /// (O_CLOEXEC); what a process was given by its parent never is.
    /// </summary>
    private static bool IsClosed(int number)
    {
        const string Label = "flags:";
        const int CloseOnExec = 0x80000;
        if (!OperatingSystem.IsLinux())
            return false;
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{number}");
        if (!File.Exists(path))
            return Directory.Exists("/proc/self/fdinfo");
        string? flags = File.ReadLines(path).FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal));
        return flags is not null && (Convert.ToInt32(flags[Label.Length..].Trim(), fromBase: 8) & CloseOnExec) != 0;
    }

    private static string Descriptor(int number) => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{number}");

    private static bool IsStream(string path, string name, int number) =>
        !OperatingSystem.IsWindows() && Path.GetFullPath(path) is var full
        && (full == $"/dev/{name}" || full == string.Create(CultureInfo.InvariantCulture, $"/dev/fd/{number}") || full == Descriptor(number));

    /// <summary>A pipe, a socket or a terminal; null where the output is closed.</summary>
    private sealed class PipeOutput(FileStream? inner) : Stream
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

        public override void Flush() => inner?.Flush();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (inner is null)
                throw new IOException("The standard output is closed; the result has nowhere to go.");
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
