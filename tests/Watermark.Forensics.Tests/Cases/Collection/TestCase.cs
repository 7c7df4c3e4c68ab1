using System.Text;
using Microsoft.Extensions.Time.Testing;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Tests.Cases.Collection;

/// <summary>A case's folder that goes away with its test, and a clock that moves a millisecond at each look.</summary>
internal sealed class TestCase : IDisposable
{
    public TestCase(int prompts = 4)
    {
        File.WriteAllText(InFolder(CaseFiles.Prompts), string.Concat(Enumerable.Range(0, prompts).Select(i => $"{{\"id\":\"p{i}\",\"prompt\":\"Say {i}.\"}}\n")));
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("watermark-test-").FullName;

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 17, 0, 0, TimeSpan.Zero)) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };

    public string LogFile => CollectionLog.PathOf(Folder);

    public CollectionPrompts Prompts => CollectionPrompts.Load(InFolder(CaseFiles.Prompts));

    public static CollectionSubject Suspect(Func<string, string>? answer = null, string name = "suspect-x", SubjectRole role = SubjectRole.Suspect) =>
        new(name, role, new TestClient(answer ?? (prompt => $"I say: {prompt}"))) { Model = "m" };

    public string InFolder(string name) => Path.Combine(Folder, name);

    public CollectionLog Open() => CollectionLog.Open(Folder, "test 1", Time);

    public CustodyResult Check(string? head = null)
    {
        using FileStream stream = File.OpenRead(LogFile);
        return CollectionLogReader.Check(stream, head);
    }

    public async Task<CollectionOutcome> CollectAsync(CollectionSubject[]? subjects = null, CollectorOptions? options = null, CancellationToken cancellationToken = default)
    {
        using CollectionLog log = Open();
        return await new Collector(log, subjects ?? [Suspect()], Prompts, options ?? new CollectorOptions { Parallelism = 1 }).RunAsync(cancellationToken: cancellationToken);
    }

    public LogLine[] Lines()
    {
        using FileStream stream = File.OpenRead(LogFile);
        return [.. CollectionLogReader.Records(stream)];
    }

    public T[] Records<T>()
        where T : LogRecord => [.. Lines().Select(line => line.Record).OfType<T>()];

    public string Export(string subject = "suspect-x")
    {
        using var stream = new MemoryStream();
        CollectionReplies.Export(Folder, subject, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
