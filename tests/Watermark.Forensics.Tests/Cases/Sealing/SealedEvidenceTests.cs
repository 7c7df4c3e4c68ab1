using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Cases.Sealing;
using Watermark.Forensics.Cases.Timestamps;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Tests.Cases.Collection;
using Watermark.TestKit;

namespace Watermark.Forensics.Tests.Cases.Sealing;

/// <summary>What a second seal must find as the first one left it, and what a list of files cannot cover.</summary>
public sealed class SealedEvidenceTests : IDisposable
{
    private static readonly string[] Evidence =
    [
        CaseFiles.Commitments, CaseFiles.Design, CaseFiles.Plan, CaseFiles.PlanSignature, CaseFiles.Prompts, CaseFiles.Signer, CaseFiles.Log,
        $"{CaseFiles.Imported}/replies.jsonl", TimestampFiles.QueryOf("plan"), TimestampFiles.ReplyOf("plan"), TimestampFiles.ChainOf("commitments"),
        TimestampFiles.QueryOf("log"), TimestampFiles.ReplyOf("statement"),
    ];

    private static readonly string[] Derived =
    [
        CaseFiles.Verdict, CaseFiles.Statement, CaseFiles.SignedStatement, CaseFiles.Run, CaseFiles.ReportHtml, CaseFiles.ReportMarkdown, CaseFiles.ReportPdf,
        CaseFiles.Validation, $"{CaseFiles.Samples}/suspect.ngrams", $"{CaseFiles.Scores}/suspect.rows",
    ];

    private readonly TemporaryCase files = new();
    private readonly SigningKey signer = SigningKey.Create();
    private readonly VerificationKey key;
    private readonly CaseFolder folder;

    public SealedEvidenceTests()
    {
        key = VerificationKey.FromPem(signer.PublicPem);
        folder = new CaseFolder(files.Root);
        foreach (string name in Evidence.Concat(Derived))
            files.Write(name, $"content of {name}\n");
        Seal();
    }

    public static TheoryData<string> EvidenceNames => [.. Evidence];

    public void Dispose()
    {
        files.Dispose();
        signer.Dispose();
        key.Dispose();
    }

    [Fact]
    public void A_case_that_was_not_sealed_and_one_that_is_as_it_was_sealed_lost_nothing()
    {
        Assert.Empty(Lost());
        File.Delete(files.PathOf(CaseFiles.Manifest));
        File.Delete(files.PathOf(CaseFiles.Plan));
        Assert.Empty(Lost());
    }

    [Theory]
    [MemberData(nameof(EvidenceNames))]
    public void Evidence_that_is_missing_edited_or_cut_off_is_named(string name)
    {
        byte[] content = File.ReadAllBytes(files.PathOf(name));
        byte[] edited = [.. content];
        edited[3] ^= 1;

        File.Delete(files.PathOf(name));
        Assert.StartsWith($"{name} is missing,", Assert.Single(Lost()), StringComparison.Ordinal);
        foreach (byte[] other in new[] { edited, content[..^1], [] })
        {
            files.Write(name, other);
            Assert.StartsWith($"{name} ", Assert.Single(Lost()), StringComparison.Ordinal);
        }

        files.Write(name, content);
        Assert.Empty(Lost());
        files.Write(name, [.. content, (byte)'x']);
        Assert.Equal(name == CaseFiles.Log ? 0 : 1, Lost().Length);
    }

