using Watermark.Cli.Terminal;

namespace Watermark.Cli.Outputs;

/// <summary>
/// A file that a command will write, checked before the work begins. A regular file appears when it is complete, or not at
/// all: it is written under a temporary name beside its target, flushed to the disk and renamed. Links stay, and what they
/// lead to is written. A device or a named pipe is written through.
/// </summary>
internal sealed class OutputFile
{
    private readonly bool replaces;

    private OutputFile(string path, string target, FileKind kind, bool replaces)
    {
        Path = path;
        Target = target;
        IsStream = kind == FileKind.Stream;
        this.replaces = replaces;
    }

    /// <summary>The path as the user named it.</summary>
    public string Path { get; }

    /// <summary>The full path behind links.</summary>
    public string Target { get; }

    /// <summary>Whether it is a device or a named pipe.</summary>
    public bool IsStream { get; }

    /// <summary>Whether it is the standard output, so that nothing else may be written there.</summary>
    public bool IsStandardOutput => IsStream && StandardStreams.IsOutput(Path);

    /// <summary>Checks that a file can be written and that nothing is lost by it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="force">Whether a file that is there may be replaced.</param>
    /// <param name="inputs">What the command reads: files, folders or <c>-</c>; none of it is ever replaced.</param>
    /// <exception cref="InputFormatException">The path is empty, an input or a folder, is there already, or cannot be written.</exception>
    /// <exception cref="IOException">The path's links lead in a circle.</exception>
    public static OutputFile Check(string path, bool force, params IEnumerable<string> inputs)
    {
        if (path.Length == 0)
            throw new InputFormatException("An output has an empty name; the path of a file was expected.");
        if (StandardStreams.IsOutput(path) || StandardStreams.IsError(path))
            return new OutputFile(path, System.IO.Path.GetFullPath(path), FileKind.Stream, replaces: false);
        string target = Links.Resolve(path);
        FileKind kind = FileIdentity.Of(target).Kind;
        if (kind == FileKind.Folder || System.IO.Path.EndsInDirectorySeparator(path))
            throw new InputFormatException($"{path} is a folder; the path of a file was expected.");
        if (kind == FileKind.Stream)
            return new OutputFile(path, target, kind, replaces: false);
        if (kind == FileKind.File)
        {
            RefuseInputs(path, target, inputs);
            if (!force)
                throw new InputFormatException($"{path} exists; name another file or give --force.");
        }

        CheckFolder(path, System.IO.Path.GetDirectoryName(target)!);
        return new OutputFile(path, target, kind, replaces: force);
    }

    /// <summary>Writes the file. If the writer fails, the file is as it was before.</summary>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The file cannot be written; the message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Write(Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        WriteAsync(stream =>
        {
            write(stream);
            return Task.CompletedTask;
        }).GetAwaiter().GetResult();
    }

    /// <summary>Writes the file as <see cref="Write"/> does, asynchronously.</summary>
    /// <param name="write">Writes the content.</param>
    /// <param name="cancellationToken">Checked once more before the file appears; if it is cancelled, the file is as it was before.</param>
    /// <exception cref="IOException">The file cannot be written; the message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public async Task WriteAsync(Func<Stream, Task> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        cancellationToken.ThrowIfCancellationRequested();
        if (IsStream)
        {
            Stream through = OpenThrough();
            await using (through.ConfigureAwait(false))
                await WriteTo(through, write, cancellationToken).ConfigureAwait(false);
            return;
        }

        string temporary = Prepare();
        using IDisposable pending = PendingFiles.Track(temporary);
        Stream stream = Create(temporary);
        await using (stream.ConfigureAwait(false))
        {
            await WriteTo(stream, write, cancellationToken).ConfigureAwait(false);
            Named(() => ((OutputStream)stream).FlushToDisk());
        }

        cancellationToken.ThrowIfCancellationRequested();
        Named(() => File.Move(temporary, Target, replaces));
    }

    /// <summary>Makes the folder and removes what killed processes left there; returns the temporary file's path.</summary>
    public string Prepare()
    {
        Named(() =>
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Target)!);
            PendingFiles.DeleteStale(Target);
        });
        return PendingFiles.NameFor(Target);
    }

    private static async Task WriteTo(Stream stream, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        await write(stream).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static void RefuseInputs(string path, string target, IEnumerable<string> inputs)
    {
        foreach (string input in inputs.Where(input => input is not ("-" or "")))
        {
            if (FileIdentity.AreSame(target, input) || (FileIdentity.Of(input).Kind == FileKind.Folder && LiesIn(target, input)))
                throw new InputFormatException($"{path}: the output is an input, {input}, and would overwrite it; name another file.");
        }
    }

    private static bool LiesIn(string target, string folder)
    {
        for (string? parent = System.IO.Path.GetDirectoryName(target); parent is not null; parent = System.IO.Path.GetDirectoryName(parent))
        {
            if (FileIdentity.AreSame(parent, folder))
                return true;
        }

        return false;
    }

    /// <summary>The nearest folder that is there must be a folder, and files must be allowed in it.</summary>
    private static void CheckFolder(string path, string folder)
    {
        string? nearest = folder;
        while (nearest is not null && FileIdentity.Of(nearest).Kind == FileKind.Nothing)
            nearest = System.IO.Path.GetDirectoryName(nearest);
        if (nearest is null)
            throw new InputFormatException($"{path} cannot be written: there is no folder {folder}, and none can be made.");
        if (FileIdentity.Of(nearest).Kind != FileKind.Folder)
            throw new InputFormatException($"{path} cannot be written: {nearest} is no folder.");
        if (!FileIdentity.CanWriteInto(nearest))
            throw new InputFormatException($"{path} cannot be written: no file can be made in the folder {nearest}.");
    }

    private OutputStream Create(string temporary)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 1 << 16 };
        if (!OperatingSystem.IsWindows() && File.Exists(Target))
            options.UnixCreateMode = File.GetUnixFileMode(Target);
        return Opened(() => new FileStream(temporary, options));
    }

    private OutputStream OpenThrough()
    {
        if (StandardStreams.IsOutput(Path))
            return Opened(StandardStreams.OpenOutput);
        if (StandardStreams.IsError(Path))
            return Opened(Console.OpenStandardError);
        return Opened(() => new FileStream(Target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 1 << 16));
    }

    private OutputStream Opened(Func<Stream> open)
    {
        Stream? stream = null;
        Named(() => stream = open());
        return new OutputStream(stream!, Path);
    }

    private void Named(Action action) => OutputStream.Named(Path, action);
}
