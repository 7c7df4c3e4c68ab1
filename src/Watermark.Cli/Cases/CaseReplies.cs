using Watermark.Cli.Commands;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Cli.Cases;

/// <summary>The replies of a case by subject: what its log holds, as files for a reader of replies, and the imported files.</summary>
internal sealed class CaseReplies : IDisposable
{
    private readonly CaseFolder folder;
    private readonly string copies = Directory.CreateTempSubdirectory("watermark-").FullName;

    /// <summary>Takes the replies out of a case's log.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="custody">What its log says.</param>
    /// <exception cref="InputFormatException">A subject has no reply, or there is no suspect.</exception>
    public CaseReplies(CaseFolder folder, CaseCustody custody)
    {
        this.folder = folder;
        try
        {
            Suspects = Of(SubjectRole.Suspect, custody);
            Controls = Of(SubjectRole.Control, custody);
            if (Suspects.Count == 0)
                throw new InputFormatException($"{folder.PathOf(CaseFiles.Log)} holds no replies of a suspect.");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The suspects of the log.</summary>
    public IReadOnlyList<NamedInput> Suspects { get; } = [];

    /// <summary>The controls of the log.</summary>
    public IReadOnlyList<NamedInput> Controls { get; } = [];

    /// <summary>Removes the copies.</summary>
    public void Dispose()
    {
        if (Directory.Exists(copies))
            Directory.Delete(copies, recursive: true);
    }

    private NamedInput[] Of(SubjectRole role, CaseCustody custody) =>
        [.. custody.Subjects.Where(subject => subject.Role == PlanJson.NameOf(role)).Select(subject => Input(subject, custody))];

    private NamedInput Input(CaseSubject subject, CaseCustody custody)
    {
        var paths = new List<string>();
        if (subject.Replies > 0)
        {
            string path = Path.Combine(copies, subject.Name + ".jsonl");
            using (FileStream stream = File.Create(path))
                CollectionReplies.Export(folder.Root, subject.Name, stream);
            if (new FileInfo(path).Length > 0)
                paths.Add(path);
        }

        paths.AddRange(custody.Imports.Where(import => import.Subject == subject.Name).Select(import => folder.PathOf(import.File)));
        return paths.Count > 0 ? new NamedInput(subject.Name, paths, subject.Name + ".ngrams") : throw new InputFormatException($"{folder.PathOf(CaseFiles.Log)} lists no reply of {subject.Name}.");
    }
}
