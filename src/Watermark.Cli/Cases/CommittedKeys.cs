using Watermark.Catalog;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Commitments;

namespace Watermark.Cli.Cases;

/// <summary>The keys of a command line and the commitments that they open.</summary>
internal sealed class CommittedKeys
{
    private readonly Dictionary<string, string> commitments = new(StringComparer.Ordinal);

    private CommittedKeys(int count) => Count = count;

    /// <summary>M, the number of committed keys in the case; 0 where none were committed.</summary>
    public int Count { get; }

    /// <summary>Opens the commitments of keys.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="paths">The key files; the opening of each lies beside it.</param>
    /// <param name="files">The keys, in the same order.</param>
    /// <exception cref="InputFormatException">The case has commitments, and a key does not open one.</exception>
    public static CommittedKeys Of(CaseFolder folder, IReadOnlyList<string> paths, IReadOnlyList<KeyFile> files)
    {
        if (!folder.Has(CaseFiles.Commitments))
            return new CommittedKeys(0);
        CommitmentRegistry registry = folder.Read(CaseFiles.Commitments, bytes => CommitmentRegistry.Read(bytes));
        var committed = new CommittedKeys(registry.Count);
        foreach ((string path, KeyFile file) in paths.Zip(files))
        {
            string beside = CommitmentOpening.PathOf(path);
            if (!File.Exists(beside))
                throw new InputFormatException($"{beside} is missing: the case lists committed keys, and key {file.Id} needs its opening to show that it is one of them.");
            using CommitmentOpening opening = CommitmentOpening.Load(beside);
            OpeningResult result = KeyCommitment.Opens(file, opening, registry);
            if (result.Fault is { } fault)
                throw new InputFormatException(fault);
            committed.commitments.Add(file.Id, result.Entry!.Commitment);
        }

        return committed;
    }

    /// <summary>The commitment that a key opens; null where none was made.</summary>
    /// <param name="file">The key.</param>
    public string? CommitmentOf(KeyFile file) => commitments.GetValueOrDefault(file.Id);
}
