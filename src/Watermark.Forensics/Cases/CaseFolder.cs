using System.Formats.Tar;

namespace Watermark.Forensics.Cases;

/// <summary>The folder of a case.</summary>
public sealed class CaseFolder
{
    /// <summary>The code of an <see cref="IOException"/> that comes from no call of the system (COR_E_IO).</summary>
    private const int UnknownKind = unchecked((int)0x80131620);

    /// <summary>Names a folder; it need not exist.</summary>
    /// <param name="path">The path.</param>
    public CaseFolder(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Root = System.IO.Path.GetFullPath(path);
    }

    /// <summary>The full path.</summary>
    public string Root { get; }

    /// <summary>The full path of a file of the case.</summary>
    /// <param name="name">One of <see cref="CaseFiles"/>, or a path below the folder with slashes.</param>
    public string PathOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return System.IO.Path.Combine(Root, name.Replace('/', System.IO.Path.DirectorySeparatorChar));
    }

    /// <summary>Whether a file is there.</summary>
    /// <param name="name">One of <see cref="CaseFiles"/>.</param>
    public bool Has(string name) => File.Exists(PathOf(name));

    /// <summary>Reads a whole file.</summary>
    /// <param name="name">One of <see cref="CaseFiles"/>.</param>
    /// <param name="limit">The largest size in bytes.</param>
    /// <exception cref="InputFormatException">The file is missing or too large.</exception>
    public byte[] Read(string name, int limit = 256 << 20)
    {
        var file = new FileInfo(PathOf(name));
        if (!file.Exists)
            throw new InputFormatException($"{file.FullName} is missing; a case needs it here.");
        return file.Length <= limit ? File.ReadAllBytes(file.FullName) : throw new InputFormatException($"{file.FullName} has {file.Length} bytes; at most {limit} were expected.");
    }

    /// <summary>Reads a file and names it in errors about its content.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="name">One of <see cref="CaseFiles"/>.</param>
    /// <param name="read">Reads the bytes.</param>
    public T Read<T>(string name, Func<byte[], T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        byte[] bytes = Read(name);
        try
        {
            return read(bytes);
        }
        catch (InputFormatException exception)
        {
            throw new InputFormatException($"{PathOf(name)}: {exception.Message}", exception);
        }
    }

    /// <summary>SHA-256 of a file, 64 lower-case hexadecimal digits.</summary>
    /// <param name="name">One of <see cref="CaseFiles"/>.</param>
    public string Sha256(string name) => FileDigest.Of(PathOf(name));

    /// <summary>The names of all files but the lock and the manifest, in ordinal order.</summary>
    /// <exception cref="InputFormatException">There is a link, which would bring in what is not in the folder, or a pipe or device.</exception>
    public IReadOnlyList<string> Names()
    {
        var names = new List<string>();
        foreach ((string name, FileSystemInfo entry) in Entries())
        {
            if (Foreign(name, entry) is { } fault)
                throw new InputFormatException($"{Root}: {fault}");
            if (entry is FileInfo && name is not (CaseFiles.Lock or CaseFiles.Manifest))
                names.Add(name);
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>What is neither a file nor a folder: one sentence each, which begins with its name. Nothing is opened.</summary>
    public IReadOnlyList<string> Foreign() => [.. Entries().Select(item => Foreign(item.Name, item.Entry)).OfType<string>().Order(StringComparer.Ordinal)];

    /// <summary>The folders without a file in or below them, which no list of files covers, in ordinal order.</summary>
    public IReadOnlyList<string> EmptyFolders()
    {
        (string Name, FileSystemInfo Entry)[] entries = [.. Entries()];
        string[] others = [.. entries.Where(item => item.Entry is FileInfo || item.Entry.LinkTarget is not null).Select(item => item.Name)];
        return
        [
            .. entries.Where(item => item.Entry is DirectoryInfo { LinkTarget: null }).Select(item => item.Name)
                .Where(folder => !others.Any(name => name.StartsWith(folder + "/", StringComparison.Ordinal))).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>A message about a file of the case that begins with its full path, with its name in the case instead.</summary>
    /// <param name="message">The message; one that begins otherwise is returned as it is.</param>
    public string Shorten(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        string path = Root + System.IO.Path.DirectorySeparatorChar;
        return message.StartsWith(path, StringComparison.Ordinal) ? message[path.Length..] : message;
    }

    private IEnumerable<(string Name, FileSystemInfo Entry)> Entries() => Entries(new DirectoryInfo(Root));

    /// <summary>Everything in a folder and below; links are not followed.</summary>
    private IEnumerable<(string Name, FileSystemInfo Entry)> Entries(DirectoryInfo folder)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 }))
        {
            yield return (System.IO.Path.GetRelativePath(Root, entry.FullName).Replace(System.IO.Path.DirectorySeparatorChar, '/'), entry);
            if (entry is not DirectoryInfo { LinkTarget: null } below)
                continue;
            foreach ((string Name, FileSystemInfo Entry) item in Entries(below))
                yield return item;
        }
    }

    private static string? Foreign(string name, FileSystemInfo entry)
    {
        if (entry.LinkTarget is not null)
            return $"{name} is a link; a case holds files only.";
        return entry is FileInfo file && !IsRegular(file) ? $"{name} is a pipe or a device; a case holds files only." : null;
    }

    /// <summary>
    /// Whether it is a file with bytes of its own. Pipes, sockets and devices have the length 0, and opening one may wait for
    /// ever; of the framework only the writer of archives looks at the kind first.
    /// </summary>
    private static bool IsRegular(FileInfo file)
    {
        if (OperatingSystem.IsWindows() || file.Length > 0)
            return true;
        try
        {
            using var archive = new MemoryStream();
            using (var writer = new TarWriter(archive, TarEntryFormat.Ustar, leaveOpen: true))
                writer.WriteEntry(file.FullName, "file");
            archive.Position = 0;
            using var reader = new TarReader(archive);
            return reader.GetNextEntry()?.EntryType == TarEntryType.RegularFile;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // An error of the system comes from opening, and only a file is opened: another process holds it, or it may not be read.
            return exception.HResult != UnknownKind;
        }
    }

    /// <summary>Keeps other processes from changing the case until the result is disposed; makes the folder where there is none.</summary>
    /// <exception cref="InputFormatException">Another process works on the case.</exception>
    public IDisposable Lock()
    {
        Directory.CreateDirectory(Root);
        try
        {
            return new FileStream(PathOf(CaseFiles.Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new InputFormatException($"{Root}: another process works on this case; one at a time may change it.");
        }
    }

    /// <summary>A file with its digest.</summary>
    /// <param name="name">Its name.</param>
    public CaseFile Digest(string name) => new(name, Sha256(name), new FileInfo(PathOf(name)).Length);
}
