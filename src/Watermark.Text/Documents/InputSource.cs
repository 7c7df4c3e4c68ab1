using System.IO.Enumeration;

namespace Watermark.Text.Documents;

/// <summary>How a file's bytes become documents.</summary>
internal enum InputFormat
{
    Text,
    JsonLines,
    Csv,

    /// <summary>Detected from the first characters: <c>{</c> means JSON Lines, anything else text.</summary>
    Sniff,
}

/// <summary>How a file's bytes are compressed.</summary>
internal enum InputCompression
{
    None,
    Gzip,
    Zstandard,

    /// <summary>Detected from the first bytes.</summary>
    Sniff,
}

/// <summary>One file to read.</summary>
/// <param name="Path">The file as the user named it or as it was found; <c>-</c> is standard input.</param>
/// <param name="Name">The beginning of the ids of documents that have none of their own.</param>
/// <param name="Format">How it is read.</param>
/// <param name="Compression">How it is compressed.</param>
internal sealed record InputSource(string Path, string Name, InputFormat Format, InputCompression Compression)
{
    public const string StandardInput = "-";

    private const string Known = ".txt, .md, .jsonl, .ndjson, .csv, each also with .gz or .zst";

    /// <summary>The files behind what a user named; folders are searched, and every file is checked to exist.</summary>
    /// <param name="paths">Files, folders, or <c>-</c>.</param>
    /// <exception cref="FileNotFoundException">A path is neither a file nor a folder.</exception>
    /// <exception cref="InputFormatException">A folder has no document, or a file is named twice.</exception>
    public static List<InputSource> Expand(IEnumerable<string> paths)
    {
        var sources = new List<InputSource>();
        foreach (string path in paths)
        {
            if (path == StandardInput)
                sources.Add(new InputSource(path, path, InputFormat.Sniff, InputCompression.Sniff));
            else if (Directory.Exists(path))
                sources.AddRange(InFolder(path));
            else if (File.Exists(path))
                sources.Add(ForFile(path, System.IO.Path.GetFileName(path)));
            else
                throw new FileNotFoundException($"{path}: there is no such file or folder.", path);
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (InputSource source in sources)
        {
            if (!seen.Add(source.Path == StandardInput ? source.Path : System.IO.Path.GetFullPath(source.Path)))
                throw new InputFormatException($"{source.Path} is named twice, and its documents would count twice.");
        }

        return sources;
    }

    private static List<InputSource> InFolder(string folder)
    {
        // Links to files are followed (caches of data sets are made of them), links to folders are not: they may form
        // cycles.
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };
        var files = new FileSystemEnumerable<string>(folder, static (ref FileSystemEntry entry) => entry.ToFullPath(), options)
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory,
            ShouldRecursePredicate = static (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };
        string root = System.IO.Path.GetFullPath(folder);
        var found = new List<InputSource>();
        foreach (string file in files)
        {
            string relative = System.IO.Path.GetRelativePath(root, file);
            if (FormatOf(WithoutCompression(relative, out InputCompression compression)) is { } format)
                found.Add(new InputSource(System.IO.Path.Combine(folder, relative), relative.Replace('\\', '/'), format, compression));
        }

        if (found.Count == 0)
            throw new InputFormatException($"{folder}: the folder holds no documents; known are {Known}.");
        // By name, ordinal: the order of documents must not depend on the file system or the operating system.
        found.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        return found;
    }

    private static InputSource ForFile(string path, string name)
    {
        string bare = WithoutCompression(path, out InputCompression compression);
        InputFormat format = FormatOf(bare) ?? (HasExtension(bare, ".json") ? InputFormat.Sniff : InputFormat.Text);
        return new InputSource(path, name, format, compression);
    }

    private static string WithoutCompression(string path, out InputCompression compression)
    {
        compression = HasExtension(path, ".gz") ? InputCompression.Gzip
            : HasExtension(path, ".zst") ? InputCompression.Zstandard
            : InputCompression.None;
        return compression == InputCompression.None ? path : path[..path.LastIndexOf('.')];
    }

    private static InputFormat? FormatOf(string path)
    {
        if (HasExtension(path, ".txt") || HasExtension(path, ".md"))
            return InputFormat.Text;
        if (HasExtension(path, ".jsonl") || HasExtension(path, ".ndjson"))
            return InputFormat.JsonLines;
        return HasExtension(path, ".csv") ? InputFormat.Csv : null;
    }

    private static bool HasExtension(string path, string extension) => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
