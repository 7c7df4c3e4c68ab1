using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Domain.Dependencies;
using ArchUnitNET.Domain.Extensions;

namespace Watermark.Architecture.Tests;

public sealed partial class TypeTests
{
    /// <summary>Public types that nothing of the tree uses, and why they are public all the same.</summary>
    private static readonly Dictionary<string, string> PublicForUsers = new()
    {
        ["Watermark.Forensics.Findings.DiagnosticCodes"] = "Constants, which the compiler copies into those who use them.",
        ["Watermark.NGrams.ReadingCounts"] = "Likewise.",
        ["Watermark.Forensics.Cases.CaseFiles"] = "Likewise.",
        ["Watermark.Forensics.Cases.Sealing.PlanSeal"] = "Likewise: the tool takes the media type of a plan from it.",
        ["Watermark.Schemes.IProbabilityWatermark"] = "A sampler of one's own asks a scheme for it, as the TorchSharp library asks for its sisters.",
        ["Watermark.Schemes.Kgw.KgwScheme"] = "Whoever marked with it makes one; the tool reads it from a key file.",
        ["Watermark.Schemes.Kgw.HfKgwScheme"] = "Likewise.",
        ["Watermark.Schemes.Kgw.MarkLlmKgwScheme"] = "Likewise.",
        ["Watermark.Schemes.Maryland.MarylandScheme"] = "Likewise.",
        ["Watermark.Schemes.Maryland.GumbelTorchScheme"] = "Likewise.",
        ["Watermark.Embedding.LogitFormats"] = "The class of Apply for other formats, which hosts call by its name.",
        ["Watermark.Extensions.AI.WatermarkDetectionChatClient"] = "What UseWatermarkDetection makes; hosts read its results.",
        ["Watermark.Extensions.AI.WatermarkKeyProvider"] = "What AddWatermark registers.",
        ["Watermark.Extensions.AI.WatermarkTelemetry"] = "The names of meter and activities that hosts subscribe to.",
        ["Watermark.LLamaSharp.WatermarkedPipelineExtensions"] = "The class of WithWatermark, which pages call by its name.",
        ["Watermark.Extensions.AI.WatermarkChatClientBuilderExtensions"] = "The class of UseWatermarkDetection, which pages call by its name.",
        ["Watermark.Extensions.AI.WatermarkServiceCollectionExtensions"] = "Likewise of AddWatermark.",
        ["Watermark.Serving.SelfCheckException"] = "What a service catches at its start.",
        ["Watermark.Statistics.DualGammaNull"] = "What a scheme of one's own may give as its null.",
        ["Watermark.Statistics.WeightedBernoulliNull"] = "Likewise.",
        ["Watermark.TorchSharp.Models.LinearRotaryScaling"] = "A value of TransformerOptions.RopeScaling.",
        ["Watermark.TorchSharp.Models.Llama3RotaryScaling"] = "Likewise.",
    };

    [Fact]
    public void Folders_of_the_core_form_no_cycle()
    {
        // One edge for each pair of namespaces, with one pair of types that shows it.
        var edges = new SortedDictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        foreach (IType type in Own("Watermark"))
        {
            string from = type.Namespace.FullName;
            foreach (IType target in type.Dependencies.Select(dependency => dependency.Target).Where(target => IsOf(target, "Watermark")))
            {
                string to = target.Namespace.FullName;
                if (from == to || to == "Watermark")
                    continue;
                if (!edges.TryGetValue(from, out SortedDictionary<string, string>? out_))
                    edges.Add(from, out_ = new(StringComparer.Ordinal));
                out_.TryAdd(to, $"{type.FullName} uses {target.FullName}");
            }
        }

        Assert.True(edges.Count > 5, "The types of the core were not found.");
        Tree.Nothing(FindCycle(edges));
    }

    [Fact]
    public void Keyed_schemes_are_named_so()
    {
        IType keyed = Tree.Types.Types.Single(type => type.FullName == "Watermark.Schemes.KeyedScheme");
        Class[] schemes = [.. Tree.Types.Classes.Where(type => !type.Equals(keyed) && type.IsAssignableTo(keyed))];

        Assert.NotEmpty(schemes);
        Tree.Nothing(schemes.Where(type => !type.Name.StartsWith("Keyed", StringComparison.Ordinal)).Select(type => type.FullName));
    }

