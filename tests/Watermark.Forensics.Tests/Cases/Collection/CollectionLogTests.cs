using System.Security.Cryptography;
using System.Text;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Tests.Cases.Collection;

public sealed class CollectionLogTests
{
    [Fact]
    public void One_process_at_a_time_has_a_case_open()
    {
        using var folder = new TestCase();
        using (CollectionLog first = folder.Open())
        {
            InputFormatException error = Assert.Throws<InputFormatException>(folder.Open);
            Assert.Contains("another process", error.Message, StringComparison.Ordinal);
        }

        folder.Open().Dispose();
    }

    [Fact]
    public async Task A_half_written_line_is_cut_off_and_recorded_wherever_it_breaks_off()
    {
        using var whole = new TestCase(prompts: 2);
        await whole.CollectAsync();
        byte[] bytes = File.ReadAllBytes(whole.LogFile);
        int[] ends = [.. Enumerable.Range(0, bytes.Length).Where(i => bytes[i] == '\n').Select(i => i + 1)];
        for (int length = 1; length < bytes.Length; length += 7)
        {
            using var folder = new TestCase(prompts: 2);
            Directory.CreateDirectory(Path.GetDirectoryName(folder.LogFile)!);
            File.WriteAllBytes(folder.LogFile, bytes[..length]);
            int complete = ends.LastOrDefault(end => end <= length);

            CollectionOutcome outcome = await folder.CollectAsync();

            Assert.Equal(0, outcome.Remaining);
            CustodyResult custody = folder.Check();
            Assert.Empty(custody.Faults);
            Assert.Equal(2, custody.ListedReplies("suspect-x"));
            Assert.Equal(bytes[..complete], File.ReadAllBytes(folder.LogFile)[..complete]);
            if (folder.Records<SessionRecord>() is [_, var resumed])
            {
                Assert.Equal(length - complete, resumed.CutBytes);
                Assert.Equal(length == complete ? null : Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(complete..length))), resumed.CutSha256);
                Assert.Equal(length > complete, custody.Warnings.Any(warning => warning.Contains("cut off", StringComparison.Ordinal)));
            }
        }
    }

    [Fact]
    public async Task A_long_half_written_line_goes_away_whole()
    {
        using var folder = new TestCase(prompts: 2);
        await folder.CollectAsync();
        byte[] tail = Encoding.UTF8.GetBytes("{\"n\":99," + new string('x', 5000));
        using (FileStream stream = new(folder.LogFile, FileMode.Append))
            stream.Write(tail);
        Assert.Contains("half-written", string.Concat(folder.Check().Warnings), StringComparison.Ordinal);

        File.WriteAllText(folder.InFolder("a.jsonl"), "{\"prompt\":\"a\",\"text\":\"b\"}\n");
        using (CollectionLog log = folder.Open())
            CollectionImporter.Import(log, folder.InFolder("a.jsonl"), "control-a", SubjectRole.Control, "J. Doe");

        Assert.Empty(folder.Check().Faults);
        Assert.Equal((tail.Length, Convert.ToHexStringLower(SHA256.HashData(tail))), (folder.Records<SessionRecord>()[^1].CutBytes, folder.Records<SessionRecord>()[^1].CutSha256));
        Assert.DoesNotContain("xxx", File.ReadAllText(folder.LogFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_appended_to_a_damaged_log()
    {
        using var folder = new TestCase(prompts: 3);
        await folder.CollectAsync();
        string text = File.ReadAllText(folder.LogFile).Replace("I say: Say 1.", "I say: Say 7.", StringComparison.Ordinal);
        File.WriteAllText(folder.LogFile, text);

        InputFormatException error = await Assert.ThrowsAsync<InputFormatException>(() => folder.CollectAsync());

        Assert.Contains("Record 4", error.Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(folder.LogFile));
    }

    [Fact]
    public async Task Plan_and_prompts_cannot_change_under_a_log()
    {
        using var folder = new TestCase(prompts: 2);
        File.WriteAllText(folder.InFolder(CaseFiles.Plan), "{}");
        await folder.CollectAsync();
        Assert.Equal("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", folder.Check().PlanSha256);

        File.WriteAllText(folder.InFolder(CaseFiles.Plan), "{ }");
        Assert.Contains("plan", Assert.Throws<InputFormatException>(folder.Open).Message, StringComparison.Ordinal);

        File.WriteAllText(folder.InFolder(CaseFiles.Plan), "{}");
        File.AppendAllText(folder.InFolder(CaseFiles.Prompts), "{\"id\":\"later\",\"prompt\":\"x\"}\n");
        Assert.Contains("prompts", Assert.Throws<InputFormatException>(folder.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_that_comes_after_the_data_is_a_warning()
    {
        using var folder = new TestCase();
        File.WriteAllText(folder.InFolder("a.jsonl"), "x");
        File.WriteAllText(folder.InFolder("b.jsonl"), "y");
        Import("a.jsonl");
        File.WriteAllText(folder.InFolder(CaseFiles.Plan), "{}");
        Import("b.jsonl");

        CustodyResult custody = folder.Check();
        Assert.Null(custody.PlanSha256);
        Assert.Contains("plan is another", Assert.Single(custody.Warnings), StringComparison.Ordinal);

        void Import(string name)
        {
            using CollectionLog log = folder.Open();
            CollectionImporter.Import(log, folder.InFolder(name), "suspect-x", SubjectRole.Suspect, "J. Doe");
        }
    }

    [Fact]
    public void An_imported_file_is_one_record_however_often_it_is_imported()
    {
        using var folder = new TestCase();
        byte[] content = Encoding.UTF8.GetBytes("{\"prompt\":\"a\",\"text\":\"b\"}\n");
        File.WriteAllBytes(folder.InFolder("räplies (1).jsonl"), content);
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        for (int run = 0; run < 3; run++)
        {
            using CollectionLog log = folder.Open();
            ImportedFile file = CollectionImporter.Import(log, folder.InFolder("räplies (1).jsonl"), "suspect-x", SubjectRole.Suspect, "J. Doe", _ => 1);
            Assert.Equal(new ImportedFile(sha256, content.Length, run == 0), file);

            // What a killed process leaves goes away with the next import.
            File.WriteAllText(folder.InFolder($"{CaseFiles.Imported}/left.part"), "half");
        }

        CustodyResult custody = folder.Check();
        CustodyImport import = Assert.Single(custody.Imports);
        Assert.Equal(("suspect-x", "J. Doe", "räplies (1).jsonl", $"collection/imported/{sha256}-r_plies__1_.jsonl", sha256, content.Length, 1), (import.Subject, import.By, import.Name, import.File, import.Sha256, import.Size, import.Records));
        Assert.Equal(content, File.ReadAllBytes(folder.InFolder(import.File)));
        Assert.Equal(1, custody.ListedReplies("suspect-x"));
        Assert.Empty(custody.Faults);
        Assert.Empty(custody.Warnings);

        // A copy that was damaged before it was recorded is made again; another subject is another record.
        File.WriteAllText(folder.InFolder(import.File), "damaged");
        using (CollectionLog log = folder.Open())
            Assert.True(CollectionImporter.Import(log, folder.InFolder("räplies (1).jsonl"), "suspect-y", SubjectRole.Suspect, "J. Doe").IsNew);
        Assert.Equal(content, File.ReadAllBytes(folder.InFolder(import.File)));
        Assert.Null(folder.Check().ListedReplies("suspect-y"));
    }
}
