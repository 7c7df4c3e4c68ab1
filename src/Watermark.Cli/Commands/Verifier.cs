using Watermark.Cli.Terminal;
using Watermark.Forensics.Distillation;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Text;

namespace Watermark.Cli.Commands;

/// <summary>The code path of <c>verify</c>: inputs to a verdict. The demo takes the same one.</summary>
/// <param name="key">The owner's key.</param>
/// <param name="tokenizer">The key's tokenizer.</param>
/// <param name="schema">What is scored.</param>
/// <param name="readerOptions">How documents are read.</param>
/// <param name="options">How the test is run.</param>
/// <param name="console">Shows progress.</param>
internal sealed class Verifier(
    KeyFile key,
    TextTokenizer tokenizer,
    NGramTableSchema schema,
    DocumentReaderOptions readerOptions,
    DistillationTestOptions options,
    ConsoleOutput console)
{
    /// <summary>Reads the corpora and tests the suspect.</summary>
    /// <param name="suspect">The suspect's inputs.</param>
    /// <param name="control">The control's inputs; empty for none.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The verdict, and the exit code: bad input where a file broke off.</returns>
    public (DistillationVerdict Verdict, int ExitCode) Run(
        IReadOnlyList<string> suspect, IReadOnlyList<string> control, CancellationToken cancellationToken)
    {
        using KeyedScheme scheme = key.ToKeyedScheme();
        (Corpus suspectCorpus, int suspectCode) = Load(suspect, "Reading the suspect", cancellationToken);
        (Corpus? controlCorpus, int controlCode) = (null, ExitCodes.Done);
        if (control.Count > 0)
            (controlCorpus, controlCode) = Load(control, "Reading the control", cancellationToken);
        var test = new DistillationTest(scheme, options);
        DistillationVerdict verdict = console.WithProgress(
            "Scoring under random keys",
            (progress, token) => test.Run(suspectCorpus, controlCorpus, key.Secret.Weakness, progress, token),
            cancellationToken);
        return (verdict, Math.Max(suspectCode, controlCode));
    }

    private (Corpus Corpus, int ExitCode) Load(IReadOnlyList<string> inputs, string label, CancellationToken cancellationToken) =>
        CorpusLoader.Load(inputs, schema, tokenizer, readerOptions, options.DegreeOfParallelism, console, label, trackDocuments: true, cancellationToken);
}
