using System.CommandLine;
using System.Globalization;
using Watermark.Catalog;
using Watermark.Cli.Cases;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Sealing;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.NGrams;
using Watermark.Scoring;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark plan</c>: fixes and signs what will be tested, before anything is collected.</summary>
internal static class PlanCommand
{
    private const string Help = """
        Fixes what will be tested, before anything is collected: keys, prompts, suspects, controls, statistic, thresholds,
        when the collection ends. Writes plan.json and its signature into the case, and prompts.jsonl. A plan is refused once
        the collection has begun; every later difference from it stands on page one of the report.

        A suspect or control is a name, or NAME=URL,MODEL for an endpoint. Prompts are JSON Lines with a member 'prompt', or
        text, one prompt a line.

        Examples:
          watermark plan --case case --key owner.wmkey --suspect other --control open --prompts prompts.jsonl --signer signer.pem
        """;

    public static Command Create()
    {
        var keys = new KeyOptions();
        var signer = new SignerOptions();
        var selection = new SelectionOptions(DistinctScope.Corpus);
        var folder = CaseOptions.Folder();
        var title = new Option<string?>("--title") { HelpName = "TEXT", Description = "The name of the case for readers." };
        var suspects = CommonOptions.Several(new Option<string[]>("--suspect") { HelpName = "NAME[=URL,MODEL]", Description = "A suspect. May be repeated; each is a test.", Required = true });
        var controls = CommonOptions.Several(new Option<string[]>("--control") { HelpName = "NAME[=URL,MODEL]", Description = "A model known to be independent of the key. May be repeated." });
        var prompts = new Option<string?>("--prompts") { HelpName = "FILE", Description = "The prompts, which must not depend on the key." };
        var replies = new Option<int>("--replies-per-prompt") { HelpName = "N", Description = "Replies of each subject to each prompt.", DefaultValueFactory = _ => 1 };
        var stop = new Option<string?>("--stop") { HelpName = "fixed:N|anytime:N", Description = "The collection ends at N replies of each subject; or, with 'anytime', as soon as the e-value of a suspect decides, at the latest at N." };
        var exclude = CommonOptions.Several(new Option<string[]>("--exclude") { HelpName = "FILE", Description = "Text that is not scored where replies repeat it; 'verify' must get the same files." });
        var randomKeys = new Option<int>("--keys") { HelpName = "N", Description = "Random keys that score the same text.", DefaultValueFactory = _ => 1000 };
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Seed of everything random.", DefaultValueFactory = _ => 0 };
        var effect = new Option<double>("--effect") { HelpName = "X", Description = "The smallest effect that matters, in null standard deviations per token.", DefaultValueFactory = _ => new DecisionRule().EffectOfInterest };
        var required = new Option<int>("--controls-required") { HelpName = "N", Description = "Controls that each finding needs, each with enough text.", DefaultValueFactory = _ => 1 };
        var alpha = new Option<double>("--alpha") { HelpName = "P", Description = "The largest adjusted p-value with --combination holm.", DefaultValueFactory = _ => 0.001 };
        var combination = new Option<string>("--combination") { HelpName = "mean-e|holm", Description = "How several findings are combined.", DefaultValueFactory = _ => "mean-e" };
        combination.AcceptOnlyFromAmong("mean-e", "holm");
        var accounts = Count("--accounts", "Accounts of each key that will be tested.");
        var epochs = Count("--epochs", "Epochs of each key that will be tested.");
        var variants = Count("--variants", "Other ways in which the same text will be tested.");
        var force = CommonOptions.Force();
        var json = CommonOptions.Json();
        var command = new Command("plan", HelpText.Flow(Help)) { folder, title, suspects, controls, prompts, replies, stop, exclude, randomKeys, seed, effect, required, alpha, combination, accounts, epochs, variants };
        keys.AddTo(command, several: true);
        selection.AddTo(command, keyed: true, withScope: true);
        signer.AddTo(command);
        command.Options.Add(force);
        command.Options.Add(json);
        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            var place = new CaseFolder(parse.GetValue(folder)!);
            var targets = new PlanFiles(place, parse.GetValue(force), [.. keys.Files(parse), signer.File(parse)!, .. new[] { parse.GetValue(prompts) }.OfType<string>()]);
            using SigningKey signing = signer.Load(parse);
            using IDisposable caseLock = place.Lock();
            CaseOptions.CheckSigner(place, signing);
            byte[]? promptLines = parse.GetValue(prompts) is { } file ? PromptFile.ToJsonLines(file) : null;
            IReadOnlyList<KeyFile> files = keys.LoadAll(parse);
            try
            {
                (string statistic, string prior, NGramSelection rule, KeyFile first) = Same(files, key =>
                {
                    NGramSelection chosen = selection.Read(parse, key.Scheme);
                    return (DistillationTest.StatisticOf(key.Scheme, chosen, weighted: false), TotalNull.For(key.Scheme.Null, 1).Prior, chosen, key);
                });
                CommittedKeys committed = CommittedKeys.Of(place, keys.Paths(parse), files);
                PlannedSubject[] subjects =
                [
                    .. parse.GetValue(suspects)!.Select(text => PlanFiles.Subject(text, SubjectRole.Suspect)),
                    .. (parse.GetValue(controls) ?? []).Select(text => PlanFiles.Subject(text, SubjectRole.Control)),
                ];
                var plan = new Plan
                {
                    Title = parse.GetValue(title) ?? string.Empty,
                    Created = CaseOptions.Now(),
                    Keys = [.. files.Select(key => committed.CommitmentOf(key) ?? key.Id)],
                    Tests = new TestCount
                    {
                        Keys = Math.Max(files.Count, committed.Count),
                        Accounts = parse.GetValue(accounts),
                        Epochs = parse.GetValue(epochs),
                        Suspects = subjects.Count(subject => subject.Role == SubjectRole.Suspect),
                        Variants = parse.GetValue(variants),
                    },
                    Statistic = statistic,
                    Prior = prior,
                    Alpha = parse.GetValue(alpha),
                    Rule = new DecisionRule { EffectOfInterest = parse.GetValue(effect) },
                    RandomKeys = parse.GetValue(randomKeys),
                    Seed = parse.GetValue(seed),
                    ControlsRequired = parse.GetValue(required),
                    Combination = parse.GetValue(combination) == "holm" ? CombinationRule.Holm : CombinationRule.MeanE,
                    Selection = rule.Describe(),
                    ContextWidth = first.Scheme.ContextWidth,
                    Gamma = first.Scheme.Null.Gamma,
                    RepliesPerPrompt = parse.GetValue(replies),
                    Subjects = subjects,
                    Weighted = false,
                    Stopping = parse.GetValue(stop) is { } when ? Stop(when) : null,
                    Exclusions = [.. (parse.GetValue(exclude) ?? []).Select(FileDigest.Of)],
                };
                targets.Write(plan, promptLines, design: null, signing, ConsoleOutput.ForProcess(parse.GetValue(json)));
                return Task.FromResult(ExitCodes.Done);
            }
            finally
            {
                foreach (KeyFile key in files)
                    key.Dispose();
            }
        }));
        return command;
    }

    private static Option<long> Count(string name, string description) => new(name) { HelpName = "N", Description = description, DefaultValueFactory = _ => 1 };

    private static (string Statistic, string Prior, NGramSelection Selection, KeyFile Key) Same(
        IReadOnlyList<KeyFile> files, Func<KeyFile, (string Statistic, string Prior, NGramSelection Selection, KeyFile Key)> of)
    {
        (string Statistic, string Prior, NGramSelection Selection, KeyFile Key) first = of(files[0]);
        foreach (KeyFile file in files.Skip(1))
        {
            (string Statistic, string Prior, NGramSelection Selection, KeyFile Key) other = of(file);
            if ((other.Statistic, other.Prior, other.Selection) != (first.Statistic, first.Prior, first.Selection) || other.Key.Scheme.ContextWidth != first.Key.Scheme.ContextWidth || other.Key.Scheme.Null.Gamma != first.Key.Scheme.Null.Gamma)
                throw new InputFormatException($"The keys {first.Key.Id} and {file.Id} need different tests; make a case for each.");
        }

        return first;
    }

    private static StoppingRule Stop(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length == 2 && parts[0] is "fixed" or "anytime" && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long replies))
            return new StoppingRule(parts[0] == "fixed" ? StoppingKind.Fixed : StoppingKind.Anytime, replies);
        throw new InputFormatException("--stop: fixed:N or anytime:N was expected, with the number of replies.");
    }
}
