using System.Globalization;

namespace Watermark.Text.Records;

/// <summary>Finds the files of a folder that are read, and lists the others with the reason.</summary>
internal static class FolderSearch
{
    /// <summary>The files of a folder and its subfolders, in the ordinal order of their relative names.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="report">Where what is not read is listed.</param>
    /// <param name="options">How files are opened.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <exception cref="InputFormatException">Nothing can be read.</exception>
    public static List<SourceFile> Find(string folder, ReadingReport report, RecordReaderOptions options, CancellationToken cancellationToken)
    {
        var found = new List<(string Name, ContentKind Kind, string? Why)>();
        foreach ((string name, string? why) in Search(folder, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            (ContentKind kind, string? reason) = why is null ? Look(folder, name, options) : (ContentKind.Refused, why);
            found.Add((name, kind, reason));
        }

        // By name, ordinal: the order of documents must not depend on the file system or the operating system.
        found.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        List<PlannedFile> plan = TextPlan.Make(folder, found);
        if (plan.TrueForAll(static file => file.Why is not null))
        {
            throw new InputFormatException(plan.Count == 0
                ? $"{folder}: the folder holds no files that are not hidden."
                : string.Create(CultureInfo.InvariantCulture, $"{folder}: nothing in the folder can be read ({plan.Count} files, the first: '{plan[0].Name}', {plan[0].Why}); expected JSON, JSON Lines, CSV, Parquet, Excel, text, or an archive of them."));
        }

        var sources = new List<SourceFile>();
        foreach (PlannedFile file in plan)
        {
            if (file.Why is { } why)
                report.Skip(Path.Combine(folder, file.Name), why);
            else if (!file.IsPrompt)
                sources.Add(new SourceFile(Path.Combine(folder, file.Name), file.Name, isNamed: false, options)
                {
                    Prompt = file.Partner is { } prompt ? new SourceFile(Path.Combine(folder, prompt), prompt, isNamed: false, options) : null,
                    PairId = file.PairId,
                });
        }

        return sources;
    }

    private static (ContentKind Kind, string? Why) Look(string folder, string name, RecordReaderOptions options)
    {
        try
        {
            var file = new SourceFile(Path.Combine(folder, name), name, isNamed: false, options);
            // Pipes and sockets have no length either; opening one would wait for ever.
            return file.Length == 0 ? (ContentKind.Refused, "empty, or no ordinary file") : file.Look();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (ContentKind.Refused, "a file that cannot be opened");
        }
    }

    /// <summary>The names of all files that are not hidden; those that are no files with the reason.</summary>
    private static IEnumerable<(string Name, string? Why)> Search(string root, CancellationToken cancellationToken)
    {
        // Links to files are followed (caches of data sets are made of them), links to folders are not: they may form cycles.
        var options = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false };
        var targets = new Dictionary<string, string>(StringComparer.Ordinal);
        var realFolders = new Dictionary<string, string>(StringComparer.Ordinal);
        var folders = new Stack<string>(["."]);
        while (folders.TryPop(out string? folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            FileSystemInfo[]? entries = Entries(Path.Combine(root, folder), options);
            if (entries is null)
            {
                yield return (Relative(folder), "a folder that may not be opened");
                continue;
            }

            foreach (FileSystemInfo entry in entries.OrderBy(static entry => entry.Name, StringComparer.Ordinal))
            {
                string name = Relative(Path.Combine(folder, entry.Name));
                if (ArchiveEntry.IsHidden(entry.Name) || (OperatingSystem.IsWindows() && (entry.Attributes & (FileAttributes.Hidden | FileAttributes.System)) != 0))
                    continue;
                bool link = entry.LinkTarget is not null;
                string path = Path.Combine(root, name);
                if (link && Directory.Exists(path))
                    yield return (name, "a link to a folder");
                else if (link && !RealPath.LeadsSomewhere(entry))
                    yield return (name, "a link that leads nowhere or in a circle");
                else if (entry is DirectoryInfo && !link)
                    folders.Push(name);
                else if (!targets.TryAdd(RealPath.Of(path, realFolders), name))
                    yield return (name, $"the same file as '{targets[RealPath.Of(path, realFolders)]}'");
                else
                    yield return (name, null);
            }
        }
    }

    private static string Relative(string name) => name.Replace('\\', '/') is ['.', '/', .. string rest] ? rest : name.Replace('\\', '/');

    private static FileSystemInfo[]? Entries(string folder, EnumerationOptions options)
    {
        try
        {
            return new DirectoryInfo(folder).GetFileSystemInfos("*", options);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
