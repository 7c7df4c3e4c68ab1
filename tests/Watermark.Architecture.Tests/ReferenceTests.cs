using System.Xml.Linq;

namespace Watermark.Architecture.Tests;

public sealed class ReferenceTests
{
    /// <summary>From the bottom to the top; a project refers to what stands below it.</summary>
    private static readonly string[][] Floors =
    [
        ["Watermark"],
        ["Watermark.Models", "Watermark.Text", "Watermark.SampleText", "Watermark.SampleModels", "Watermark.Native"],
        ["Watermark.TorchSharp", "Watermark.HuggingFace", "Watermark.LLamaSharp", "Watermark.OnnxRuntimeGenAI", "Watermark.Extensions.AI"],
        ["Watermark.Forensics"],
        ["Watermark.Reporting"],
        ["Watermark.Cli"],
    ];

    /// <summary>Projects that may not refer to all that is below them.</summary>
    private static readonly Dictionary<string, string[]> Only = new()
    {
        ["Watermark.Forensics"] = ["Watermark", "Watermark.Models"],
        ["Watermark.LLamaSharp"] = ["Watermark", "Watermark.Models"],
        ["Watermark.OnnxRuntimeGenAI"] = ["Watermark"],
        ["Watermark.Extensions.AI"] = ["Watermark"],
    };

    [Fact]
    public void Project_references_point_down()
    {
        var wrong = new List<string>();
        foreach (string library in Tree.Libraries)
        {
            int floor = Floor(library);
            if (floor < 0)
                wrong.Add($"{library} has no floor: give it one here and in CONTRIBUTING.md.");
            foreach ((string name, string file) in Tree.References(Tree.ProjectFile(library)))
            {
                if (!Tree.Name(file).StartsWith("src/", StringComparison.Ordinal))
                    wrong.Add($"{library} refers to {Tree.Name(file)}, which is not in src.");
                else if (Floor(name) >= floor || (Only.TryGetValue(library, out string[]? only) && !only.Contains(name)))
                    wrong.Add($"{library} refers to {name}.");
            }
        }

        Tree.Nothing(wrong);
    }

    [Fact]
    public void The_core_depends_on_tensors_only()
    {
        XDocument project = XDocument.Load(Tree.ProjectFile("Watermark"));

        Assert.Equal(["System.Numerics.Tensors"], project.Descendants("PackageReference").Select(reference => (string?)reference.Attribute("Include")));
        Tree.Nothing(project.Descendants("ProjectReference").Select(reference => reference.ToString()));
    }

    [Fact]
    public void No_test_refers_to_a_sample() =>
        Tree.Nothing(
            from project in Tree.Projects("tests")
            from reference in Tree.References(project)
            where Tree.Name(reference.File).StartsWith("samples/", StringComparison.Ordinal)
            select $"{Tree.Name(project)}: {reference.Name}");

    [Fact]
    public void Every_project_locks_its_packages() =>
        Tree.Nothing(
            from project in Tree.Projects(".")
            where !File.Exists(Path.Combine(Path.GetDirectoryName(project)!, "packages.lock.json"))
            select $"{Tree.Name(project)} has no packages.lock.json; see CONTRIBUTING.md.");

    [Fact]
    public void No_project_compiles_a_file_of_another() =>
        Tree.Nothing(
            from project in Tree.Projects(".")
            from compile in XDocument.Load(project).Descendants("Compile")
            let include = (string?)compile.Attribute("Include")
            where include is not null && include.Contains("..", StringComparison.Ordinal)
            select $"{Tree.Name(project)}: {include}");

    private static int Floor(string library) => Array.FindIndex(Floors, names => names.Contains(library));
}
