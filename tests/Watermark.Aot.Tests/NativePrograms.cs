namespace Watermark.Aot.Tests;

/// <summary>Compiles programs of the tree ahead of time, warnings as errors, into a folder of its own.</summary>
[CollectionDefinition(Collection)]
public sealed class NativePrograms : ICollectionFixture<NativePrograms>
{
    /// <summary>The tests that share what was compiled; two compilers at once would write the same objects.</summary>
    public const string Collection = "programs compiled ahead of time";

    private readonly Lazy<string> core = new(() => Publish("tests/Aot/CoreApp/CoreApp.csproj", "CoreApp"));
    private readonly Lazy<string> tool = new(() => Publish("src/Watermark.Cli/Watermark.Cli.csproj", "Watermark.Cli"));

    private readonly Lazy<string> library = new(() => Publish("src/Watermark.Native/Watermark.Native.csproj", "libwatermark.so"));

    /// <summary>The program that uses the core.</summary>
    public string Core => core.Value;

    /// <summary>The tool.</summary>
    public string Tool => tool.Value;

    /// <summary>The shared library; its header lies beside it.</summary>
    public string Library => library.Value;

    private static string Publish(string project, string name)
    {
        // Neither the objects nor the restored packages of the ordinary build are touched.
        string work = Path.Combine(AppContext.BaseDirectory, "aot");
        string output = Path.Combine(work, "publish", name);
        ProgramRun run = ProgramRun.Of(
            "dotnet",
            "publish", Path.Combine(Root(), project), "-c", "Release", "-r", "linux-x64", "-o", output, "--artifacts-path", work,
            "-p:PublishAot=true", "-p:PackAsTool=false", "-p:StripSymbols=true", "-p:TrimmerSingleWarn=false", "-p:RunAnalyzers=false",
            $"-p:CppCompilerAndLinker={AotFactAttribute.Linker ?? "clang"}", "-nologo", "-v", "minimal", "--disable-build-servers");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.DoesNotContain("warning", run.Output, StringComparison.OrdinalIgnoreCase);
        return Path.Combine(output, name);
    }

    /// <summary>The folder of the tree.</summary>
    public static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Watermark.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No folder above '{AppContext.BaseDirectory}' has Watermark.sln: these tests compile the sources.");
    }
}
