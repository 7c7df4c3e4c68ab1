using System.CommandLine;
using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.Weights;
using Watermark.Models.Units;
using Watermark.Randomness;

namespace Watermark.Cli.Fingerprints.Files;

/// <summary>Were the suspect's weights copied from the owner's?</summary>
internal sealed class WeightsMethod : IFileMethod
{
    private readonly Option<string> owner = new("--owner") { HelpName = "FILE|DIR", Description = "The owner's checkpoint.", Required = true };
    private readonly Option<int> layers = new("--layers") { HelpName = "N", Description = "Layers to compare, evenly spread.", DefaultValueFactory = _ => 8 };
    private readonly Option<int> dimensions = new("--dimensions") { HelpName = "N", Description = "Dimensions of a unit to compare.", DefaultValueFactory = _ => 2048 };
    private readonly Option<string> tensor = new("--tensor") { HelpName = "WORD", Description = "A part of the names of the matrices whose rows are hidden units.", DefaultValueFactory = _ => "up_proj" };
    private readonly Option<ulong> seed = new("--seed") { HelpName = "N", Description = "Seed of the dimensions.", DefaultValueFactory = _ => 0 };
    private readonly Option<bool> pruned = new("--pruned") { Description = "Units were removed or added: the order of paired units is tested, not their places. Found by itself without a plan." };
    private readonly Option<int> threads = new("--threads") { HelpName = "N", Description = "The number of threads.", DefaultValueFactory = _ => Environment.ProcessorCount };

    /// <inheritdoc/>
    public string Name => Questions.Weights;

    /// <inheritdoc/>
    public string Summary => "Tests whether a checkpoint's weights come from the owner's: from two checkpoints (safetensors), without a key.";

    /// <inheritdoc/>
    public string VerifyHelp => """
        Compares the hidden units of two checkpoints, layer by layer. Layers and dimensions are chosen by number before anything is
        read: --layers of them, evenly spread, and --dimensions columns drawn with --seed. A checkpoint is a .safetensors file or the
        folder of its shards. One layer of 11,008 units and 2,048 dimensions takes some ten seconds on two cores.

        Examples:
          watermark fingerprint weights verify --owner weights/owner.safetensors --suspect weights/innocent.safetensors --out weights/again
        """;

    /// <inheritdoc/>
    public string PlanExample => "--owner weights/owner.safetensors";

    /// <inheritdoc/>
    public string SuspectHelp => "A suspect's checkpoint: a file or the folder of its shards. May be repeated; each is a test.";

    /// <inheritdoc/>
    public bool NeedsKey => false;

    /// <inheritdoc/>
    public void AddOptions(Command command)
    {
        foreach (Option option in new Option[] { owner, layers, dimensions, tensor, seed, pruned, threads })
            command.Options.Add(option);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(ParseResult parse) => [parse.GetValue(owner)!];

    /// <inheritdoc/>
    public FixedTest Fixed(ParseResult parse, KeyFile? key) => parse.GetValue(layers) < 1 || parse.GetValue(dimensions) < 1 || parse.GetValue(threads) is < 1 or > 1024
        ? throw new InputFormatException("--layers and --dimensions must be at least 1, --threads from 1 to 1024.")
        : new FixedTest(parse.GetValue(pruned) ? WeightsTest.InversionStatistic : WeightsTest.FixedPointStatistic, WeightsTest.Prior) { Seed = parse.GetValue(seed) };

    /// <inheritdoc/>
    public FileMethodResult Run(FileMethodRun run, CancellationToken cancellationToken)
    {
        string word = run.Parse.GetValue(tensor)!;
        var options = new FingerprintOptions { Rule = run.Fixed.Rule, Tests = run.Tests, Seed = run.Fixed.Seed, ToolVersion = Verification.ToolVersion };
        var findings = new List<Finding>();
        foreach (NamedInput suspect in run.Suspects)
        {
            using var mine = new Checkpoint([run.Parse.GetValue(owner)!], word);
            using var theirs = new Checkpoint(suspect.Paths, word);
            CheckpointMatch match = run.Console.WithProgress("Comparing hidden units", (progress, token) => Match(run.Parse, mine, theirs, suspect.Title, progress, token), cancellationToken);
            findings.Add(WeightsTest.Run(match, options) with { Seed = run.Fixed.Seed });
        }

        return new FileMethodResult(findings);
    }

    private CheckpointMatch Match(ParseResult parse, Checkpoint mine, Checkpoint theirs, string title, IProgress<double> progress, CancellationToken cancellationToken)
    {
        int most = parse.GetValue(layers);
        string[] common = [.. mine.Names.Where(name => theirs.Names.Contains(name))];
        if (common.Length == 0)
            throw new InputFormatException($"{mine.Path} and {theirs.Path} have no matrix of the same name with that word in it; --tensor names another word.");
        string[] chosen = [.. Enumerable.Range(0, Math.Min(most, common.Length)).Select(i => common[(int)((long)i * common.Length / Math.Min(most, common.Length))])];
        var matches = new List<LayerMatch>();
        int used = 0;
        foreach (string name in chosen)
        {
            (long rows, long width) = mine.ShapeOf(name);
            (long otherRows, long otherWidth) = theirs.ShapeOf(name);
            if (width != otherWidth)
                throw new InputFormatException($"The matrix '{name}' has {width} columns in {mine.Path} and {otherWidth} in {theirs.Path}; the same number was expected.");
            int[] columns = Columns((int)width, parse.GetValue(dimensions), parse.GetValue(seed));
            used = columns.Length;
            IReadOnlyList<UnitPair> pairs = UnitMatcher.Match(mine.Read(name, rows, columns), theirs.Read(name, otherRows, columns), columns.Length, parse.GetValue(threads), null, cancellationToken);
            matches.Add(new LayerMatch(name, (int)rows, (int)otherRows, pairs));
            progress.Report((double)matches.Count / chosen.Length);
        }

        return new CheckpointMatch(title, matches, [.. mine.Inputs("owner"), .. theirs.Inputs("suspect")], used);
    }

    /// <summary>Columns drawn without looking at the weights, in ascending order.</summary>
    private static int[] Columns(int width, int most, ulong seed)
    {
        int[] all = [.. Enumerable.Range(0, width)];
        var random = new SeededRandomBits(seed, 17);
        for (int i = all.Length - 1; i > 0; i--)
        {
            int other = (int)random.NextBelow((ulong)i + 1);
            (all[i], all[other]) = (all[other], all[i]);
        }

        return [.. all.Take(most).Order()];
    }
}
