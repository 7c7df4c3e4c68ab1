using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.SampleText;
using Watermark.Schemes;
using Watermark.Text.Tokenizers;

namespace Watermark.Cli.Demo.Scenarios;

/// <summary>
/// What a scenario works with: a folder, a seed, models and keys, and the tool itself, whose commands lead to the findings.
/// </summary>
/// <param name="folder">The folder for its files; it exists and is empty.</param>
/// <param name="seed">The seed of everything, the key included: it is a demonstration.</param>
/// <param name="console">Shows progress.</param>
internal sealed class ScenarioStage(string folder, ulong seed, ConsoleOutput console)
{
    private const string TokenizerName = "cl100k_base";
    private const int EndOfText = 100_257;

    private readonly List<string> commands = [];
    private TextTokenizer? tokenizer;
    private ulong keys;

    /// <summary>The seed.</summary>
    public ulong Seed => seed;

    /// <summary>The terminal.</summary>
    public ConsoleOutput Console => console;

    /// <summary>The command lines that gave the findings.</summary>
    public IReadOnlyList<string> Commands => commands;

    /// <summary>The tokenizer of keys and models.</summary>
    public TextTokenizer Tokenizer => tokenizer ??= TextTokenizer.Load(TokenizerName);

    /// <summary>The tokenizer as models take it.</summary>
    public TextCodec Codec => new(Tokenizer.Encode, ids => Tokenizer.Decode(ids), EndOfText);

    /// <summary>The path of a file of the scenario; its folder is made.</summary>
    /// <param name="name">Its name, with slashes.</param>
    public string PathOf(string name)
    {
        string path = Path.Combine([folder, .. name.Split('/')]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>Makes and writes a key that follows from the seed.</summary>
    /// <param name="name">The name of its file.</param>
    /// <param name="scheme">Its scheme.</param>
    /// <returns>The key, which the caller disposes, and the path of its file.</returns>
    public (KeyFile Key, string Path) WriteKey(string name, WatermarkScheme scheme)
    {
        WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(seed, ulong.MaxValue - keys++));
        KeyFile key = KeyFile.Create(scheme, secret, TokenizerName, Tokenizer.VocabularySize, TimeProvider.System, Tokenizer.ContentHash);
        string path = PathOf(name);
        key.Save(path);
        return (key, path);
    }

    /// <summary>A world of small models on English text of this machine.</summary>
    /// <param name="sentences">How many sentences it has.</param>
    /// <param name="sizes">How large everything is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public DistillationScenario World(int sentences, DistillationSizes sizes, CancellationToken cancellationToken) => console.WithProgress(
        "Training the owner's model",
        (_, token) => new DistillationScenario([.. EnglishSentences.Load(null, token).Sentences.Take(sentences)], seed, Codec, sizes, token),
        cancellationToken);

    /// <summary>Writes replies with their prompts as JSON Lines.</summary>
    /// <param name="name">The name of the file.</param>
    /// <param name="replies">The replies.</param>
    /// <returns>The path of the file.</returns>
    public string WriteReplies(string name, IEnumerable<DemoReply> replies)
    {
        string path = PathOf(name);
        using FileStream stream = File.Create(path);
        DemoReply.Write(replies, stream);
        return path;
    }

    /// <summary>Runs a command of the tool, which is shown to the user.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="arguments">The command and its arguments.</param>
    public void Run(CancellationToken cancellationToken, params IReadOnlyList<string> arguments) => commands.Add(ToolCall.Run(arguments, cancellationToken));

    /// <summary>Runs a command that ends in a verdict and gives its first finding.</summary>
    /// <param name="name">The folder of its verdict.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="arguments">The command and its arguments, without <c>--out</c>.</param>
    public Finding Find(string name, CancellationToken cancellationToken, params IReadOnlyList<string> arguments)
    {
        string output = PathOf($"{name}/{VerdictFolder.VerdictName}");
        Run(cancellationToken, [.. arguments, "--out", Path.GetDirectoryName(output)!]);
        return VerdictJson.Read(File.ReadAllBytes(output)).Findings[0];
    }
}
