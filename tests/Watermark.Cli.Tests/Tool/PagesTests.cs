using System.Globalization;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.NGrams;
using Watermark.Text;

namespace Watermark.Cli.Tests.Tool;

/// <summary>What the pages for users say, compared with the program.</summary>
public sealed class PagesTests
{
    [Fact]
    public void The_shares_of_the_guards_are_those_of_the_program()
    {
        string[] rows = [.. Page("src/Watermark.Text/reading-files.md").Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal))];

        Assert.Contains($"| {Percent(CorpusExtraction.ShareLeftOut)} of the replies: they are left out", Row("without their prompt"), StringComparison.Ordinal);
        Assert.Contains($"blocking above {Percent(ReadingDiagnostics.ShareWithoutPrompt)} of", Row("without their prompt"), StringComparison.Ordinal);
        foreach (string guard in new[] { "and goes on", "or the like", "exactly the same greatest length" })
            Assert.Contains($"| {Percent(ReadingDiagnostics.ShareOfCutPrompts)}", Row(guard), StringComparison.Ordinal);
        Assert.Contains($"{Percent(ReadingDiagnostics.ShareInOtherPrompts)}: a warning | blocking", Row("prompts of *other* replies"), StringComparison.Ordinal);

        string Row(string words) => Assert.Single(rows, row => row.Contains(words, StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_of_the_verdict_names_every_code_and_count()
    {
        string page = Page("src/Watermark.Forensics/Json/verdict-json.md");

        foreach (Type names in new[] { typeof(DiagnosticCodes), typeof(ReadingCounts) })
        {
            foreach (string name in names.GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!))
                Assert.Contains($"`{name}{(name.EndsWith(':') ? "CODE" : "")}`", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_readme_names_every_command()
    {
        string help = ToolProcess.Run("--help").Output;
        string[] commands = [.. help[help.IndexOf("Commands:", StringComparison.Ordinal)..].Split('\n').Where(line => line.Length > 3 && line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0])];

        Assert.Equal(24, commands.Length);
        foreach (string page in new[] { "README.md", "src/Watermark.Cli/README.md" })
        {
            foreach (string command in commands)
                Assert.Contains($"| `{command}` |", Page(page), StringComparison.Ordinal);
        }
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.##} %");

    private static string Page(string name)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Watermark.sln")))
            folder = folder.Parent;
        return File.ReadAllText(Path.Combine(folder!.FullName, name));
    }
}
