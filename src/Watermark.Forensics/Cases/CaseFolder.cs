using System.Security.Cryptography;

namespace Watermark.Forensics.Cases;

/// <summary>The folder of a case.</summary>
public sealed class CaseFolder
{
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
    public string Sha256(string name)
    {
        using FileStream stream = File.OpenRead(PathOf(name));
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>The names of all files but the lock and the manifest, in ordinal order.</summary>
    /// <exception cref="InputFormatException">There is a link, which would bring in what is not in the folder.</exception>
    public IReadOnlyList<string> Names()
    {
        var names = new List<string>();
        foreach (FileSystemInfo entry in new DirectoryInfo(Root).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            string name = System.IO.Path.GetRelativePath(Root, entry.FullName).Replace(System.IO.Path.DirectorySeparatorChar, '/');
            if (entry.LinkTarget is not null)
                throw new InputFormatException($"{entry.FullName} is a link; a case holds files only.");
            if (entry is FileInfo && name is not (CaseFiles.Lock or CaseFiles.Manifest))
                names.Add(name);
        }

        names.Sort(StringComparer.Ordinal);
        return names;
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
