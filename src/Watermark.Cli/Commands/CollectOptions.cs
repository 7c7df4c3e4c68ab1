using System.CommandLine;
using Watermark.Cli.Endpoints;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;

namespace Watermark.Cli.Commands;

/// <summary>Who is asked by <c>collect</c>, and how.</summary>
internal sealed class CollectOptions
{
    private const string Suspect = "suspect";
    private const string Control = "control";

    private readonly Option<string?> subjects = new("--subjects") { HelpName = "FILE", Description = "Several suspects and controls: {\"format\":\"watermark-subjects/1\",\"subjects\":[{\"name\":…,\"role\":\"suspect\"|\"control\",\"endpoint\":…,\"model\":…,\"apiKeyEnv\":…,\"parameters\":{\"temperature\":…,\"topP\":…,\"maxTokens\":…,\"seed\":…,\"system\":…}}]}." };
    private readonly Option<string?> name = new("--name") { HelpName = "NAME", Description = "The name of the one subject that is asked." };
    private readonly Option<string?> role = Role();
    private readonly Option<string?> endpoint = new("--endpoint") { HelpName = "URL", Description = "The base address of its OpenAI-compatible API. Default: the plan's." };
    private readonly Option<string?> model = new("--model") { HelpName = "NAME", Description = "The model's name there. Default: the plan's." };
    private readonly Option<string?> apiKey = new("--api-key-env") { HelpName = "NAME", Description = $"The environment variable with the API key. Default {ChatEndpoint.DefaultKeyVariable}; no key is sent where that is not set." };
    private readonly Option<double?> temperature = new("--temperature") { HelpName = "X", Description = "The temperature. Default: the endpoint's." };
    private readonly Option<double?> topP = new("--top-p") { HelpName = "X", Description = "The probability mass that is sampled from. Default: the endpoint's." };
    private readonly Option<int?> maxTokens = new("--max-tokens") { HelpName = "N", Description = "The largest number of tokens of a reply. Default: the endpoint's." };
    private readonly Option<long?> seed = new("--seed") { HelpName = "N", Description = "The seed of a prompt's first reply; further replies take the numbers that follow." };
    private readonly Option<string?> system = new("--system") { HelpName = "TEXT", Description = "A system prompt." };
    private readonly Option<int> parallel = new("--parallel") { HelpName = "N", Description = "Requests at the same time.", DefaultValueFactory = _ => 4 };
    private readonly Option<int?> rate = new("--requests-per-minute") { HelpName = "N", Description = "The largest number of requests a minute to each subject. Default: no limit." };
    private readonly Option<int> retries = new("--retries") { HelpName = "N", Description = "Further attempts where an endpoint is overloaded, fails or does not answer, after growing pauses.", DefaultValueFactory = _ => 5 };
    private readonly Option<int> timeout = new("--timeout") { HelpName = "SECONDS", Description = "The time that one attempt may take.", DefaultValueFactory = _ => 120 };

    private Option[] OfOneSubject => [name, role, endpoint, model, apiKey, temperature, topP, maxTokens, seed, system];

    /// <summary>Requests at the same time.</summary>
    /// <param name="parse">The parsed command line.</param>
    public int Parallelism(ParseResult parse) => InRange(parallel.Name, parse.GetValue(parallel), 1, 256);

    /// <summary>What a subject is.</summary>
    public static Option<string?> Role()
    {
        var role = new Option<string?>("--role") { HelpName = $"{Suspect}|{Control}", Description = "What the subject is: the model in question, or one known to be independent of the key. Default: the plan's, else suspect." };
        role.AcceptOnlyFromAmong(Suspect, Control);
        return role;
    }

