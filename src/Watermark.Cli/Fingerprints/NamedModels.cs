using System.CommandLine;
using Watermark.Cli.Cases;
using Watermark.Cli.Commands;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;

namespace Watermark.Cli.Fingerprints;

/// <summary>The options of methods that compare a suspect with models that the design names: the prompts, and who plays which part.</summary>
internal sealed class NamedModels
{
    private readonly Option<string> prompts = new("--prompts") { HelpName = "FILE", Description = "What every model is asked: one prompt a line, or JSON Lines with 'prompt' and perhaps 'id'.", Required = true };
    private readonly Option<string> reference = new("--reference") { HelpName = "NAME", Description = "The owner's model, one of --control.", Required = true };

    /// <summary>Adds the options to <c>plan</c>.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Options.Add(prompts);
        command.Options.Add(reference);
    }

    /// <summary>The file of the prompts.</summary>
    /// <param name="parse">The parsed command line.</param>
    public string File(ParseResult parse) => parse.GetValue(prompts)!;

    /// <summary>The prompts.</summary>
    /// <param name="parse">The parsed command line.</param>
    public IReadOnlyList<CollectionPrompt> Prompts(ParseResult parse) => CollectionPrompts.Read(PromptFile.ToJsonLines(File(parse)), File(parse)).Items;

    /// <summary>The reference.</summary>
    /// <param name="parse">The parsed command line.</param>
    public string Reference(ParseResult parse) => Among(parse, "--reference", parse.GetValue(reference)!);

    /// <summary>A name that must be one of --control, since every model of the design is asked.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="option">The option that gives the name.</param>
    /// <param name="name">The name.</param>
    public static string Among(ParseResult parse, string option, string name) => Controls(parse).Contains(name, StringComparer.Ordinal)
        ? name
        : throw new InputFormatException($"{option} is '{name}', which is not among the models that --control names; every model of the design is asked the same, so it needs its --control.");

    /// <summary>The names that --control gives.</summary>
    /// <param name="parse">The parsed command line.</param>
    public static IReadOnlyList<string> Controls(ParseResult parse) =>
        [.. (parse.GetValue<string[]>("--control") ?? []).Select(text => PlanFiles.Subject(text, SubjectRole.Control).Name)];

    /// <summary>
    /// Replies under the names of the design: outside a case a model's name is that of its file, with or without what follows the first dot.
    /// </summary>
    /// <param name="given">The replies.</param>
    /// <param name="names">The names of the design.</param>
    public static IReadOnlyList<Transcript> Named(IReadOnlyList<Transcript> given, IReadOnlyList<string> names) =>
        [.. given.Select(transcript => names.FirstOrDefault(name => transcript.Title == name || transcript.Title.StartsWith(name + ".", StringComparison.Ordinal)) is { } name ? transcript with { Title = name } : transcript)];
}