    [Fact]
    public void Public_types_are_used()
    {
        // Used: by another library, by a public member of another type, by a sample or a benchmark, or by a page for users.
        HashSet<string> used = [.. PublicForUsers.Keys];
        foreach (IType type in Tree.Libraries.SelectMany(Own))
        {
            foreach (ITypeDependency dependency in type.Dependencies)
            {
                IType target = dependency.Target;
                if (target is not GenericParameter && Outermost(type) != Outermost(target) && (type.Assembly.Name != target.Assembly?.Name || IsInPublicSignature(type, dependency)))
                    used.Add(Outermost(target));
            }
        }

        HashSet<string> words = [.. WordsForUsers()];
        string[] unused =
        [
            .. Tree.Libraries.Where(library => library != "Watermark.Cli").SelectMany(Own)
                .Where(type => type.Visibility == Visibility.Public && !type.IsNested)
                .Where(type => !used.Contains(Outermost(type)) && !words.Contains(SimpleName(type)))
                .Select(type => type.FullName)
                .Order(StringComparer.Ordinal),
        ];

        Tree.Nothing(unused);
        Tree.Nothing(PublicForUsers.Keys.Except(Tree.Types.Types.Select(type => type.FullName)).Select(name => $"{name} is listed as public for users, and does not exist."));
    }

    private static IEnumerable<IType> Own(string library) => Tree.Types.Types.Where(type => IsOf(type, library));

    private static bool IsOf(IType type, string library) =>
        type is not GenericParameter && type.Assembly?.Name.Split(',')[0] == library && type.Namespace?.FullName.StartsWith("Watermark", StringComparison.Ordinal) == true;

    /// <summary>The full name of the type that a type is nested in, or its own.</summary>
    private static string Outermost(IType type) => type.FullName.Split('+')[0];

    private static string SimpleName(IType type) => type.Name.Split('`')[0];

    private static bool IsInPublicSignature(IType type, ITypeDependency dependency) =>
        type.Visibility == Visibility.Public && dependency switch
        {
            MethodCallDependency or AccessFieldDependency or BodyTypeMemberDependency or CastTypeDependency or TypeCheckDependency or MetaDataDependency => false,
            IMemberTypeDependency member => member.OriginMember.Visibility is Visibility.Public or Visibility.Protected or Visibility.ProtectedInternal,
            InheritsBaseClassDependency or ImplementsInterfaceDependency => true,
            _ => false,
        };

    /// <summary>Every word of the samples, the benchmarks and the pages that users read.</summary>
    private static IEnumerable<string> WordsForUsers() =>
        from file in Tree.Files("samples", "*.cs").Concat(Tree.Files("benchmarks", "*.cs")).Concat(Tree.Files("src", "README.md")).Append(Path.Combine(Tree.Root, "README.md"))
        from Match match in Word().Matches(File.ReadAllText(file))
        select match.Value;

    /// <summary>The uses that close a circle, or none.</summary>
    private static List<string> FindCycle(SortedDictionary<string, SortedDictionary<string, string>> edges)
    {
        var done = new HashSet<string>();
        var path = new List<string>();
        var uses = new List<string>();
        foreach (string start in edges.Keys)
        {
            if (Visit(start) is { } cycle)
                return cycle;
        }

        return [];

        List<string>? Visit(string node)
        {
            if (path.IndexOf(node) is >= 0 and int first)
                return uses[first..];
            if (!done.Add(node) || !edges.TryGetValue(node, out SortedDictionary<string, string>? targets))
                return null;
            path.Add(node);
            foreach ((string target, string use) in targets)
            {
                uses.Add(use);
                if (Visit(target) is { } cycle)
                    return cycle;
                uses.RemoveAt(uses.Count - 1);
            }

            path.RemoveAt(path.Count - 1);
            return null;
        }
    }

    [GeneratedRegex(@"\b[A-Z]\w+")]
    private static partial Regex Word();
}
