using System.Text.RegularExpressions;

namespace Watermark.Architecture.Tests;

public sealed partial class SourceTests
{
    private const int MostLines = 400;

    [Fact]
    public void Namespaces_are_folders()
    {
        var wrong = new List<string>();
        foreach (string file in Tree.Files("src", "*.cs"))
        {
            string folder = Path.GetDirectoryName(Tree.Name(file))!.Replace('\\', '/')["src/".Length..];
            foreach (Match match in NamespaceLine().Matches(File.ReadAllText(file)))
            {
                if (match.Groups[1].Value != folder.Replace('/', '.'))
                    wrong.Add($"{Tree.Name(file)}: {match.Groups[1].Value}");
            }
        }

        Tree.Nothing(wrong);
    }

    [Fact]
    public void Files_are_short() =>
        Tree.Nothing(Tree.Files("src", "*.cs").Where(file => File.ReadLines(file).Count() > MostLines).Select(Tree.Name));

    [Fact]
    public void Nothing_points_at_pages_that_are_not_in_the_tree()
    {
        // Written in parts, so that this file does not name them itself.
        string[] phrases = ["issue" + " #", "../" + "shared"];
        string[] endings = [".cs", ".md", ".csproj", ".props", ".targets", ".txt", ".json", ".config", ".editorconfig", ".html"];
        var wrong =
            from file in Tree.Files(".", "*")
            where endings.Contains(Path.GetExtension(file)) && !Tree.Name(file).StartsWith("tests/TestData/", StringComparison.Ordinal)
            from line in File.ReadLines(file)
            where phrases.Any(phrase => line.Contains(phrase, StringComparison.OrdinalIgnoreCase))
            select $"{Tree.Name(file)}: {line.Trim()}";

        Tree.Nothing(wrong);
    }

    [Fact]
    public void Pages_in_packages_have_no_relative_links()
    {
        var wrong =
            from library in Tree.Libraries
            let page = Path.Combine(Tree.Root, "src", library, "README.md")
            where File.Exists(page)
            from Match match in Link().Matches(File.ReadAllText(page))
            where !match.Groups[1].Value.StartsWith("https://", StringComparison.Ordinal)
            select $"{Tree.Name(page)}: {match.Groups[1].Value}";

        Tree.Nothing(wrong);
    }

    [Fact]
    public void Links_between_pages_of_the_tree_lead_somewhere()
    {
        var wrong =
            from page in Tree.Files(".", "*.md")
            from Match match in Link().Matches(File.ReadAllText(page))
            let target = match.Groups[1].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
            where !Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target))
            select $"{Tree.Name(page)}: {target}";

        Tree.Nothing(wrong);
    }

    [Fact]
    public void The_example_of_the_README_is_compiled_and_run_by_a_test()
    {
        string compiled = Between(File.ReadAllText(Path.Combine(Tree.Root, "tests/Watermark.Tests/Serving/ReadmeExample.cs")), "// The README's lines begin here.", "// They end here.");
        string readme = Between(File.ReadAllText(Path.Combine(Tree.Root, "README.md")), "using Watermark.Serving;\n", "```");
        Assert.NotEmpty(Lines(readme));
        Assert.Equal(Lines(compiled), Lines(readme));

        static string Between(string text, string start, string end)
        {
            int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
            return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
        }

        static string[] Lines(string text) => [.. text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
    }

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
