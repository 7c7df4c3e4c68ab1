using Watermark.Forensics.Findings;

namespace Watermark.Reporting.Sections;

/// <summary>What a report says about a kind of question, beyond the numbers.</summary>
internal sealed record Wording
{
    /// <summary>What is counted, in words that can follow "scored".</summary>
    public required string Units { get; init; }

    /// <summary>Whether rows of tokens are scored under a key, so that random keys can score the same text.</summary>
    public bool ReadsMarks { get; init; }

    /// <summary>The two propositions, in words that can follow "the two propositions compared:".</summary>
    public required string Propositions { get; init; }

    /// <summary>What this kind of test leaves open, one sentence.</summary>
    public required string NotTested { get; init; }

    /// <summary>The main alternative explanation of a finding with support.</summary>
    public required string AlternativeOfSupport { get; init; }

    /// <summary>The main alternative explanation of a finding without support.</summary>
    public required string AlternativeOfNoSupport { get; init; }

    /// <summary>What the test cannot say, whole sentences.</summary>
    public required IReadOnlyList<string> Limitations { get; init; }

    /// <summary>What else can make H1 true, each with what would speak for or against it.</summary>
    public required IReadOnlyList<(string Explanation, string Evidence)> Alternatives { get; init; }
}

/// <summary>The wordings by question.</summary>
internal static class Wordings
{
    private const string Unmarked = "No support is not innocence: too little was learned, too little was asked, or other training removed it.";

    private static readonly (string, string) Web = ("Public web: what the owner served was published, and the suspect was trained on the web", "How much of it was public before the suspect's training; dates of the crawl");
    private static readonly (string, string) ThirdParty = ("A data set of others: a third party collected the owner's outputs", "The suspect's data sets and their sources");
    private static readonly (string, string) Ancestor = ("A shared ancestor: the suspect was made from a model that learned from the owner's outputs", "The suspect's base model; the same test of that model");
    private static readonly (string, string) Proxy = ("A proxy: the endpoint passes the owner's replies on", "Latency, error messages, accounts; the owner's own logs; the relay test");
    private static readonly (string, string) LateKey = ("A key or a design chosen after the fact", "The commitment, its time stamp and the size of the registry");
    private static readonly (string, string) Program = ("A fault of the program or of its use", "The controls, the measured error rates, a repetition by others");
    private static readonly (string, string) Leak = ("A leaked key or table: somebody wrote replies to show the signal", "Who had the key; how the replies were obtained; the hash-chained log");

    private static readonly Wording Marked = new()
    {
        Units = "tokens",
        ReadsMarks = true,
        Propositions = "the outputs depend on the key, or they do not.",
        NotTested = "How text with the mark reached the suspect, who brought it there, and whether that was allowed.",
        AlternativeOfSupport = "The marked text reached the suspect by another way: from the public web, a data set that others also use, a shared ancestor, or a proxy that passes the owner's replies on. A leaked key, or text forged to carry the mark, gives the same numbers.",
        AlternativeOfNoSupport = "The suspect learned from marked text, and paraphrasing, neutralisation at run time or other training removed the mark, or too little of it was used.",
        Limitations =
        [
            "The test answers whether outputs depend on a key. It answers neither who is responsible, nor whether anything was allowed, nor what it was worth.",
            "Support rests on the secrecy of the key: whoever has the key, or much text marked with it, can write text that carries the mark.",
            "No support is not innocence. Paraphrasing, neutralisation at run time, and training on other text weaken or remove an inherited mark.",
            "The prompts must not depend on the key. A model that is shown marked text repeats it, with no training at all; what prompts decided was left out as far as the prompts are recorded.",
        ],
        Alternatives =
        [
            ("Public web: marked text was published, and the suspect was trained on the web", "How much marked text was public before the suspect's training; dates of the crawl"),
            ThirdParty,
            ("A shared ancestor: the suspect was made from a model that learned the mark", "The suspect's base model; the same test of that model"),
            Proxy,
            ("Prompts: marked text stood in the prompts and was repeated", "The recorded prompts; the test leaves out what they decided"),
            ("A leaked or guessed key, or a forgery: text was written to carry the mark", "Who had the key; how the replies were obtained; the hash-chained log"),
            ("A key chosen after the fact", "The commitment, its time stamp and the size of the registry"),
            ("A fault of the program or of its use", "The controls, the random keys, the measured error rates, a repetition by others"),
        ],
    };

