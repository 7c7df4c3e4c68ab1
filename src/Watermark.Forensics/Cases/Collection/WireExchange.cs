namespace Watermark.Forensics.Cases.Collection;

/// <summary>
/// What goes over the wire for one task. The innermost HTTP handler of a subject's client hands it the exact bytes of every
/// attempt; headers, and so API keys, never come here.
/// </summary>
public sealed class WireExchange
{
    private static readonly AsyncLocal<WireExchange?> Ambient = new();

    private readonly CollectionLog log;
    private readonly CollectionSubject subject;
    private readonly IReadOnlyList<Findings.NamedValue> parameters;

    internal WireExchange(CollectionLog log, CollectionSubject subject, TaskId task, IReadOnlyList<Findings.NamedValue> parameters)
    {
        this.log = log;
        this.subject = subject;
        this.parameters = parameters;
        Task = task;
        Attempt = log.Content.Attempts(task);
    }

    /// <summary>The exchange of the task that this asynchronous flow works on; null outside of a collection.</summary>
    public static WireExchange? Current => Ambient.Value;

    internal TaskId Task { get; }

    /// <summary>The number of the last request, from 1, over all runs; 0 before the first.</summary>
    internal int Attempt { get; private set; }

    /// <summary>The last answer with a status of success.</summary>
    internal WireAnswer? Answer { get; private set; }

    /// <summary>Why the last attempt failed; null where it did not.</summary>
    internal string? Failure { get; private set; }

    /// <summary>Says that a request is about to be sent, which is recorded before it is.</summary>
    /// <param name="address">Where to; user, query and fragment are not recorded.</param>
    /// <param name="body">The bytes of its body.</param>
    /// <exception cref="IOException">The log cannot be written; the request must not be sent.</exception>
    public void Sending(Uri address, ReadOnlyMemory<byte> body)
    {
        ArgumentNullException.ThrowIfNull(address);
        Sending(Redacted(address), body);
    }

    /// <summary>Says that an answer came.</summary>
    /// <param name="status">Its HTTP status.</param>
    /// <param name="requestId">The endpoint's id of the request, or null.</param>
    /// <param name="body">The bytes of its body.</param>
    /// <exception cref="IOException">The log cannot be written.</exception>
    public void Received(int status, string? requestId, ReadOnlyMemory<byte> body)
    {
        if (status is >= 200 and < 300)
            Answer = new WireAnswer(status, requestId, body);
        else
            Fail($"the endpoint answered with status {status}", status, requestId, body);
    }

    /// <summary>Says that no answer came, or one that may not be kept.</summary>
    /// <param name="reason">Why, in words that hold no secret.</param>
    /// <exception cref="IOException">The log cannot be written.</exception>
    public void Failed(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        Fail(reason, null, null, null);
    }

    /// <summary>An address without user, query and fragment, which may hold secrets.</summary>
    /// <param name="address">An absolute address.</param>
    public static string Redacted(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
    }

    internal void Sending(string address, ReadOnlyMemory<byte>? body)
    {
        (Answer, Failure) = (null, null);
        Attempt++;
        log.Append(new RequestRecord(Task, subject.Role, Attempt, address, subject.Model, parameters, body));
    }

    /// <summary>Does work in whose flow this exchange is the current one.</summary>
    internal async Task<T> Around<T>(Func<Task<T>> work)
    {
        Ambient.Value = this;
        return await work().ConfigureAwait(false);
    }

    private void Fail(string reason, int? status, string? requestId, ReadOnlyMemory<byte>? body)
    {
        (Answer, Failure) = (null, reason);
        log.Append(new FailureRecord(Task, subject.Role, Math.Max(1, Attempt), status, requestId, body, reason, IsFinal: false));
    }
}

/// <summary>An answer as it came.</summary>
/// <param name="Status">Its HTTP status.</param>
/// <param name="RequestId">The endpoint's id of the request, or null.</param>
/// <param name="Body">The bytes of its body.</param>
internal sealed record WireAnswer(int Status, string? RequestId, ReadOnlyMemory<byte> Body);
