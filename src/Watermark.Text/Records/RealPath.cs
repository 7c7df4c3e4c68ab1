namespace Watermark.Text.Records;

/// <summary>Where a path leads when all links on it are followed.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <summary>The real path of a file that exists.</summary>
    /// <param name="path">The file.</param>
    /// <param name="folders">The real paths of folders seen so far, which are added to.</param>
    public static string Of(string path, Dictionary<string, string> folders)
    {
        string full = Path.GetFullPath(path);
        for (int links = 0; links < MostLinks; links++)
        {
            string folder = OfFolder(Path.GetDirectoryName(full), folders, MostLinks);
            full = Path.Combine(folder, Path.GetFileName(full));
            if (new FileInfo(full).LinkTarget is not { } target)
                break;
            full = Path.GetFullPath(target, folder);
        }

        return full;
    }

    /// <summary>Whether a link leads to a file or folder that exists.</summary>
    /// <param name="link">The link itself; .NET says of every link that it exists.</param>
    public static bool LeadsSomewhere(FileSystemInfo link)
    {
        try
        {
            return link.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true };
        }
        catch (IOException)
        {
            return false; // In a circle.
        }
    }

    private static string OfFolder(string? folder, Dictionary<string, string> known, int links)
    {
        if (folder is null || Path.GetDirectoryName(folder) is not { } parent || links == 0)
            return folder ?? "";
        if (known.TryGetValue(folder, out string? real))
            return real;
        string realParent = OfFolder(parent, known, links);
        real = Path.Combine(realParent, Path.GetFileName(folder));
        if (new DirectoryInfo(real).LinkTarget is { } target)
            real = OfFolder(Path.GetFullPath(target, realParent), known, links - 1);
        known[folder] = real;
        return real;
    }
}
