using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Watermark.Cli.Endpoints;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark collect</c>: asks suspects and controls the case's prompts, and records everything.</summary>
internal static class CollectCommand
{
    private const string Help = """
        Asks suspects and controls the prompts of a case and records every request and reply in collection/log.jsonl, a chain
        of hashes that shows every later edit. Prompt by prompt all subjects are asked, in a shuffled order. Run it again to
        go on where it ended: a reply that is recorded is not asked for again. API keys come from environment variables and
        are never recorded.
        The case needs prompts.jsonl, one {"id":…,"prompt":…} a line. Where it has a plan, prompts, subjects and the number of
        replies must be the plan's. With --watch the e-value of each suspect is shown while it grows; only a plan that lets the
        collection end at any time ends it early.

        Examples:
          watermark collect --case collected/ --prompts prompts.jsonl --name suspect-x --endpoint http://localhost:8000/v1 --model student
          watermark collect --case collected/ --subjects subjects.json --parallel 8 --requests-per-minute 60000
          watermark collect --case watched/ --prompts prompts.jsonl --subjects subjects.json --watch --key owner.wmkey
        """;

    public static Command Create()
    {
        var caseFolder = new Option<string>("--case") { HelpName = "DIR", Description = "The case's folder.", Required = true };
        var prompts = new Option<string?>("--prompts") { HelpName = "FILE", Description = "The prompts, where the case does not have them yet: they are copied into it." };
        var perPrompt = new Option<int?>("--replies-per-prompt") { HelpName = "N", Description = "Replies to each prompt of each subject. Default: the plan's, else 1." };
        var watch = new Option<bool>("--watch") { Description = "Show the e-value of each suspect while replies come; needs --key." };
        var keys = new KeyOptions();
        var subjects = new CollectOptions();
        var json = CommonOptions.Json();
        var command = new Command("collect", HelpText.Flow(Help)) { caseFolder, prompts, perPrompt };
        subjects.AddTo(command);
        command.Options.Add(watch);
        keys.AddTo(command, required: false);
        command.Options.Add(json);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            var folder = new CaseFolder(parse.GetValue(caseFolder)!);
            Plan? plan = folder.Has(CaseFiles.Plan) ? folder.Read(CaseFiles.Plan, bytes => PlanJson.Read(bytes)) : null;
            if (parse.GetValue(watch) != keys.IsGiven(parse))
                throw new InputFormatException("--watch and --key belong together: the key is needed to see an e-value, and for nothing else here.");
            var endpoints = new List<ChatEndpoint>();
            CollectWatch? watcher = null;
            try
            {
                EndpointOptions how = subjects.Endpoints(parse);
                foreach (SubjectSettings settings in subjects.Subjects(parse, plan))
                    endpoints.Add(ChatEndpoint.Open(settings, how, Environment.GetEnvironmentVariable));
                CollectionPrompts asked = Prompts(folder, parse.GetValue(prompts), plan);
                CollectorOptions options = Options(plan, parse.GetValue(perPrompt), asked) with { Parallelism = subjects.Parallelism(parse) };
                TerminationSignals.MakeRoomFor(options.Parallelism);
                if (parse.GetValue(watch))
                    watcher = new CollectWatch(folder, plan, endpoints.Select(endpoint => endpoint.Subject), keys, parse, console);
                CollectionOutcome outcome = Collect(folder, [.. endpoints.Select(endpoint => endpoint.Subject)], asked, options, watcher, console, cancellationToken);
                Report(folder, outcome, console);
                return Task.FromResult(outcome.Remaining == 0 || outcome.IsStopped ? ExitCodes.Done : ExitCodes.BadInput);
            }
            finally
            {
                watcher?.Dispose();
                foreach (ChatEndpoint endpoint in endpoints)
                    endpoint.Dispose();
            }
        }));
        return command;
    }

    private static CollectionOutcome Collect(
        CaseFolder folder, IReadOnlyList<CollectionSubject> subjects, CollectionPrompts prompts, CollectorOptions options, CollectWatch? watch, ConsoleOutput console, CancellationToken cancellationToken)
    {
        using CollectionLog log = CollectionLog.Open(folder.Root, $"watermark {Verification.ToolVersion}");
        var collector = new Collector(log, subjects, prompts, options);
        if (log.PlanSha256 is null)
            console.WriteError("No plan: nothing in this case will show that prompts, subjects and number of replies were fixed before the replies were seen.");

        // What --watch prints would stand in the middle of a bar.
        return watch is not null
            ? collector.RunAsync(watch.AfterReplyAsync, null, cancellationToken).GetAwaiter().GetResult()
            : console.WithProgress("Collecting", (progress, token) => collector.RunAsync(null, new Part(progress), token).GetAwaiter().GetResult(), cancellationToken);
    }

    /// <summary>The case's prompts, which are copied into it where they are not there yet.</summary>
    private static CollectionPrompts Prompts(CaseFolder folder, string? given, Plan? plan)
    {
        string path = folder.PathOf(CaseFiles.Prompts);
        if (!folder.Has(CaseFiles.Prompts) && given is null)
            throw new InputFormatException($"{path} is missing; give the prompts with --prompts.");
        CollectionPrompts prompts = CollectionPrompts.Load(given ?? path);
        if (plan?.PromptsSha256 is { } planned && planned != prompts.Sha256)
            throw new InputFormatException($"{given ?? path} has SHA-256 {prompts.Sha256}; the plan fixes {planned}.");
        if (given is null)
            return prompts;
        if (folder.Has(CaseFiles.Prompts))
        {
            return folder.Sha256(CaseFiles.Prompts) == prompts.Sha256
                ? prompts
                : throw new InputFormatException($"{given} differs from {path}, which the case has already.");
        }

        OutputFile.Check(path, force: false, given).Write(stream => stream.Write(File.ReadAllBytes(given)));
        return CollectionPrompts.Load(path);
    }

    private static CollectorOptions Options(Plan? plan, int? perPrompt, CollectionPrompts prompts)
    {
        if (perPrompt is < 1 or > 1000)
            throw new InputFormatException("--replies-per-prompt must be from 1 to 1000.");
        if (plan is not null && perPrompt is not null && perPrompt != plan.RepliesPerPrompt)
            throw new InputFormatException($"The plan fixes {plan.RepliesPerPrompt} replies per prompt; --replies-per-prompt is {perPrompt}.");
        int each = perPrompt ?? plan?.RepliesPerPrompt ?? 1;
        long possible = (long)prompts.Items.Count * each;
        if (plan?.Stopping is { Kind: StoppingKind.Fixed } stopping && stopping.Replies > possible)
            throw new InputFormatException($"The plan fixes {stopping.Replies} replies of each subject, and its prompts give only {possible}.");
        return new CollectorOptions { RepliesPerPrompt = each, RepliesPerSubject = plan?.Stopping?.Replies, Seed = plan?.Seed ?? 0 };
    }

    private static void Report(CaseFolder folder, CollectionOutcome outcome, ConsoleOutput console)
    {
        CustodyResult custody;
        using (FileStream stream = File.OpenRead(folder.PathOf(CaseFiles.Log)))
            custody = CollectionLogReader.Check(stream);
        foreach (CustodySubject subject in custody.Subjects)
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{subject.Name} ({PlanJson.NameOf(subject.Role)}): {subject.Replies:N0} replies, {subject.Unanswered:N0} requests without one"));
        console.WriteLine($"Ended: {outcome.Reason}");
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Log: {custody.Records:N0} records, the hash of the last is {custody.Head}"));
        foreach (string sentence in custody.Faults.Select(fault => fault.Sentence).Concat(custody.Warnings))
            console.WriteError(sentence);
        if (outcome is { Remaining: > 0, IsStopped: false })
            console.WriteError(string.Create(CultureInfo.InvariantCulture, $"{outcome.Remaining:N0} replies are missing; run the command again to ask for them again."));
        if (console.Json)
            console.WriteJson(writer => Write(writer, outcome, custody));
    }

    private static void Write(Utf8JsonWriter writer, CollectionOutcome outcome, CustodyResult custody)
    {
        writer.WriteStartObject();
        writer.WriteNumber("collected", outcome.Collected);
        writer.WriteNumber("failed", outcome.Failed);
        writer.WriteNumber("missing", outcome.Remaining);
        writer.WriteString("reason", outcome.Reason);
        writer.WriteNumber("records", custody.Records);
        writer.WriteString("head", custody.Head);
        writer.WriteString("planSha256", custody.PlanSha256);
        writer.WriteStartArray("subjects");
        foreach (CustodySubject subject in custody.Subjects)
        {
            writer.WriteStartObject();
            writer.WriteString("name", subject.Name);
            writer.WriteString("role", PlanJson.NameOf(subject.Role));
            writer.WriteNumber("replies", subject.Replies);
            writer.WriteNumber("unanswered", subject.Unanswered);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>The part of a collection that is done.</summary>
    private sealed class Part(IProgress<double> inner) : IProgress<CollectionState>
    {
        public void Report(CollectionState value) => inner.Report((double)(value.Done + value.Failed) / Math.Max(1, value.Total));
    }
}
