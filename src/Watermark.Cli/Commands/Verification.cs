using System.Reflection;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.NGrams;
using Watermark.Text.Tokenizers;

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

    // What a person may vouch for who knows that no prompt holds text which the key marked.
    private static readonly string[] PromptGuards =
        [DiagnosticCodes.PromptsMissing, DiagnosticCodes.PromptsScored, DiagnosticCodes.ReplyInPrompt, DiagnosticCodes.TruncatedInput];

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
        CheckControls(controls);
        var test = new DistillationTest(key.Scheme, key.Identity, options, key.Diagnostics, randomKeys);
        Finding finding = Run(test, suspect, controls, cancellationToken);
        NamedValue[] derived =
        [
            .. key.Account is { } account ? [new NamedValue(AccountOption, account)] : Array.Empty<NamedValue>(),
            .. key.Epoch is { } epoch ? [new NamedValue(EpochOption, epoch)] : Array.Empty<NamedValue>(),
        ];
        return Complete(finding, TitleOf(suspect.Title, key, namesKeys), UnknownTokenizer(key, suspect.Sample.Schema), waivers, derived);
    }

    /// <summary>Tests a suspect without the key, from row scores. What only the key's file tells is taken from the stored finding.</summary>
    /// <param name="scores">The row scores of the suspect's sample and of each control's.</param>
    /// <param name="stored">The finding that is computed again.</param>
    /// <param name="suspect">The suspect.</param>
    /// <param name="controls">The controls.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public Finding Test(IReadOnlyList<RowScores> scores, Finding stored, TitledSample suspect, IReadOnlyList<TitledSample> controls, CancellationToken cancellationToken)
    {
        CheckControls(controls);
        Diagnostic[] ofKey = [.. stored.Diagnostics.Where(diagnostic => diagnostic.Code is DiagnosticCodes.KeyWeak or DiagnosticCodes.KeyIdOld or DiagnosticCodes.KeyCompliance)];
        var test = new DistillationTest(scores, options, ofKey, randomKeys);
        NamedValue[] derived = [.. stored.Options.Where(option => option.Name is AccountOption or EpochOption)];
        Diagnostic? unknown = stored.Diagnostics.FirstOrDefault(diagnostic => diagnostic.Code == DiagnosticCodes.TokenizerMismatch);
        return Complete(Run(test, suspect, controls, cancellationToken), stored.Title, unknown, stored.Waivers, derived);
    }

    private Finding Run(DistillationTest test, TitledSample suspect, IReadOnlyList<TitledSample> controls, CancellationToken cancellationToken) => console.WithProgress(
        "Scoring under random keys", (progress, token) => test.Run(suspect, controls, progress, token), cancellationToken);

    private static Finding Complete(Finding finding, string title, Diagnostic? unknownTokenizer, IReadOnlyList<string> waivers, NamedValue[] derived)
    {
        if (unknownTokenizer is not null)
            finding = finding.With([unknownTokenizer]);
        finding = Waive(finding, waivers);
        return finding with { Title = title, Options = [.. finding.Options, .. derived] };
    }

    /// <summary>A finding after the waivers that a person gave.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="waivers">The waivers, by option name.</param>
    public static Finding Waive(Finding finding, IReadOnlyList<string> waivers)
    {
        foreach (string waiver in waivers)
        {
            foreach (string code in PromptGuards)
                finding = finding.Waive(code, waiver, PromptsAssumption);
        }

        return finding;
    }

    /// <summary>The title of a finding.</summary>
    /// <param name="suspect">The suspect's.</param>
    /// <param name="key">The key.</param>
    /// <param name="namesKey">Whether the key is named.</param>
    public static string TitleOf(string suspect, OwnerKey key, bool namesKey) =>
        string.Join(", ", new[] { suspect, key.Derivation, namesKey ? $"key {key.Identity.Id[..8]}" : null }.OfType<string>());

    /// <summary>What nothing shows about the tokenizer of a key, where its text was tokenized; null where the key says it.</summary>
    private static Diagnostic? UnknownTokenizer(OwnerKey key, SampleSchema schema) =>
        key.TokenizerHash.Length > 0 || TextTokenizer.IsBuiltIn(key.Tokenizer) || schema.TokenizerHash.Length == 0
            ? null
            : Diagnostic.Warning(DiagnosticCodes.TokenizerMismatch, $"The key does not hold the digest of its tokenizer, so nothing shows that '{schema.Tokenizer}' is the one that it marks.");

    /// <summary>Throws if two controls hold the same text. A control that is the suspect is a diagnostic of the finding.</summary>
    private static void CheckControls(IReadOnlyList<TitledSample> controls)
    {
        for (int i = 0; i < controls.Count; i++)
        {
            TitledSample control = controls[i];
            if (controls.Take(i).FirstOrDefault(other => Digests(other.Sample).Intersect(Digests(control.Sample)).Any()) is { } twice)
                throw new InputFormatException($"The controls {twice.Title} and {control.Title} hold the same text, which would count twice.");
        }
    }

    /// <summary>What tells that two samples are of the same text: the digests of their inputs and of what they hold; none if they hold nothing.</summary>
    /// <param name="sample">The sample.</param>
    public static IEnumerable<string> Digests(Sample sample) =>
        sample.RowCount == 0 ? [] : sample.Provenance.Inputs.Where(input => input.Documents > 0).Select(input => input.Sha256).Append(sample.Digest);
}
