using System.CommandLine;
using System.Globalization;
using Watermark.Catalog;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Scoring;
using Watermark.Text;
using Watermark.Text.Conversations;
using Watermark.Text.Screening;
using Watermark.Text.Tokenizers;

namespace Watermark.Cli.Commands;

/// <summary>
/// Shows the e-value of each suspect while replies come. The sample is extracted again from all replies so far whenever they
/// have grown by a tenth. A plan that lets the collection end at any time ends it when every suspect is decided; no other plan
/// does, since an e-value that was looked at does not change a size that was fixed.
/// </summary>
internal sealed class CollectWatch : IDisposable
{
    private const long FirstLook = 10;
    private const double Growth = 1.1;

    private readonly CaseFolder folder;
    private readonly ConsoleOutput console;
    private readonly KeyFile file;
    private readonly OwnerKey key;
    private readonly TextTokenizer tokenizer;
    private readonly NGramSelection selection;
    private readonly DecisionRule rule;
    private readonly double logM;
    private readonly bool endsAnytime;
    private readonly Dictionary<string, long> nextLook;
    private readonly HashSet<string> decided = new(StringComparer.Ordinal);

    /// <summary>Opens the key.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="plan">The plan, or null.</param>
    /// <param name="subjects">Who is asked.</param>
    /// <param name="keys">The options of the key.</param>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="console">Where the lines go.</param>
    public CollectWatch(CaseFolder folder, Plan? plan, IEnumerable<CollectionSubject> subjects, KeyOptions keys, ParseResult parse, ConsoleOutput console)
    {
        nextLook = subjects.Where(subject => subject.Role == SubjectRole.Suspect).ToDictionary(subject => subject.Name, _ => FirstLook, StringComparer.Ordinal);
        if (nextLook.Count == 0)
            throw new InputFormatException("--watch shows suspects, and none is asked here.");
        (this.folder, this.console) = (folder, console);
        file = keys.Load(parse);
        try
        {
            key = OwnerKey.Of(file, null, null);
            tokenizer = keys.LoadTokenizer(parse, key.Tokenizer, key.TokenizerHash);
        }
        catch
        {
            key?.Dispose();
            file.Dispose();
            throw;
        }

        selection = new NGramSelection { Scope = DistinctScope.Corpus, Padding = key.Scheme.Scheme.Padding };
        rule = plan?.Rule ?? new DecisionRule();
        logM = Verdict.TestsOf(plan, new TestCount { Suspects = nextLook.Count }).LogM;
        endsAnytime = plan?.Stopping?.Kind == StoppingKind.Anytime;
    }

    /// <summary>Looks at the suspects whose replies have grown enough.</summary>
    /// <param name="state">The collection.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public ValueTask<StopDecision> AfterReplyAsync(CollectionState state, CancellationToken cancellationToken)
    {
        foreach ((string suspect, long replies) in state.Replies)
        {
            if (!nextLook.TryGetValue(suspect, out long next) || (replies < next && state.Done < state.Total))
                continue;
            nextLook[suspect] = Math.Max(replies + 1, (long)Math.Ceiling(replies * Growth));
            Look(suspect, replies, cancellationToken);
        }

        return ValueTask.FromResult(endsAnytime && decided.Count == nextLook.Count
            ? new StopDecision("the plan's stopping rule, every suspect is decided")
            : StopDecision.GoOn);
    }

    public void Dispose()
    {
        key.Dispose();
        file.Dispose();
    }

    private void Look(string suspect, long replies, CancellationToken cancellationToken)
    {
        Sample sample = Extract(suspect, cancellationToken);
        WatermarkScheme scheme = key.Scheme.Scheme;
        SampleScore score = Scorer.Score(sample, key.Scheme, Environment.ProcessorCount, cancellationToken);
        if (score.Rows == 0)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{suspect}: {replies:N0} replies, nothing to score yet"));
            return;
        }

        TotalNull null0 = score.TheoryNull(scheme);
        double logE = null0.Test(score.Total).LogE - logM;
        bool supports = logE >= Math.Log(rule.SupportThreshold);
        bool acquits = null0.LogEAgainstEffect(score.Total, rule.EffectOfInterest) >= Math.Log(rule.AcquittalThreshold);
        string said = supports ? ", support" : acquits ? ", no support" : string.Empty;
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{suspect}: {replies:N0} replies, {score.Rows:N0} scored tokens, log10 E {logE / Math.Log(10):F2}{said}"));
        if (null0.IsAnytime && !sample.IsLimited && (supports || acquits))
            decided.Add(suspect);
        else
            decided.Remove(suspect);
    }

    private Sample Extract(string suspect, CancellationToken cancellationToken)
    {
        string temporary = Path.Combine(Directory.CreateTempSubdirectory("watermark-watch-").FullName, $"{suspect}.jsonl");
        try
        {
            using (FileStream stream = File.Create(temporary))
                CollectionReplies.Export(folder.Root, suspect, stream, cancellationToken);
            var text = new ReplyTextOptions();
            SampleSchema schema = SampleLoader.Schema(key.Scheme.ContextWidth, selection, tokenizer, null, text.Preparation);
            var reader = new ReplyReader(new ReplyReaderOptions());
            return CorpusExtraction.Extract(
                reader.Read([temporary], null, cancellationToken), new ReplyTokenizer(tokenizer, new ReplyScreening(promptsUnmarked: false), text), schema, Environment.ProcessorCount, cancellationToken);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(temporary)!, recursive: true);
        }
    }
}
