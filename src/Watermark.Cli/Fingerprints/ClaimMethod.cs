using System.CommandLine;
using System.Security.Cryptography;
using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Keys;

namespace Watermark.Cli.Fingerprints;

/// <summary>What methods with a keyed claim share: the claim's id, its key, and the file that says what to serve.</summary>
internal abstract class ClaimMethod : IReplyMethod
{
    private readonly Option<string> claim = new("--claim") { HelpName = "ID", Description = "The id of the claim: another id gives independent choices.", DefaultValueFactory = _ => "claim-1" };

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract string Summary { get; }

    /// <inheritdoc/>
    public abstract string PlanHelp { get; }

    /// <inheritdoc/>
    public string VerifyHelp => $"""
        Judges the replies of suspects to the prompts of the design. In a case, suspects, controls and design are the case's, and
        the result is sealed; else --design and --suspect name files, and --out takes the verdict.

        Examples:
          watermark fingerprint {Name} verify --key {Name}/owner.wmkey --design {Name}/case/design.json --suspect {Name}/innocent.jsonl --out {Name}/again
        """;

    /// <inheritdoc/>
    public virtual double DefaultEffect => 0.2;

    /// <inheritdoc/>
    public bool NeedsKey => true;

    /// <inheritdoc/>
    public virtual void AddPlanOptions(Command command) => command.Options.Add(claim);

    /// <inheritdoc/>
    public abstract IEnumerable<string> PlanInputs(ParseResult parse);

    /// <inheritdoc/>
    public PlannedMethod Plan(ParseResult parse, KeyFile? key)
    {
        using WatermarkKey claimKey = ClaimKey(key!, parse.GetValue(claim)!);
        return Plan(parse, claimKey, parse.GetValue(claim)!);
    }

    /// <inheritdoc/>
    public abstract IReplyTest Open(ReadOnlyMemory<byte> design, KeyFile? key);

    /// <inheritdoc/>
    public virtual IEnumerable<Command> Others() => [Serve()];

    /// <summary>Fixes the test under the claim's key.</summary>
    protected abstract PlannedMethod Plan(ParseResult parse, WatermarkKey claimKey, string claimId);

    /// <summary>What the service must say: a reply for every prompt, in the order of the design.</summary>
    protected abstract IEnumerable<(string Id, string Prompt, string Text)> Served(ReadOnlyMemory<byte> design, KeyFile key);

    /// <summary>The key of a claim.</summary>
    /// <param name="key">The owner's key.</param>
    /// <param name="claimId">The claim.</param>
    /// <exception cref="InputFormatException">The key is not one of 32 bytes.</exception>
    protected WatermarkKey ClaimKey(KeyFile key, string claimId) => key.Secret is WatermarkKey master
        ? master.ForClaim(Name, claimId)
        : throw new InputFormatException($"Key {key.Id} is of the scheme '{key.Scheme.Name}' and cannot be derived from; a key of 32 bytes, such as 'watermark keygen' makes, was expected.");

    /// <summary>SHA-256 of the file that <c>serve</c> writes: the owner's own replies are no suspect's.</summary>
    /// <param name="design">The design's file.</param>
    /// <param name="key">The owner's key.</param>
    public string ServedSha256(ReadOnlyMemory<byte> design, KeyFile key)
    {
        using var stream = new MemoryStream();
        Write(Served(design, key), stream);
        return Convert.ToHexStringLower(SHA256.HashData(stream.ToArray()));
    }

    private static void Write(IEnumerable<(string Id, string Prompt, string Text)> served, Stream stream) =>
        Demo.DemoReply.Write(served.Select(item => new Demo.DemoReply(item.Id, item.Prompt, item.Text)), stream);

    private Command Serve()
    {
        var keys = new KeyOptions();
        var design = new Option<string>("--design") { HelpName = "FILE", Description = "The design (design.json).", Required = true };
        var output = new Option<string>("--out") { HelpName = "FILE", Description = "The file for the replies, JSON Lines. It is as secret as the key.", Required = true };
        var force = CommonOptions.Force();
        string help = $"""
            Writes the replies that the key chose, for the service that serves them or the training that learns them. The file is
            readable by you alone: whoever has it can write replies that show the signal.

            Examples:
              watermark fingerprint {Name} serve --key {Name}/owner.wmkey --design {Name}/case/design.json --out {Name}/to-serve.jsonl
            """;
        var command = new Command("serve", HelpText.Flow(help)) { design, output, force };
        keys.AddTo(command, tokenizers: false);
        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            OutputFile target = OutputFile.Check(parse.GetValue(output)!, parse.GetValue(force), [.. keys.Files(parse), parse.GetValue(design)!]);
            using KeyFile key = keys.Load(parse);
            (string Id, string Prompt, string Text)[] served = [.. Served(File.ReadAllBytes(parse.GetValue(design)!), key)];
            target.Write(stream => Write(served, stream));
            if (!OperatingSystem.IsWindows() && !target.IsStandardOutput)
                File.SetUnixFileMode(target.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            ConsoleOutput.ForProcess(json: false).WriteLine($"Wrote {served.Length} replies to {target.Path}");
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    /// <summary>A test over functions.</summary>
    /// <param name="prompts">The prompts by id.</param>
    /// <param name="run">Judges a suspect.</param>
    protected sealed class ClaimTest(IReadOnlyDictionary<string, string> prompts, Func<Transcript, IReadOnlyList<Transcript>, FingerprintOptions, Finding> run) : IReplyTest
    {
        /// <inheritdoc/>
        public IReadOnlyDictionary<string, string> Prompts => prompts;

        /// <inheritdoc/>
        public Finding Test(Transcript suspect, IReadOnlyList<Transcript> controls, FingerprintOptions options, IProgress<double>? progress, CancellationToken cancellationToken) => run(suspect, controls, options);

        /// <inheritdoc/>
        public void Dispose()
        {
        }
    }
}