    [Fact]
    public void A_log_that_grew_behind_an_edited_line_is_named()
    {
        string log = File.ReadAllText(files.PathOf(CaseFiles.Log));
        files.Write(CaseFiles.Log, log.Replace("content", "contest", StringComparison.Ordinal) + "more\n");

        Assert.StartsWith($"{CaseFiles.Log} does not begin with the {log.Length} bytes that were sealed", Assert.Single(Lost()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_computed_may_change_and_files_may_be_added()
    {
        foreach (string name in Derived)
            files.Write(name, "computed again");
        Assert.Empty(Lost());
        foreach (string name in Derived)
            File.Delete(files.PathOf(name));
        files.Write("timestamps/commitments.tsr", "new");
        files.Write("notes.txt", "new");
        Assert.Empty(Lost());
    }

    [Fact]
    public void A_list_that_another_signed_or_that_was_changed_is_refused()
    {
        using SigningKey other = SigningKey.Create();
        using VerificationKey otherKey = VerificationKey.FromPem(other.PublicPem);
        Assert.StartsWith(folder.PathOf(CaseFiles.Manifest), Assert.Throws<InputFormatException>(() => CaseManifest.LostEvidence(folder, otherKey).ToArray()).Message, StringComparison.Ordinal);
        File.AppendAllText(files.PathOf(CaseFiles.Manifest), " ");
        Assert.Throws<InputFormatException>(Lost);
    }

    /// <summary>A killed collection leaves half a line, which may be sealed; the next run cuts it off and says so in the log.</summary>
    [Fact]
    public async Task A_half_written_line_that_was_cut_off_since_is_no_loss()
    {
        using var collected = new TestCase(prompts: 3);
        await collected.CollectAsync();
        byte[] whole = File.ReadAllBytes(collected.LogFile);
        int third = Enumerable.Range(0, whole.Length).Where(i => whole[i] == '\n').ElementAt(2);
        foreach ((int sealedSize, int leftSize, int lost) in new[] { (third + 150, third + 150, 0), (third + 150, third + 140, 1), (third + 1, third - 5, 1), (third + 1, third + 1, 0) })
        {
            var place = new CaseFolder(collected.Folder);
            File.WriteAllBytes(collected.LogFile, whole[..sealedSize]);
            File.WriteAllBytes(place.PathOf(CaseFiles.Manifest), CaseManifest.Make(place, signer, DateTimeOffset.UnixEpoch));
            File.WriteAllBytes(collected.LogFile, whole[..leftSize]);
            await collected.CollectAsync();

            Assert.Empty(collected.Check().Faults);
            Assert.Equal(lost, CaseManifest.LostEvidence(place, key).Count());
        }
    }

    [Fact]
    public void A_stamp_of_the_log_or_the_statement_may_be_replaced_by_a_valid_one_only()
    {
        using var authority = new TestAuthority();
        foreach (string name in TimestampFiles.Names)
        {
            Stamp(name, authority);
            Seal();
            Stamp(name, authority);
            Assert.Equal(name is "log" or "statement" ? [] : new[] { TimestampFiles.QueryOf(name), TimestampFiles.ReplyOf(name) }, Lost().Select(sentence => sentence[..sentence.IndexOf(' ', StringComparison.Ordinal)]).Order(StringComparer.Ordinal));

            files.Write(TimestampFiles.ReplyOf(name), "no token");
            Assert.Contains(Lost(), sentence => sentence.StartsWith(TimestampFiles.ReplyOf(name), StringComparison.Ordinal));
            Seal();
        }
    }

    [Fact]
    public void Links_and_pipes_are_named_and_never_opened()
    {
        if (OperatingSystem.IsWindows())
            return;
        Assert.Empty(folder.Foreign());
        files.Write("empty.txt", string.Empty);
        using (folder.Lock())
            Assert.Empty(folder.Foreign());
        File.CreateSymbolicLink(files.PathOf("samples/a-link"), files.PathOf(CaseFiles.Plan));
        File.CreateSymbolicLink(files.PathOf("dangling"), "nowhere");
        Directory.CreateSymbolicLink(files.PathOf("collection/up"), files.Root);
        using (Process make = Process.Start("mkfifo", [files.PathOf("pipe")]))
            make.WaitForExit();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(files.PathOf("socket")));

        Assert.Equal(
            ["collection/up is a link; a case holds files only.", "dangling is a link; a case holds files only.", "pipe is a pipe or a device; a case holds files only.", "samples/a-link is a link; a case holds files only.", "socket is a pipe or a device; a case holds files only."],
            folder.Foreign());
        Assert.Throws<InputFormatException>(folder.Names);
        CaseCheckStep step = Assert.Single(CaseCheck.Run(folder));
        Assert.Equal(folder.Foreign(), step.Faults);
    }

    [Fact]
    public void Folders_without_files_are_named()
    {
        Directory.CreateDirectory(files.PathOf("a/b"));
        Directory.CreateDirectory(files.PathOf("samples/c"));

        Assert.Equal(["a", "a/b", "samples/c"], folder.EmptyFolders());
        Assert.Equal(
            ["a: the folder is empty; a case holds files only.", "a/b: the folder is empty; a case holds files only.", "samples/c: the folder is empty; a case holds files only."],
            CaseManifest.Differences(folder, CaseManifest.Open(folder.Read(CaseFiles.Manifest), key)));
    }

    [Fact]
    public void Every_fault_begins_with_a_name_and_no_name_stands_twice()
    {
        string[] faults = [.. CaseCheck.Run(folder).SelectMany(step => step.Faults)];
        File.Delete(files.PathOf(CaseFiles.Verdict));
        File.Delete(files.PathOf(CaseFiles.Statement));
        CaseCheckStep[] without = [.. CaseCheck.Run(folder)];

        Assert.All(faults.Concat(without.SelectMany(step => step.Faults)), fault =>
        {
            Assert.DoesNotContain(files.Root, fault, StringComparison.Ordinal);
            Assert.Contains(folder.Names().Concat(Derived).Append(CaseFiles.Manifest), name => fault.StartsWith(name, StringComparison.Ordinal) || fault.StartsWith(CaseFiles.Timestamps, StringComparison.Ordinal));
        });
        Assert.Equal(["verdict.json is missing; a case needs it here."], without.Single(step => step.What == "verdict").Faults);
        Assert.Equal(["statement.json is missing; a case needs it here."], without[^1].Faults);
        Assert.Equal("statement", without[^1].What);
    }

    private string[] Lost() => [.. CaseManifest.LostEvidence(folder, key)];

    private void Seal() => File.WriteAllBytes(files.PathOf(CaseFiles.Manifest), CaseManifest.Make(folder, signer, DateTimeOffset.UnixEpoch));

    private void Stamp(string name, TestAuthority authority)
    {
        byte[] query = TimestampFiles.Request(files.Root, name).Query;
        files.Write(TimestampFiles.QueryOf(name), query);
        files.Write(TimestampFiles.ReplyOf(name), authority.Reply(query, new DateTimeOffset(2027, 3, 4, 5, 6, 7, TimeSpan.Zero)));
        files.Write(TimestampFiles.ChainOf(name), Encoding.UTF8.GetBytes(authority.ChainPem));
        Assert.True(TimestampFiles.Check(files.Root, name)!.IsValid);
    }
}
