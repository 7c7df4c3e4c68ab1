using System.Text.Json;
using Watermark.Cli.Browsers;

namespace Watermark.Cli.Tests.Tool;

public sealed class ReportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_with_a_verdict_gets_its_report()
    {
        string place = Case();

        ToolProcess report = ToolProcess.Run("report", place);

        Assert.Equal((0, ""), (report.ExitCode, report.Error));
        Assert.Equal([$"Wrote {In("report.html")}", $"Wrote {In("report.md")}"], report.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        string html = File.ReadAllText(In("report.html"));
        string markdown = File.ReadAllText(In("report.md"));
        string sentence = JsonDocument.Parse(File.ReadAllBytes(In("verdict.json"))).RootElement.GetProperty("sentence").GetString()!;
        Assert.StartsWith("<!DOCTYPE html>", html, StringComparison.Ordinal);
        Assert.Contains(sentence[..25], html, StringComparison.Ordinal);
        Assert.Contains(sentence[..40], markdown, StringComparison.Ordinal);
        Assert.Contains("no plan was fixed before the data were seen", markdown, StringComparison.Ordinal);
        Assert.Contains("key not shown to precede the data", markdown, StringComparison.OrdinalIgnoreCase);

        // What is there is kept without --force; with it the same case gives the same bytes.
        ToolProcess.Run("report", place).AssertRefused("--force");
        JsonElement again = ToolProcess.Run("report", place, "--force", "--json").Json;
        Assert.Equal([In("report.html"), In("report.md")], again.GetProperty("files").EnumerateArray().Select(file => file.GetString()!));
        Assert.False(again.GetProperty("sealed").GetBoolean());
        Assert.Equal((html, markdown), (File.ReadAllText(In("report.html")), File.ReadAllText(In("report.md"))));

        // One file elsewhere leaves the case alone.
        string[] before = Directory.GetFiles(place);
        string alone = Path.Combine(folder.Path, "alone.md");
        Assert.Equal(0, ToolProcess.Run("report", place, "--out", alone).ExitCode);
        Assert.Equal(markdown, File.ReadAllText(alone));
        Assert.Equal(before, Directory.GetFiles(place));
    }

    [Fact]
    public void What_is_no_case_and_what_cannot_be_combined_is_refused()
    {
        ToolProcess.Run("report", Path.Combine(folder.Path, "nothing")).AssertRefused("the folder of a case was expected");
        Directory.CreateDirectory(In());
        ToolProcess.Run("report", In()).AssertRefused("verdict.json");
        File.WriteAllText(In("verdict.json"), "{}");
        ToolProcess.Run("report", In()).AssertRefused("verdict.json");
        ToolProcess.Run("report", In(), "--out", Path.Combine(folder.Path, "a.html"), "--pdf").AssertRefused("--out writes one file");
        Assert.Equal(["verdict.json"], Directory.GetFiles(In()).Select(Path.GetFileName));
    }

    [Fact]
    public void Without_a_browser_there_is_no_PDF_and_the_tool_says_so()
    {
        if (OperatingSystem.IsWindows() || OperatingSystem.IsMacOS())
            return;
        string place = Case();
        (string, string)[] none = [(Chromium.Variable, ""), ("PATH", "/nowhere")];

        ToolProcess report = Run(none, "report", place, "--pdf");
        Assert.Equal(0, report.ExitCode);
        Assert.Contains("No PDF was printed", report.Error, StringComparison.Ordinal);
        Assert.Equal(["report.html", "report.md"], Directory.GetFiles(place, "report*").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Run(none, "report", place, "--out", Path.Combine(folder.Path, "a.pdf")).AssertRefused("Neither Chromium nor Chrome was found");
        Run([(Chromium.Variable, "/nowhere/chromium")], "report", place, "--force", "--pdf").AssertRefused("/nowhere/chromium");
    }

    [Fact]
    public void A_browser_prints_the_page()
    {
        if (OperatingSystem.IsWindows())
            return;
        string place = Case();
        (string, string)[] prints = [(Chromium.Variable, Script("prints", """
            for argument in "$@"; do
              case "$argument" in
                --print-to-pdf=*) target="${argument#--print-to-pdf=}";;
                file://*) page="${argument#file://}";;
              esac
            done
            { echo "%PDF of"; head -n 1 "$page"; } > "$target"
            """))];

        Assert.Equal((0, ""), Result(Run(prints, "report", place, "--pdf")));
        Assert.Equal("%PDF of\n<!DOCTYPE html>\n", File.ReadAllText(In("report.pdf")));

        // A browser that prints nothing leaves no file behind.
        ToolProcess fails = Run([(Chromium.Variable, Script("fails", "exit 1"))], "report", place, "--out", Path.Combine(folder.Path, "b.pdf"));
        fails.AssertRefused("ended without a PDF");
        Assert.False(File.Exists(Path.Combine(folder.Path, "b.pdf")));
    }

    [Fact]
    public void The_browser_is_found_by_name_on_the_search_path()
    {
        string file = Path.Combine(folder.Path, OperatingSystem.IsWindows() ? "chromium-browser.exe" : "chromium-browser");
        File.WriteAllText(file, "");

        Assert.Equal(file, Chromium.Find(null, $"relative{Path.PathSeparator}/nowhere{Path.PathSeparator}{folder.Path}")!.Program);
        Assert.Equal(file, Chromium.Find(file, null)!.Program);
        Assert.Throws<InputFormatException>(() => Chromium.Find(Path.Combine(folder.Path, "other"), folder.Path));
    }

    private static (int Code, string Error) Result(ToolProcess process) => (process.ExitCode, process.Error);

    /// <summary>Runs the tool in another environment; the test's own runtime is started by its full path, since PATH may be empty.</summary>
    private static ToolProcess Run((string Name, string Value)[] environment, params string[] arguments) => ToolProcess.Run(arguments, "", environment);

    private string Case()
    {
        string key = Replies.Key(folder);
        string suspect = Replies.Write(folder, "suspect.jsonl", key);
        ToolProcess verify = ToolProcess.Run("verify", "--key", key, "--suspect", suspect, "--tokens-field", "tokens", "--keys", "50", "--out", In());
        Assert.Equal((0, ""), Result(verify));
        return In();
    }

    private string Script(string name, string body)
    {
        string path = Path.Combine(folder.Path, name);
        File.WriteAllText(path, "#!/bin/sh\n" + body.ReplaceLineEndings("\n") + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private string In(params string[] names) => Path.Combine([folder.Path, "case", .. names]);
}
