using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Watermark.Catalog;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Commitments;
using Watermark.Forensics.Cases.Timestamps;
using Watermark.NGrams;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark commit</c>: binds the owner to keys before the data are seen, without showing them.</summary>
internal static class CommitCommand
{
    private const string Help = """
        Commits to keys before anything is collected: afterwards nobody can say that the key was chosen to fit the data. Adds
        one entry a key to commitments.json in the case's folder, which shows nothing of the keys and may be published, and
        writes the secret that opens each into FILE.opening beside the key file, readable by you alone. Keep it as you keep
        the key: without it nobody can show that this key was committed.

        Every committed key counts as a test, used or not. Then let an authority stamp the time ('watermark timestamp').

        Examples:
          watermark commit --case case --key owner.wmkey
          watermark commit --case second --key wide.wmkey --key acme.wmkey --json
        """;

    public static Command Create()
    {
        var folder = new Option<string>("--case") { HelpName = "DIR", Description = "The folder of the case; it is made if it is not there.", Required = true };
        var keys = new KeyOptions();
        var selection = new SelectionOptions(DistinctScope.Corpus);
        var json = CommonOptions.Json();
        var command = new Command("commit", HelpText.Flow(Help)) { folder };
        keys.AddTo(command, several: true, tokenizers: false);
        selection.AddTo(command, keyed: true, withScope: true);
        command.Options.Add(json);
        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            string root = parse.GetValue(folder)!;
            IReadOnlyList<string> paths = keys.Paths(parse);
            foreach (string path in paths)
                RefuseInCase(path, root);
            string registryPath = Path.Combine(root, CaseFiles.Commitments);
            OutputFile registryFile = OutputFile.Check(registryPath, force: true, paths);
            CommitmentRegistry registry = ReadRegistry(registryPath);
            if (File.Exists(Path.Combine(root, TimestampFiles.ReplyOf("commitments"))))
                throw new InputFormatException($"{registryPath} was stamped as it is, and a further key would make its time stamp void: commit it in another case.");
            if (File.Exists(Path.Combine(root, CaseFiles.Manifest)))
                throw new InputFormatException($"{registryPath} was sealed as it is; commit a further key in another case.");
            IReadOnlyList<KeyFile> files = keys.LoadAll(parse);
            var openings = new List<(OutputFile File, CommitmentOpening Opening)>();
            try
            {
                var added = new List<CommittedKey>();
                foreach ((string path, KeyFile key) in paths.Zip(files))
                    added.Add(Entry(path, key, selection.Read(parse, key.Scheme), registry, openings));
                CommitmentRegistry extended = registry.With(added);

                // In this order: an opening without an entry does no harm, and an entry without an opening can never be opened.
                foreach ((OutputFile file, CommitmentOpening opening) in openings)
                {
                    using (PendingFiles.Track(file.Prepare()))
                        opening.Save(file.Target);
                }

                byte[] bytes = extended.ToBytes();
                Directory.CreateDirectory(root);
                using var held = new FileStream(Path.Combine(root, CaseFiles.Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                if (!ReadRegistry(registryPath).ToBytes().AsSpan().SequenceEqual(registry.ToBytes()))
                    throw new InputFormatException($"{registryPath} was changed by another command meanwhile; run this one again.");
                registryFile.Write(stream => stream.Write(bytes));
                Report(root, paths, added, extended.Count, Convert.ToHexStringLower(SHA256.HashData(bytes)), ConsoleOutput.ForProcess(parse.GetValue(json)));
                return Task.FromResult(ExitCodes.Done);
            }
            finally
            {
                foreach (IDisposable item in openings.Select(item => item.Opening).Concat<IDisposable>(files))
                    item.Dispose();
            }
        }));
        return command;
    }

    /// <summary>The entry of a key, with a fresh opening unless there is one that fits.</summary>
    private static CommittedKey Entry(string keyPath, KeyFile key, NGramSelection selection, CommitmentRegistry registry, List<(OutputFile File, CommitmentOpening Opening)> openings)
    {
        string path = CommitmentOpening.PathOf(keyPath);
        if (!File.Exists(path))
        {
            (CommitmentOpening fresh, CommittedKey entry) = KeyCommitment.Create(key, selection, TimeProvider.System);
            openings.Add((OutputFile.Check(path, force: false, keyPath), fresh));
            return entry;
        }

        using CommitmentOpening opening = CommitmentOpening.Load(path);
        if (registry.Find(opening.Commitment) is not null)
            throw new InputFormatException($"{keyPath}: key {key.Id} is committed here already, and would count twice.");
        return KeyCommitment.Repeat(key, selection, opening, TimeProvider.System)
            ?? throw new InputFormatException($"{path} opens a commitment to another key, scheme, tokenizer or selection, and is never overwritten; keep it elsewhere to commit to this one.");
    }

    private static CommitmentRegistry ReadRegistry(string path) =>
        File.Exists(path) ? NamedFile.Read(path, () => CommitmentRegistry.Read(File.ReadAllBytes(path))) : CommitmentRegistry.Empty;

    /// <summary>A case is handed to others, and the opening lies beside the key.</summary>
    private static void RefuseInCase(string keyPath, string folder)
    {
        for (string? parent = Path.GetDirectoryName(Path.GetFullPath(keyPath)); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (FileIdentity.AreSame(parent, folder))
                throw new InputFormatException($"{keyPath} lies in the case's folder, which is handed to others; keep keys elsewhere.");
        }
    }

    private static void Report(string folder, IReadOnlyList<string> paths, IReadOnlyList<CommittedKey> added, int count, string sha256, ConsoleOutput console)
    {
        if (console.Json)
        {
            console.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteStartArray("committed");
                foreach ((string path, CommittedKey key) in paths.Zip(added))
                {
                    writer.WriteStartObject();
                    writer.WriteString("key", path);
                    writer.WriteString("opening", CommitmentOpening.PathOf(path));
                    writer.WriteString("commitment", key.Commitment);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteNumber("count", count);
                writer.WriteString("sha256", sha256);
                writer.WriteEndObject();
            });
            return;
        }

        foreach ((string path, CommittedKey key) in paths.Zip(added))
            console.WriteLine($"Committed {path}: {key.Commitment}. Keep {CommitmentOpening.PathOf(path)} secret and safe.");
        console.WriteLine($"{CaseFiles.Commitments} lists M = {count} committed {(count == 1 ? "key" : "keys")}; SHA-256 {sha256}.");
        console.WriteLine($"Next: {Invocation.OfProcess()} timestamp request {folder} commitments");
    }
}
