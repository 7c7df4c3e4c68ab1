using System.Reflection;
using System.Xml.Linq;
using ArchUnitNET.Loader;
using Assembly = System.Reflection.Assembly;

namespace Watermark.Architecture.Tests;

/// <summary>The tree of sources, and the libraries as they were built.</summary>
internal static class Tree
{
    private static readonly Lazy<ArchUnitNET.Domain.Architecture> Loaded = new(Load);

    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The projects of <c>src</c> by name.</summary>
    public static IReadOnlyList<string> Libraries { get; } =
        [.. Directory.GetDirectories(Path.Combine(Root, "src")).Select(folder => Path.GetFileName(folder)).Where(name => File.Exists(ProjectFile(name))).Order(StringComparer.Ordinal)];

    /// <summary>All types of <c>src</c> with what they use.</summary>
    public static ArchUnitNET.Domain.Architecture Types => Loaded.Value;

    /// <summary>The project file of a library of <c>src</c>.</summary>
    public static string ProjectFile(string library) => Path.Combine(Root, "src", library, library + ".csproj");

    /// <summary>The project files under a folder of the root.</summary>
    public static IEnumerable<string> Projects(string folder) => Files(folder, "*.csproj");

    /// <summary>The names of the projects that a project refers to, and their files.</summary>
    public static IEnumerable<(string Name, string File)> References(string project) =>
        from reference in XDocument.Load(project).Descendants("ProjectReference")
        let include = (string?)reference.Attribute("Include")
        where include is not null && !include.Contains('*', StringComparison.Ordinal)
        let file = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, include.Replace('\\', '/')))
        select (Path.GetFileNameWithoutExtension(file), file);

    /// <summary>The files under a folder of the root, without what a build made.</summary>
    public static IEnumerable<string> Files(string folder, string pattern) =>
        from file in Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
        let parts = Name(file).Split('/')
        where !parts.Any(part => part is "bin" or "obj" or "out" or ".git" or "TestResults" or "BenchmarkDotNet.Artifacts")
        select file;

    /// <summary>A file's path from the root, with slashes.</summary>
    public static string Name(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    /// <summary>Fails with all of the lines where there are any.</summary>
    public static void Nothing(IEnumerable<string> wrong)
    {
        string[] lines = [.. wrong.Distinct()];
        Assert.True(lines.Length == 0, $"{lines.Length} found:\n{string.Join('\n', lines)}");
    }

    private static ArchUnitNET.Domain.Architecture Load() =>
        new ArchLoader().LoadAssemblies([.. Libraries.Select(name => Assembly.Load(new AssemblyName(name)))]).Build();

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Watermark.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above '{AppContext.BaseDirectory}' has Watermark.sln: these tests read the sources.");
    }
}