    private static readonly Wording Served = new()
    {
        Units = "units",
        Propositions = "the replies depend on what the owner's key chose, or they do not.",
        NotTested = "How what the owner served reached the suspect, who brought it there, and whether that was allowed.",
        AlternativeOfSupport = "What the owner served reached the suspect by another way: from the public web, a data set that others also use, or a shared ancestor. An endpoint that passes the owner's replies on, or a leaked table of answers, gives the same numbers.",
        AlternativeOfNoSupport = "The suspect learned from the owner's replies, and rewriting, filtering or other training removed what the test looks for, or the suspect saw too few of the units.",
        Limitations =
        [
            "The test answers whether replies depend on choices that the key made. It answers neither who is responsible, nor whether anything was allowed.",
            "Support rests on the secrecy of the key and of the table: whoever has them can write replies that show the signal.",
            Unmarked,
        ],
        Alternatives = [Web, ThirdParty, Ancestor, Proxy, Leak, LateKey, Program],
    };

    private static readonly Wording Endpoint = new()
    {
        Units = "prompts",
        Propositions = "the endpoint serves another model than the one it is compared with, or the same.",
        NotTested = "Why the endpoint differs: another model, other settings, another quantisation and a change of the system prompt look alike.",
        AlternativeOfSupport = "The same model was served with other settings: a system prompt, another temperature, another quantisation, or a cache.",
        AlternativeOfNoSupport = "The difference is too small for the number of replies, or was not on during the collection.",
        Limitations =
        [
            "Support says that the replies differ in distribution, not that the weights differ.",
            "Replies that cannot be told apart do not show that the models are the same; a model that differs must have been told apart by the same test (the positive control).",
            "The test says nothing about training: it cannot show that a model was learned from another.",
        ],
        Alternatives =
        [
            ("Other settings: temperature, system prompt, length limit", "The settings that the endpoint documents and reports"),
            ("Another quantisation or engine of the same weights", "The same test of the owner's model under that quantisation"),
            ("A change during the collection", "The times in the log; the anytime form of the test"),
            Program,
        ],
    };

    private static readonly Wording Nearness = new()
    {
        Units = "prompts",
        Propositions = "the suspect is more like the owner's model than every control is, or it is not.",
        NotTested = "Why the models are alike: common training data, a common base model and the same tokenizer make models alike with no copying at all.",
        AlternativeOfSupport = "The suspect and the owner's model share data, a base model or a style of training that no control shares.",
        AlternativeOfNoSupport = "The suspect was changed so much that its answers drifted towards those of the controls.",
        Limitations =
        [
            "The result depends on which controls and references were chosen. It can add to other findings and supports nothing alone.",
            "No secret was drawn before, so the error rate holds only among models like the references.",
            Unmarked,
        ],
        Alternatives = [("Common training data or a common base model that no control shares", "Controls of the same family, size and date"), Web, Ancestor, ("Controls chosen after their answers were seen", "The plan and its time stamp"), Program],
    };

