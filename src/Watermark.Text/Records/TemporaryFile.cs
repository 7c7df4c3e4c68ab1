namespace Watermark.Text.Records;

/// <summary>A file that holds what must be read out of order, such as a workbook within an archive. It is gone when disposed.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly SeekableStream stream;

    private TemporaryFile(FileStream stream) => this.stream = new SeekableStream(stream, null);

    /// <summary>Copies a stream to its end.</summary>
    /// <param name="source">Where the bytes come from; not disposed.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <exception cref="IOException">There is no room.</exception>
    public static TemporaryFile Copy(Stream source, CancellationToken cancellationToken)
    {
        // On Unix the name is removed at once: whatever ends the process, nothing is left. Only its owner may read it.
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        string path = Path.Combine(Path.GetTempPath(), $"watermark-{Path.GetRandomFileName()}");
        var stream = new FileStream(path, options);
        try
        {
            if (!OperatingSystem.IsWindows())
                File.Delete(path);
            byte[] block = new byte[1 << 16];
            for (int count; (count = source.Read(block)) > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                stream.Write(block, 0, count);
            }

            stream.Flush();
            return new TemporaryFile(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>The bytes from their beginning; only one reader at a time, and not to be disposed.</summary>
    public Stream Rewind()
    {
        stream.Position = 0;
        return stream;
    }

    public void Dispose() => stream.Dispose();
}
