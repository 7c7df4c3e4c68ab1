using System.Globalization;
using Microsoft.Extensions.AI;
using Watermark.Forensics.Findings;
using Watermark.Randomness;

namespace Watermark.Forensics.Cases.Collection;

/// <summary>
/// Asks suspects and controls the same prompts and records everything in the log. Prompt by prompt, all subjects are asked in
/// an order that a seed shuffles, so that no subject is asked at another time than the others. A reply that the log holds is
/// not asked for again.
/// </summary>
public sealed class Collector
{
    private readonly CollectionLog log;
    private readonly IReadOnlyList<CollectionSubject> subjects;
    private readonly CollectionPrompts prompts;
    private readonly CollectorOptions options;

    /// <summary>Creates a collector.</summary>
    /// <param name="log">The case's log; the caller disposes it.</param>
    /// <param name="subjects">The suspects and controls.</param>
    /// <param name="prompts">The case's prompts.</param>
    /// <param name="options">How it is done.</param>
    /// <exception cref="InputFormatException">A subject is not valid, or the log was opened with other prompts.</exception>
    public Collector(CollectionLog log, IReadOnlyList<CollectionSubject> subjects, CollectionPrompts prompts, CollectorOptions options)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(subjects);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (subjects.Count == 0)
            throw new InputFormatException("There is nobody to ask; at least one subject was expected.");
        if (subjects.Select(subject => subject.Name).Distinct(StringComparer.Ordinal).Count() != subjects.Count)
            throw new InputFormatException("A subject is named twice; each was expected once.");
        if (subjects.Select(subject => new PlannedSubject(subject.Name, subject.Role).Fault() ?? subject.Parameters.Fault()).FirstOrDefault(fault => fault is not null) is { } fault)
            throw new InputFormatException(fault);
        if (prompts.Sha256 != log.PromptsSha256)
            throw new InputFormatException($"The prompts have SHA-256 {prompts.Sha256}, and {CaseFiles.Prompts} of the case has {log.PromptsSha256 ?? "none"}.");
        (this.log, this.subjects, this.prompts, this.options) = (log, subjects, prompts, options);
    }

    /// <summary>Collects what is missing.</summary>
    /// <param name="afterReply">
    /// Called after each reply, never at the same time as itself; decides whether the collection stops. Requests under way are
    /// then waited for and recorded. Null to collect everything.
    /// </param>
    /// <param name="progress">Told the state after each reply and each failure; may be null.</param>
    /// <param name="cancellationToken">Stops the collection; requests under way are given up, and the log says so.</param>
    /// <exception cref="IOException">The log cannot be written.</exception>
    public async Task<CollectionOutcome> RunAsync(
        Func<CollectionState, CancellationToken, ValueTask<StopDecision>>? afterReply = null,
        IProgress<CollectionState>? progress = null,
        CancellationToken cancellationToken = default)
    {
        using var run = new Run(this, afterReply, progress);
        try
        {
            await Parallel.ForEachAsync(
                run.Tasks(), new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellationToken }, run.DoAsync).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            log.End("interrupted");
            throw;
        }

        CollectionOutcome outcome = run.Outcome();
        log.End(outcome.Reason);
        return outcome;
    }

    /// <summary>All tasks in their order, whether or not they are done.</summary>
    internal IEnumerable<(CollectionSubject Subject, CollectionPrompt Prompt, int Sample)> Order()
    {
        var random = new SeededRandomBits(options.Seed);
        long asked = 0;
        foreach (CollectionPrompt prompt in prompts.Items)
        {
            for (int sample = 0; sample < options.RepliesPerPrompt; sample++)
            {
                if (asked++ == (options.RepliesPerSubject ?? long.MaxValue))
                    yield break;
                CollectionSubject[] order = [.. subjects];
                for (int i = order.Length - 1; i > 0; i--)
                {
                    int other = (int)random.NextBelow((ulong)i + 1);
                    (order[i], order[other]) = (order[other], order[i]);
                }

                foreach (CollectionSubject subject in order)
                    yield return (subject, prompt, sample);
            }
        }
    }

    /// <summary>One run.</summary>
    private sealed class Run : IDisposable
    {
        private readonly Collector collector;
        private readonly Func<CollectionState, CancellationToken, ValueTask<StopDecision>>? afterReply;
        private readonly IProgress<CollectionState>? progress;
        private readonly SemaphoreSlim gate = new(1, 1);
        private readonly Dictionary<string, long> replies = new(StringComparer.Ordinal);
        private readonly Dictionary<string, int> failuresInARow = new(StringComparer.Ordinal);
        private readonly long total;
        private readonly long doneBefore;
        private long collected;
        private long failed;
        private volatile string? stopped;
        private bool gaveUp;

        public Run(Collector collector, Func<CollectionState, CancellationToken, ValueTask<StopDecision>>? afterReply, IProgress<CollectionState>? progress)
        {
            (this.collector, this.afterReply, this.progress) = (collector, afterReply, progress);
            foreach (CollectionSubject subject in collector.subjects)
                replies.Add(subject.Name, collector.log.Content.Replies(subject.Name));
            foreach ((CollectionSubject subject, CollectionPrompt prompt, int sample) in collector.Order())
            {
                total++;
                if (IsDone(subject, prompt, sample))
                    doneBefore++;
            }
        }

        public IEnumerable<(CollectionSubject Subject, CollectionPrompt Prompt, int Sample)> Tasks() =>
            collector.Order().Where(task => !IsDone(task.Subject, task.Prompt, task.Sample)).TakeWhile(_ => stopped is null);

        public async ValueTask DoAsync((CollectionSubject Subject, CollectionPrompt Prompt, int Sample) task, CancellationToken cancellationToken)
        {
            bool replied = await AskAsync(task.Subject, task.Prompt, task.Sample, cancellationToken).ConfigureAwait(false);
            await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (replied)
                    await CountReplyAsync(task.Subject.Name, cancellationToken).ConfigureAwait(false);
                else
                    CountFailure(task.Subject.Name);
            }
            finally
            {
                gate.Release();
            }
        }

        public CollectionOutcome Outcome()
        {
            long remaining = total - doneBefore - collected;
            string reason = stopped is { } why ? $"stopped: {why}"
                : remaining == 0 ? "complete"
                : string.Create(CultureInfo.InvariantCulture, $"incomplete: {remaining} of {total} replies are missing");
            return new CollectionOutcome(collected, failed, remaining, reason, stopped is not null && !gaveUp);
        }

        public void Dispose() => gate.Dispose();

        private bool IsDone(CollectionSubject subject, CollectionPrompt prompt, int sample) =>
            collector.log.Content.IsDone(new TaskId(subject.Name, prompt.Id, sample));

        private async ValueTask CountReplyAsync(string subject, CancellationToken cancellationToken)
        {
            collected++;
            replies[subject]++;
            failuresInARow[subject] = 0;
            CollectionState state = State();
            progress?.Report(state);
            if (afterReply is not null && stopped is null)
                stopped = (await afterReply(state, cancellationToken).ConfigureAwait(false)).Reason;
        }

        private void CountFailure(string subject)
        {
            failed++;
            int row = failuresInARow[subject] = failuresInARow.GetValueOrDefault(subject) + 1;
            if (row >= collector.options.GiveUpAfter && stopped is null)
            {
                gaveUp = true;
                stopped = string.Create(CultureInfo.InvariantCulture, $"'{subject}' gave no reply to {row} prompts one after the other");
            }

            progress?.Report(State());
        }

        private CollectionState State() => new(doneBefore + collected, failed, total, new Dictionary<string, long>(replies, StringComparer.Ordinal));

        /// <summary>Asks one prompt; false where no reply came.</summary>
        private async Task<bool> AskAsync(CollectionSubject subject, CollectionPrompt prompt, int sample, CancellationToken cancellationToken)
        {
            CollectionLog log = collector.log;
            var task = new TaskId(subject.Name, prompt.Id, sample);
            var exchange = new WireExchange(log, subject, task, subject.Parameters.Named(sample));
            if (!subject.RecordsWire)
                exchange.Sending(subject.Endpoint, null);
            List<ChatMessage> messages =
            [
                .. subject.Parameters.System is { } system ? [new ChatMessage(ChatRole.System, system)] : Array.Empty<ChatMessage>(),
                new ChatMessage(ChatRole.User, prompt.Text),
            ];
            string reason;
            try
            {
                ChatResponse response = await exchange.Around(() => subject.Client.GetResponseAsync(messages, subject.Parameters.ToChat(sample), cancellationToken)).ConfigureAwait(false);
                log.ThrowIfFailed();
                if (response.Text.Length <= CollectionLog.LargestBody)
                {
                    log.Append(new ReplyRecord(
                        task, subject.Role, Math.Max(1, exchange.Attempt), exchange.Answer?.Status, exchange.Answer?.RequestId ?? response.ResponseId, response.ModelId, response.FinishReason?.Value, exchange.Answer?.Body, response.Text));
                    return true;
                }

                reason = "the reply is longer than 8 MiB";
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // A client may fail in any way. What it says may quote what it was given, so only its kind is kept.
                log.ThrowIfFailed();
                reason = exchange.Failure ?? (exchange.Answer is null ? $"the client failed ({exception.GetType().Name})" : $"the answer cannot be read as a reply ({exception.GetType().Name})");
            }

            log.Append(new FailureRecord(task, subject.Role, Math.Max(1, exchange.Attempt), exchange.Answer?.Status, exchange.Answer?.RequestId, exchange.Answer?.Body, reason, IsFinal: true));
            return false;
        }
    }
}
