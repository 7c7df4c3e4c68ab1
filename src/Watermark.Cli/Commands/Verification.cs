using System.Reflection;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.NGrams;

namespace Watermark.Cli.Commands;

/// <summary>
/// Makes the findings of <c>verify</c>, <c>recheck</c> and <c>demo</c> from samples and keys, one for each suspect and key.
/// Random keys are scored once for each sample and scheme, for any number of keys.
/// </summary>
/// <param name="options">How each test is run.</param>
/// <param name="console">Shows progress.</param>
/// <param name="namesKeys">Whether titles name the key, because several are tested.</param>
internal sealed class Verification(DistillationTestOptions options, ConsoleOutput console, bool namesKeys = false)
{
    /// <summary>The option by which a person takes responsibility for prompts.</summary>
    public const string PromptsUnmarked = "--prompts-unmarked";

    /// <summary>The names of the finding's options that say which key was derived.</summary>
    public const string AccountOption = "account";

    /// <inheritdoc cref="AccountOption"/>
    public const string EpochOption = "epoch";

    /// <summary>The largest number of random keys.</summary>
    public const int MostRandomKeys = 10_000_000;

    private const string PromptsAssumption = "The prompts hold no text that the key marked.";

    private readonly RandomKeyScores randomKeys = new();

    /// <summary>The version of the tool.</summary>
    public static string ToolVersion { get; } =
        typeof(Verification).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Tests a suspect under a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="suspect">The suspect.</param>
    /// <param name="controls">The controls.</param>
    /// <param name="waivers">The waivers given, by option name.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public Finding Test(
        OwnerKey key, TitledSample suspect, IReadOnlyList<TitledSample> controls, IReadOnlyList<string> waivers, CancellationToken cancellationToken)
    {
        CheckControls(suspect, controls);
        var test = new DistillationTest(key.Scheme, key.Identity, options, key.Diagnostics, randomKeys);
        Finding finding = console.WithProgress(
            "Scoring under random keys", (progress, token) => test.Run(suspect, controls, progress, token), cancellationToken);
        foreach (string waiver in waivers)
            finding = finding.Waive(DiagnosticCodes.PromptsScored, waiver, PromptsAssumption);
        NamedValue[] derived =
        [
            .. key.Account is { } account ? [new NamedValue(AccountOption, account)] : Array.Empty<NamedValue>(),
            .. key.Epoch is { } epoch ? [new NamedValue(EpochOption, epoch)] : Array.Empty<NamedValue>(),
        ];
        return finding with { Title = TitleOf(suspect.Title, key, namesKeys), Options = [.. finding.Options, .. derived] };
    }

    /// <summary>The title of a finding.</summary>
    /// <param name="suspect">The suspect's.</param>
    /// <param name="key">The key.</param>
    /// <param name="namesKey">Whether the key is named.</param>
    public static string TitleOf(string suspect, OwnerKey key, bool namesKey) =>
        string.Join(", ", new[] { suspect, key.Derivation, namesKey ? $"key {key.Identity.Id[..8]}" : null }.OfType<string>());

    /// <summary>Throws if a control is the suspect.</summary>
    private static void CheckControls(TitledSample suspect, IReadOnlyList<TitledSample> controls)
    {
        HashSet<string> digests = [.. Digests(suspect.Sample)];
        for (int i = 0; i < controls.Count; i++)
        {
            TitledSample control = controls[i];
            if (controls.Take(i).FirstOrDefault(other => Digests(other.Sample).Intersect(Digests(control.Sample)).Any()) is { } twice)
                throw new InputFormatException($"The controls {twice.Title} and {control.Title} hold the same text, which would count twice.");
            if (Digests(control.Sample).Any(digests.Contains))
                throw new InputFormatException($"The control {control.Title} and the suspect {suspect.Title} are the same text; a suspect cannot be its own control.");
        }
    }

    /// <summary>What tells that two samples are of the same text: the digests of their inputs and of what they hold; none if they hold nothing.</summary>
    /// <param name="sample">The sample.</param>
    public static IEnumerable<string> Digests(Sample sample) =>
        sample.RowCount == 0 ? [] : sample.Provenance.Inputs.Where(input => input.Documents > 0).Select(input => input.Sha256).Append(sample.Digest);
}
