using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Forensics.Json;
using Watermark.SampleText;
using Watermark.Schemes;
using Watermark.Text.Conversations;
using Watermark.Text.Screening;
using Watermark.Text.Tokenizers;

namespace Watermark.Cli.Demo;

/// <summary>Runs the demonstration: trains the models, writes the files, and verifies them as <c>verify</c> does.</summary>
/// <param name="folder">The folder for the files.</param>
/// <param name="seed">The seed of everything but the key.</param>
/// <param name="console">Where it is shown.</param>
internal sealed class DemoRun(string folder, ulong seed, ConsoleOutput console)
{
    private const string TokenizerName = "cl100k_base";
    private const int EndOfText = 100_257;
    private const string RepliesFile = "replies.jsonl";
    private static readonly string[] Students = ["suspect", "innocent"];

    private readonly string keyPath = Path.Combine(folder, "owner.wmkey");
    private readonly DemoCase demoCase = new(folder, Path.Combine(folder, "owner.wmkey"));
    private bool replaces;

    /// <summary>Runs it.</summary>
    /// <param name="scheme">The mark.</param>
    /// <param name="secret">The key's secret.</param>
    /// <param name="textFolder">The user's text, or null for the SDK's documentation.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The exit code.</returns>
    public int Run(WatermarkScheme scheme, WatermarkSecret secret, string? textFolder, CancellationToken cancellationToken)
    {
        CheckOutputs();
        EnglishSentences english = console.WithProgress("Reading English text", (_, token) => EnglishSentences.Load(textFolder, token), cancellationToken);
        console.WriteLine($"Text: {english.Sentences.Count:N0} sentences from {english.Source}");
        TextTokenizer tokenizer = TextTokenizer.Load(TokenizerName);
        using KeyFile key = KeyFile.Create(scheme, secret.Clone(), TokenizerName, tokenizer.VocabularySize, TimeProvider.System, tokenizer.ContentHash);
        var codec = new TextCodec(tokenizer.Encode, ids => tokenizer.Decode(ids), EndOfText);
        DistillationScenario scenario = console.WithProgress(
            "Training the owner's model", (_, token) => new DistillationScenario(english.Sentences, seed, codec, cancellationToken: token), cancellationToken);

        // Only now, so that text that does not do leaves no key behind.
        using (PendingFiles.Track(OutputFile.Check(keyPath, force: false).Prepare()))
            key.Save(keyPath);
        console.WriteLine($"Key: {key.Id} in {keyPath}");
        console.WithProgress(
            "Committing to the key and fixing the plan",
            (_, token) =>
            {
                demoCase.Begin(Students[0], Students[1], scenario.CollectionPrompts, token);
                return true;
            },
            cancellationToken);
        using (KeyedScheme mark = key.ToKeyedScheme())
        {
            WriteStudent(scenario, Students[0], mark, "marked", cancellationToken);
            WriteStudent(scenario, Students[1], null, "unmarked", cancellationToken);
        }

        int exitCode = Verify(key, tokenizer, cancellationToken);
        console.WithProgress(
            "Making the case",
            (_, token) =>
            {
                foreach (string student in Students)
                    demoCase.Import(student, RepliesPath(student), token);
                demoCase.End(token);
                return true;
            },
            cancellationToken);
        Close();
        return exitCode;
    }

    private void WriteStudent(DistillationScenario scenario, string student, KeyedScheme? mark, string kind, CancellationToken cancellationToken)
    {
        IReadOnlyList<DemoReply> served = console.WithProgress(
            $"The owner's service writes {kind} replies", (progress, token) => scenario.Serve(mark, progress, token), cancellationToken);
        NGramLanguageModel model = console.WithProgress(
            $"Training the {student} on them", (_, token) => scenario.TrainStudent(served, token), cancellationToken);
        IReadOnlyList<DemoReply> replies = console.WithProgress(
            $"Collecting replies of the {student}", (progress, token) => scenario.Collect(model, student, progress, token), cancellationToken);
        OutputFile.Check(RepliesPath(student), replaces).Write(stream => DemoReply.Write(replies, stream));
        console.WriteLine($"The {student}: trained on {served.Count:N0} {kind} replies; {replies.Count:N0} of its own replies in {RepliesPath(student)}");
    }

    private int Verify(KeyFile key, TextTokenizer tokenizer, CancellationToken cancellationToken)
    {
        SampleSchema schema = SampleLoader.Schema(key.Scheme.ContextWidth, NGramSelection.Default, tokenizer, rowLimit: null, preparation: string.Empty);
        var verification = new Verification(new DistillationTestOptions { ToolVersion = Verification.ToolVersion }, console);
        using OwnerKey owner = OwnerKey.Of(key, null, null);
        var findings = new List<Finding>();
        int exitCode = ExitCodes.Done;
        foreach (string student in Students)
        {
            (Sample sample, int code) = SampleLoader.Extract(
                [RepliesPath(student)],
                schema,
                tokenizer,
                new ReplyReaderOptions(),
                new ReplyTextOptions(),
                new ReplyScreening(),
                Environment.ProcessorCount,
                console,
                $"Reading the {student}",
                cancellationToken);
            findings.Add(verification.Test(owner, new TitledSample(student, sample), [], [], cancellationToken));
            exitCode = Math.Max(exitCode, code);
        }

        if (console.Json)
            WriteJson(findings);
        console.WriteLine();
        FindingTable.Print(findings, console);
        return exitCode;
    }

    private void Close()
    {
        string tool = Invocation.OfProcess();
        console.WriteLine();
        console.WriteLine($"The report for readers who are not engineers: {Path.Combine(demoCase.Path, CaseFiles.ReportHtml)}");
        console.WriteLine("These commands made it:");
        foreach (string command in demoCase.Commands)
            console.WriteLine($"  {tool} {command}");
        console.WriteLine("Anybody can check the case; who has the key can compute it again:");
        console.WriteLine($"  {tool} check {demoCase.Path}");
        console.WriteLine($"  {tool} check {demoCase.Path} --key {keyPath}");
    }

    private void WriteJson(List<Finding> findings) => console.WriteJson(writer =>
    {
        writer.WriteStartObject();
        foreach ((Finding finding, string name) in findings.Zip(Students))
        {
            writer.WritePropertyName(name);
            FindingJson.Write(finding, writer);
        }

        writer.WriteEndObject();
    });

    /// <summary>Nothing is overwritten, except the files of an earlier demonstration in the same folder.</summary>
    private void CheckOutputs()
    {
        replaces = File.Exists(keyPath) && Students.All(student => File.Exists(RepliesPath(student)));
        foreach (string path in Students.Select(RepliesPath).Prepend(keyPath).Concat(demoCase.Files).Append(Path.Combine(demoCase.Path, CaseFiles.Plan)))
        {
            if (!replaces && Path.Exists(path))
                throw new InputFormatException($"{path} exists already, and not from an earlier demonstration; name another folder with --out.");
            OutputFile.Check(path, replaces);
        }

        if (replaces)
        {
            File.Delete(keyPath);
            demoCase.DeleteEarlier();
        }
    }

    private string RepliesPath(string student) => Path.Combine(folder, student, RepliesFile);
}
