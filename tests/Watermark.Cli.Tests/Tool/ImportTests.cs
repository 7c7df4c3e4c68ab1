using Watermark.Forensics.Cases.Collection;

namespace Watermark.Cli.Tests.Tool;

public sealed class ImportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Files_are_copied_and_recorded_once()
    {
        folder.Write("a.jsonl", "{\"prompt\":\"p\",\"text\":\"one\"}\n{\"prompt\":\"q\",\"text\":\"two\"}\n").Write("b.bin", "\0\u0001");
        ToolProcess first = Import("a.jsonl", "b.bin");
        ToolProcess second = Import("a.jsonl");

        Assert.Equal((0, 0), (first.ExitCode, second.ExitCode));
        Assert.Contains("imported before", second.Output, StringComparison.Ordinal);
        using FileStream stream = File.OpenRead(In("case/collection/log.jsonl"));
        CustodyResult custody = CollectionLogReader.Check(stream);
        Assert.Equal([("a.jsonl", 2L), ("b.bin", null)], custody.Imports.Select(import => (import.Name, import.Records)));
        Assert.All(custody.Imports, import => Assert.Equal(File.ReadAllBytes(In(import.Name)), File.ReadAllBytes(In("case/" + import.File))));
        Assert.Empty(custody.Faults);
        Assert.Contains(custody.Head, first.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_imported_is_refused_before_anything_is()
    {
        folder.Write("a.jsonl", "x").Write("sub/b.jsonl", "x");
        Import("a.jsonl", "missing.jsonl").AssertRefused("no such file");
        Import("a.jsonl", "sub").AssertRefused("a folder");
        ToolProcess.Run("import", "--case", In("case"), "--name", "x", "--by", "J. Doe", "-").AssertRefused("Standard input");
        ToolProcess.Run("import", "--case", In("case"), "--name", "x y", "--by", "J. Doe", In("a.jsonl")).AssertRefused("'x y'");
        ToolProcess.Run("import", "--case", In("case"), "--name", "x", "--by", " ", In("a.jsonl")).AssertRefused("Nobody is named");
        Assert.False(Directory.Exists(In("case/collection/imported")));
    }

    private ToolProcess Import(params string[] names) => ToolProcess.Run(["import", "--case", In("case"), "--name", "suspect-x", "--by", "J. Doe", .. names.Select(In)]);

    private string In(string name) => Path.Combine(folder.Path, name);
}
