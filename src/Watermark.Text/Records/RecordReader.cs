namespace Watermark.Text.Records;

/// <summary>Finds the files behind what a user named. Each is then opened on its own.</summary>
/// <remarks>
/// The content of a file decides how it is read, never its name. Compressions (gzip, zstd, bzip2, xz) and archives (zip, tar)
/// are undone, text may be UTF-8, UTF-16 or UTF-32. JSON is never read as text.
/// </remarks>
internal static class RecordReader
{
    /// <summary>The files behind paths, folders searched.</summary>
    /// <param name="paths">Files, folders, or <c>-</c> for standard input.</param>
    /// <param name="report">Where the files of folders that are not read are listed.</param>
    /// <param name="options">How files are opened; null for the defaults.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <exception cref="FileNotFoundException">A path is neither a file nor a folder.</exception>
    /// <exception cref="InputFormatException">A folder holds nothing that can be read, a file is named twice, or a text file looks like a prompt and its reply is not found.</exception>
    public static IReadOnlyList<SourceFile> Expand(IEnumerable<string> paths, ReadingReport report, RecordReaderOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(report);
        options ??= new RecordReaderOptions();
        var sources = new List<SourceFile>();
        foreach (string path in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (path == SourceFile.StandardInput)
                sources.Add(new SourceFile(path, path, isNamed: true, options));
            else if (Directory.Exists(path))
                sources.AddRange(FolderSearch.Find(path, report, options, cancellationToken));
            else if (new FileInfo(path) is { LinkTarget: not null } link && !RealPath.LeadsSomewhere(link))
                throw new FileNotFoundException($"{path}: the link leads nowhere, or in a circle.", path);
            else if (File.Exists(path))
                sources.Add(new SourceFile(path, Path.GetFileName(path), isNamed: true, options));
            else
                throw new FileNotFoundException($"{path}: there is no such file or folder.", path);
        }

        RefuseTwice(sources);
        return PairNamed(sources, options);
    }

    /// <summary>Text files that the user named one by one, and whose names tell prompts from replies, are paired as in a folder.</summary>
    private static List<SourceFile> PairNamed(List<SourceFile> sources, RecordReaderOptions options)
    {
        // The folder of a file tells too ("prompts/001.txt"), but not those above it.
        Dictionary<string, SourceFile> byName = [];
        foreach (SourceFile source in sources.Where(static source => source is { IsNamed: true, Length: > 0 }))
            byName.TryAdd($"{Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(source.Path)))}/{source.Name}", source);
        var texts = new List<(string Name, ContentKind Kind, string? Why)>();
        foreach (string name in byName.Keys.Where(TextPlan.HasRole))
        {
            (ContentKind kind, string? why) = byName[name].Look();
            if (kind == ContentKind.Text)
                texts.Add((name, kind, why));
        }

        foreach (PlannedFile file in TextPlan.Make("The files named", texts, named: true).Where(static file => file.Partner is not null))
        {
            SourceFile reply = byName[file.Name];
            SourceFile prompt = byName[file.Partner!];
            sources[sources.IndexOf(reply)] = new SourceFile(reply.Path, reply.Name, isNamed: true, options) { Prompt = prompt, PairId = file.PairId };
            sources.Remove(prompt);
        }

        return sources;
    }

    private static void RefuseTwice(List<SourceFile> sources)
    {
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (SourceFile source in sources.SelectMany(static source => source.Prompt is null ? [source] : new[] { source.Prompt, source }))
        {
            if (!seen.Add(source.Path == SourceFile.StandardInput ? source.Path : RealPath.Of(source.Path, folders)))
                throw new InputFormatException($"{source.Path} is named twice, and its documents would count twice.");
        }
    }
}
