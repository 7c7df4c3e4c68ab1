using System.Runtime.InteropServices;

namespace Watermark.SampleText;

/// <summary>Finds the English reference documentation that every .NET SDK carries beside its reference assemblies.</summary>
internal static class ReferenceDocumentation
{
    private const string Pack = "packs/Microsoft.NETCore.App.Ref";
    private const string Folder = "ref/net10.0";

    /// <summary>
    /// The documentation folder of the newest reference pack on this machine. Looked for under <c>DOTNET_ROOT</c>, the
    /// running runtime, the <c>dotnet</c> on the path, and the usual places of an installation.
    /// </summary>
    /// <exception cref="InputFormatException">There is none.</exception>
    public static string Find() => Find(InstallationRoots());

    /// <summary>The documentation folder of the newest reference pack under one of several .NET installations.</summary>
    /// <param name="roots">Folders that may be installations of .NET; a tie in version goes to the first.</param>
    /// <exception cref="InputFormatException">There is none.</exception>
    public static string Find(IEnumerable<string> roots)
    {
        string? newest = null;
        (Version Version, bool Released) newestVersion = default;
        foreach (string root in roots.Distinct(StringComparer.Ordinal))
        {
            string packs = Path.Combine(root, Pack);
            if (!Directory.Exists(packs))
                continue;
            foreach (string pack in Directory.GetDirectories(packs).Order(StringComparer.Ordinal))
            {
                string folder = Path.Combine(pack, Folder);
                if (ReadVersion(Path.GetFileName(pack)) is not { } version || !HasDocumentation(folder))
                    continue;
                if (newest is not null && version.CompareTo(newestVersion) <= 0)
                    continue;
                (newest, newestVersion) = (folder, version);
            }
        }

        return newest ?? throw new InputFormatException(
            $"No reference documentation of the .NET SDK was found ({Pack}/*/{Folder}/*.xml under DOTNET_ROOT, the running runtime, "
            + "the dotnet on the path and the usual places); install the .NET 10 SDK or give a folder of English .txt files with --text DIR.");
    }

    private static bool HasDocumentation(string folder) =>
        Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.xml").Any();

    /// <summary>A pack's version; a release is newer than its own previews, whose suffixes are not compared.</summary>
    private static (Version Version, bool Released)? ReadVersion(string name)
    {
        int suffix = name.IndexOf('-', StringComparison.Ordinal);
        return Version.TryParse(suffix < 0 ? name : name[..suffix], out Version? version) ? (version, suffix < 0) : null;
    }

    private static IEnumerable<string> InstallationRoots()
    {
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root)
            yield return root;

        // <root>/shared/Microsoft.NETCore.App/<version>/
        yield return Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

        if (HostOnPath() is { } host)
            yield return host;

        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string programs = Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles);
        string[] usual = OperatingSystem.IsWindows()
            ? [Path.Combine(programs, "dotnet"), Path.Combine(home, ".dotnet")]
            : ["/usr/share/dotnet", "/usr/lib/dotnet", "/usr/lib64/dotnet", "/usr/local/share/dotnet", "/usr/local/share/dotnet/x64", "/opt/dotnet", Path.Combine(home, ".dotnet")];
        foreach (string place in usual)
            yield return place;
    }

    /// <summary>The folder of the first <c>dotnet</c> on the path, through all symbolic links; null where there is none.</summary>
    private static string? HostOnPath()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string path = Environment.GetEnvironmentVariable("PATH") ?? "";
        foreach (string folder in path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            string host = Path.Combine(folder, name);
            if (!File.Exists(host))
                continue;
            string target = File.ResolveLinkTarget(host, returnFinalTarget: true)?.FullName ?? host;
            return Path.GetDirectoryName(Path.GetFullPath(target));
        }

        return null;
    }
}