    private static readonly (string Question, Wording Wording)[] All =
    [
        (Questions.Distillation, Marked),
        (Questions.Trace, Marked with
        {
            Propositions = "the text depends on the code of the account or campaign, or it does not.",
            NotTested = "Who used the account, and whether the account's holder or somebody else passed its replies on.",
            AlternativeOfSupport = "Replies of the account reached the suspect by another way: they were published or sold, or somebody else used the account.",
        }),
        (Questions.Payload, Marked with
        {
            Propositions = "the text carries a payload under the key, or it has nothing to do with the key.",
            NotTested = "Who wrote the text that carries the payload, and how it came here.",
        }),
        (Questions.Epochs, Marked with
        {
            Propositions = "the text depends on the key of the epoch, or it does not.",
            NotTested = "When the suspect was trained: the epochs say when the owner's service wrote what it learned from.",
        }),
        (Questions.Relay, Marked with
        {
            Propositions = "the endpoint passed replies of the owner's service on, or it did not.",
            NotTested = "Whether the suspect was also trained on the owner's outputs, and who operates what stands between.",
            AlternativeOfSupport = "The key of the epoch was leaked or used elsewhere, or the date of the suspect's release is wrong, so that it learned the mark.",
            AlternativeOfNoSupport = "The endpoint forwarded only some requests, or not at the time of the collection, or rewrote the replies.",
        }),
        (Questions.Novelty, Marked with
        {
            Propositions = "marks stand in contexts that were never served, or they do not.",
            NotTested = "Who has access to the key or to the service.",
            AlternativeOfSupport = "The log of served contexts is not complete: replies that were served are missing from it.",
            AlternativeOfNoSupport = "The text carries a mark that was learned or forged from served text, or none at all.",
        }),
        (Questions.Canaries, Served with { Units = "canaries", Propositions = "the answers depend on the keyed targets, or they do not." }),
        (Questions.Variants, Served),
        (Questions.GhostPairs, Served with { Units = "pairs", Propositions = "the suspect depends on the coins that chose the served replies, or it does not." }),
        (Questions.Equality, Endpoint),
        (Questions.Provenance, Nearness),
        (Questions.ReferenceRank, Nearness with { Units = "references" }),
        (Questions.Weights, Served with
        {
            Units = "hidden units",
            Propositions = "the suspect's weights come from the owner's, or both were trained from independent starts.",
            NotTested = "Whether the suspect learned from the owner's outputs: a model that was distilled has weights of its own.",
            AlternativeOfSupport = "Both models come from the same public base model or started from the same random seed.",
            AlternativeOfNoSupport = "The hidden units were put in another order, which this test does not see.",
            Limitations =
            [
                "Copying weights and learning from outputs are different things; this test sees only the first.",
                "Whoever permutes the hidden units of every layer before publishing hides a copy from this test.",
                "Models of one family share a start; the test then shows that, and nothing more.",
            ],
            Alternatives = [("A shared public base model or a shared initial seed", "The histories of both models"), ("The owner's weights come from the suspect's", "Which was published first"), Program],
        }),
        (Questions.Transcript, Served with
        {
            Units = "sequences",
            Propositions = "the suspect's likelihoods depend on the order of the owner's training data, or they do not.",
            NotTested = "Whether the suspect learned from the owner's outputs: only training that continues from the owner's weights remembers their order.",
            AlternativeOfSupport = "The order was not random: texts seen later in training differ in kind from those seen earlier.",
            Limitations = ["The order of the training data must have been drawn at random and kept from others.", Unmarked],
            Alternatives = [("The order was not random", "How the order was drawn, and when it was committed to"), Ancestor, Program],
        }),
    ];

    /// <summary>The wording of a question; that of the keyed tests in general for one that is not known.</summary>
    /// <param name="question">The question.</param>
    public static Wording Of(string question) => All.FirstOrDefault(item => item.Question == question).Wording ?? Served;

    /// <summary>The wordings of all questions of a verdict, each once, in the order of its findings.</summary>
    /// <param name="verdict">The verdict.</param>
    public static IReadOnlyList<Wording> Of(Verdict verdict) => [.. verdict.Findings.Select(finding => finding.Question).Distinct(StringComparer.Ordinal).Select(Of)];
}
