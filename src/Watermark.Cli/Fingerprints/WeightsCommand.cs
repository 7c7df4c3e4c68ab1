using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.Weights;
using Watermark.Models.Checkpoints;
using Watermark.Models.Units;
using Watermark.Randomness;

namespace Watermark.Cli.Fingerprints;

/// <summary><c>watermark fingerprint weights</c>: were the suspect's weights copied from the owner's?</summary>
internal static partial class WeightsCommand
{
    private const string Summary = "Tests whether a checkpoint's weights come from the owner's: from two checkpoints (safetensors), without a key.";

    private const string VerifyHelp = """
        Compares the hidden units of two checkpoints, layer by layer. Layers and dimensions are chosen by number before anything is
        read: --layers of them, evenly spread, and --dimensions columns drawn with --seed. A checkpoint is a .safetensors file or the
        folder of its shards. One layer of 11,008 units and 2,048 dimensions takes some ten seconds on two cores.

        Examples:
          watermark fingerprint weights verify --owner weights/owner.safetensors --suspect weights/innocent.safetensors --out weights/again
        """;

    public static Command Create() => new(Questions.Weights, MethodHelp.Of(Questions.Weights, Summary)) { Verify() };

    private static Command Verify()
    {
        var owner = new Option<string>("--owner") { HelpName = "FILE|DIR", Description = "The owner's checkpoint.", Required = true };
        var suspect = new Option<string>("--suspect") { HelpName = "FILE|DIR", Description = "The suspect's checkpoint.", Required = true };
        var layers = new Option<int>("--layers") { HelpName = "N", Description = "Layers to compare, evenly spread.", DefaultValueFactory = _ => 8 };
        var dimensions = new Option<int>("--dimensions") { HelpName = "N", Description = "Dimensions of a unit to compare.", DefaultValueFactory = _ => 2048 };
        var tensor = new Option<string>("--tensor") { HelpName = "WORD", Description = "A part of the names of the matrices whose rows are hidden units.", DefaultValueFactory = _ => "up_proj" };
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Seed of the dimensions.", DefaultValueFactory = _ => 0 };
        var threads = new Option<int>("--threads") { HelpName = "N", Description = "The number of threads.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var output = new FindingsOutput();
        var command = new Command("verify", HelpText.Flow(VerifyHelp)) { owner, suspect, layers, dimensions, tensor, seed, threads };
        output.AddTo(command);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            if (parse.GetValue(layers) < 1 || parse.GetValue(dimensions) < 1 || parse.GetValue(threads) is < 1 or > 1024)
                throw new InputFormatException("--layers and --dimensions must be at least 1, --threads from 1 to 1024.");
            ConsoleOutput console = output.Console(parse);
            OutputFile? target = output.Check(parse, [parse.GetValue(owner)!, parse.GetValue(suspect)!]);
            using var mine = new Checkpoint(parse.GetValue(owner)!, parse.GetValue(tensor)!);
            using var theirs = new Checkpoint(parse.GetValue(suspect)!, parse.GetValue(tensor)!);
            var options = new FingerprintOptions { Tests = new TestCount { Stated = output.Stated(parse, 1) }, Seed = parse.GetValue(seed), ToolVersion = Verification.ToolVersion };
            CheckpointMatch match = console.WithProgress(
                "Matching hidden units",
                (progress, token) => Match(mine, theirs, parse.GetValue(layers), parse.GetValue(dimensions), parse.GetValue(seed), parse.GetValue(threads), progress, token),
                cancellationToken);
            Finding finding = WeightsTest.Run(match, options) with { Seed = parse.GetValue(seed) };
            return Task.FromResult(FindingsOutput.Report(SampleMethodOptions.Verdict([finding], options.Tests), target, console));
        }));
        return command;
    }

    private static CheckpointMatch Match(Checkpoint owner, Checkpoint suspect, int most, int dimensions, ulong seed, int threads, IProgress<double> progress, CancellationToken cancellationToken)
    {
        string[] common = [.. owner.Names.Where(name => suspect.Names.Contains(name))];
        if (common.Length == 0)
            throw new InputFormatException($"{owner.Path} and {suspect.Path} have no matrix of the same name with that word in it; --tensor names another one.");
        string[] chosen = [.. Enumerable.Range(0, Math.Min(most, common.Length)).Select(i => common[(int)((long)i * common.Length / Math.Min(most, common.Length))])];
        var matches = new List<LayerMatch>();
        int used = 0;
        foreach (string name in chosen)
        {
            (long rows, long width) = owner.ShapeOf(name);
            (long otherRows, long otherWidth) = suspect.ShapeOf(name);
            if (width != otherWidth)
                throw new InputFormatException($"The matrix '{name}' has {width} columns in {owner.Path} and {otherWidth} in {suspect.Path}; the same number was expected.");
            int[] columns = Columns((int)width, dimensions, seed);
            used = columns.Length;
            IReadOnlyList<UnitPair> pairs = UnitMatcher.Match(owner.Read(name, rows, columns), suspect.Read(name, otherRows, columns), columns.Length, threads, null, cancellationToken);
            matches.Add(new LayerMatch(name, (int)rows, (int)otherRows, pairs));
            progress.Report((double)matches.Count / chosen.Length);
        }

        return new CheckpointMatch(System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(suspect.Path)), matches, [.. owner.Inputs("owner"), .. suspect.Inputs("suspect")], used);
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

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();

    /// <summary>A checkpoint: a file or a folder of shards.</summary>
    private sealed class Checkpoint : IDisposable
    {
        private readonly List<SafetensorsFile> files = [];
        private readonly Dictionary<string, SafetensorsFile> tensors = new(StringComparer.Ordinal);
        private readonly string[] paths;

        public Checkpoint(string path, string word)
        {
            Path = path;
            paths = Directory.Exists(path) ? [.. Directory.GetFiles(path, "*.safetensors").Order(StringComparer.Ordinal)] : [path];
            if (paths.Length == 0)
                throw new InputFormatException($"{path}: the folder holds no .safetensors file.");
            try
            {
                foreach (string file in paths)
                {
                    SafetensorsFile opened = SafetensorsFile.Open(file);
                    files.Add(opened);
                    foreach (string name in opened.Names.Where(name => name.Contains(word, StringComparison.Ordinal) && opened.ShapeOf(name).Count == 2))
                        tensors.TryAdd(name, opened);
                }
            }
            catch
            {
                Dispose();
                throw;
            }

            // By the numbers in them, so that layer 10 comes after layer 2.
            Names = [.. tensors.Keys.OrderBy(name => Digits().Replace(name, number => number.Value.PadLeft(9, '0')), StringComparer.Ordinal)];
        }

        public string Path { get; }

        public IReadOnlyList<string> Names { get; }

        public (long Rows, long Columns) ShapeOf(string name)
        {
            IReadOnlyList<long> shape = tensors[name].ShapeOf(name);
            return shape[0] is >= 1 and <= 1 << 20 && shape[1] is >= 1 and <= 1 << 20 ? (shape[0], shape[1]) : throw new InputFormatException($"{Path}: the matrix '{name}' is {shape[0]} by {shape[1]}; 1 to 1,048,576 rows and columns were expected.");
        }

        public float[] Read(string name, long rows, int[] columns)
        {
            long width = tensors[name].ShapeOf(name)[1];
            float[] values = new float[rows * columns.Length];
            float[] row = new float[width];
            for (long i = 0; i < rows; i++)
            {
                tensors[name].ReadRows(name, i, row);
                for (int j = 0; j < columns.Length; j++)
                    values[(i * columns.Length) + j] = row[columns[j]];
            }

            return values;
        }

        public IEnumerable<InputDigest> Inputs(string role) => paths.Select(path => LineFile.Digest(path, role, 0));

        public void Dispose()
        {
            foreach (SafetensorsFile file in files)
                file.Dispose();
        }
    }
}