    /// <summary>The role of a subject, as the user and the plan say it.</summary>
    /// <param name="given">What the user gave, or null.</param>
    /// <param name="name">The subject's name.</param>
    /// <param name="plan">The plan, or null.</param>
    /// <exception cref="InputFormatException">The plan does not name the subject, or gives it another role.</exception>
    public static SubjectRole RoleOf(string? given, string name, Plan? plan)
    {
        SubjectRole? chosen = given switch { Suspect => SubjectRole.Suspect, Control => SubjectRole.Control, _ => null };
        PlannedSubject? planned = plan?.Subjects.FirstOrDefault(subject => subject.Name == name);
        if (plan?.Subjects.Count > 0 && planned is null)
            throw new InputFormatException($"The plan does not name '{name}'; one of {string.Join(", ", plan.Subjects.Select(subject => subject.Name))} was expected.");
        if (planned is not null && chosen is not null && chosen != planned.Role)
            throw new InputFormatException($"The plan names '{name}' as a {(planned.Role == SubjectRole.Suspect ? Suspect : Control)}; --role says otherwise.");
        return planned?.Role ?? chosen ?? SubjectRole.Suspect;
    }

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[subjects, .. OfOneSubject, parallel, rate, retries, timeout])
            command.Options.Add(option);
    }

    /// <summary>How endpoints are asked.</summary>
    /// <param name="parse">The parsed command line.</param>
    public EndpointOptions Endpoints(ParseResult parse) => new()
    {
        Retries = InRange(retries.Name, parse.GetValue(retries), 0, 100),
        AttemptTimeout = TimeSpan.FromSeconds(InRange(timeout.Name, parse.GetValue(timeout), 1, 3600)),
        RequestsPerMinute = parse.GetValue(rate) is { } limit ? InRange(rate.Name, limit, 1, 1_000_000) : null,
    };

    /// <summary>The subjects that are asked: those of the file, the one of the options, or all of the plan that have an endpoint.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="plan">The plan, or null.</param>
    /// <exception cref="InputFormatException">They are not those of the plan, or nobody is named.</exception>
    public IReadOnlyList<SubjectSettings> Subjects(ParseResult parse, Plan? plan)
    {
        string[] given = [.. OfOneSubject.Where(option => parse.GetResult(option) is { Implicit: false }).Select(option => option.Name)];
        SubjectSettings[] chosen;
        if (parse.GetValue(subjects) is { } path)
        {
            if (given is [var other, ..])
                throw new InputFormatException($"{other} and --subjects exclude each other; the file says it for each subject.");
            chosen = [.. ReadFile(path)];
        }
        else if (parse.GetValue(name) is { } only)
        {
            chosen = [One(parse, only, plan)];
        }
        else if (given is [var about, ..])
        {
            throw new InputFormatException($"{about} needs --name, the name of the subject in the case.");
        }
        else
        {
            chosen = [.. (plan?.Subjects ?? []).Where(subject => subject.Endpoint is not null).Select(subject => new SubjectSettings(subject.Name, subject.Role))];
        }

        return chosen.Length > 0
            ? [.. chosen.Select(subject => AsPlanned(subject, plan))]
            : throw new InputFormatException("Nobody is named who is asked; --name with --endpoint and --model, --subjects, or a plan with endpoints was expected.");
    }

    private SubjectSettings One(ParseResult parse, string only, Plan? plan) => new(only, RoleOf(parse.GetValue(role), only, plan))
    {
        Endpoint = parse.GetValue(endpoint),
        Model = parse.GetValue(model),
        ApiKeyVariable = parse.GetValue(apiKey),
        Parameters = new CollectionParameters
        {
            Temperature = parse.GetValue(temperature),
            TopP = parse.GetValue(topP),
            MaxTokens = parse.GetValue(maxTokens),
            Seed = parse.GetValue(seed),
            System = parse.GetValue(system),
        },
    };

    private static SubjectSettings AsPlanned(SubjectSettings subject, Plan? plan)
    {
        RoleOf(subject.Role == SubjectRole.Suspect ? Suspect : Control, subject.Name, plan);
        if (plan?.Subjects.FirstOrDefault(planned => planned.Name == subject.Name) is not { } planned)
            return subject;
        return subject with
        {
            Endpoint = Planned("endpoint", subject.Name, subject.Endpoint, planned.Endpoint),
            Model = Planned("model", subject.Name, subject.Model, planned.Model),
        };
    }

    private static string? Planned(string what, string name, string? given, string? planned)
    {
        if (given is not null && planned is not null && given.TrimEnd('/') != planned.TrimEnd('/'))
            throw new InputFormatException($"The plan fixes another {what} of '{name}': '{planned}' was expected.");
        return given ?? planned;
    }

    private static IReadOnlyList<SubjectSettings> ReadFile(string path) => NamedFile.Read(path, () => SubjectsJson.Read(File.ReadAllBytes(path)));

    private static int InRange(string option, int value, int minimum, int maximum) => value >= minimum && value <= maximum
        ? value
        : throw new InputFormatException($"{option} must be from {minimum} to {maximum}.");
}
