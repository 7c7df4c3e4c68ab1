using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Sealing;

namespace Watermark.Cli.Tests.Tool;

/// <summary>A case from the first key to the check, with the tool as its user runs it.</summary>
public sealed class CaseTests(CaseTests.Sealed made) : IClassFixture<CaseTests.Sealed>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_sealed_case_is_intact_with_the_key_and_without()
    {
        ToolProcess without = ToolProcess.Run("check", made.Case);
        JsonElement with = ToolProcess.Run("check", made.Case, "--key", made.Key, "--signer-key", made.Signer + ".pub", "--json").Json;

        Assert.Equal((0, ""), (without.ExitCode, without.Error));
        Assert.Contains("not computed again, since no --key was given", without.Output, StringComparison.Ordinal);
        Assert.True(with.GetProperty("intact").GetBoolean());
        Assert.Contains(with.GetProperty("steps").EnumerateArray(), step => step.GetProperty("seen").GetString()!.Contains("computed again from the samples and the key, with the same result", StringComparison.Ordinal));
    }

    [Fact]
    public void The_registry_of_committed_keys_is_charged_although_one_key_is_tested()
    {
        JsonElement finding = Verdict(made.Case).GetProperty("findings")[0];

        Assert.Equal(3, finding.GetProperty("multiplicity").GetProperty("keys").GetInt64());
        Assert.Equal(Math.Log(3000), double.Parse(finding.GetProperty("power").GetProperty("logThreshold").GetString()!, CultureInfo.InvariantCulture), 9);
        Assert.Matches("^[0-9a-f]{64}$", finding.GetProperty("key").GetProperty("commitment").GetString());
        Assert.Contains(finding.GetProperty("diagnostics").EnumerateArray(), item => item.GetProperty("code").GetString() == "key-order" && item.GetProperty("message").GetString()!.Contains("key not shown to precede the data", StringComparison.Ordinal));
        Assert.Equal("support", finding.GetProperty("outcome").GetString());
    }

    [Fact]
    public void Every_file_with_one_flipped_bit_is_named()
    {
        string copy = Copy(made.Case, "flipped");
        var random = new Random(20261127);
        string[] names = [.. new CaseFolder(copy).Names().Append(CaseFiles.Manifest)];
        Assert.True(names.Length >= 12);
        foreach (string name in names)
        {
            string path = new CaseFolder(copy).PathOf(name);
            byte[] bytes = File.ReadAllBytes(path);
            foreach (int at in new[] { 0, bytes.Length / 2, bytes.Length - 1, random.Next(bytes.Length), random.Next(bytes.Length) })
            {
                byte[] changed = [.. bytes];
                changed[at] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(path, changed);
                string[] faults = [.. CaseCheck.Run(new CaseFolder(copy)).SelectMany(step => step.Faults)];
                Assert.True(faults.Any(fault => fault.StartsWith(name, StringComparison.Ordinal)), $"{name}, byte {at}: {string.Join(" | ", faults)}");
            }

            File.WriteAllBytes(path, bytes);
        }

        Assert.DoesNotContain(CaseCheck.Run(new CaseFolder(copy)), step => step.Faults.Count > 0);
        File.AppendAllText(Path.Combine(copy, CaseFiles.Prompts), "\n");
        ToolProcess check = ToolProcess.Run("check", copy);
        Assert.Equal(1, check.ExitCode);
        Assert.Contains("BAD files: prompts.jsonl: the file was changed", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_missing_or_added_is_named()
    {
        string copy = Copy(made.Case, "changed");
        File.Delete(Path.Combine(copy, "samples", "control.ngrams"));
        File.WriteAllText(Path.Combine(copy, "notes.txt"), "x");
        File.WriteAllText(Path.Combine(copy, CaseFiles.Lock), "x");
        string[] faults = [.. CaseCheck.Run(new CaseFolder(copy)).SelectMany(step => step.Faults)];

        Assert.Contains("samples/control.ngrams: the file is missing.", faults);
        Assert.Contains("notes.txt: the file was added after the case was sealed.", faults);
        Assert.Contains(faults, fault => fault.StartsWith(".lock:", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("verdict.json: a finding was computed from the sample", StringComparison.Ordinal));
    }

    [Fact]
    public void A_case_sealed_again_by_its_owner_with_other_numbers_is_not_what_the_key_gives()
    {
        string copy = Copy(made.Case, "resealed");
        var place = new CaseFolder(copy);
        string verdict = File.ReadAllText(place.PathOf(CaseFiles.Verdict));
        string green = Verdict(copy).GetProperty("findings")[0].GetProperty("effect").GetProperty("estimate").GetString()!;
        File.WriteAllText(place.PathOf(CaseFiles.Verdict), verdict.Replace($"\"{green}\"", "\"0.987\"", StringComparison.Ordinal));
        Reseal(place);

        Assert.Equal(0, ToolProcess.Run("check", copy).ExitCode);
        ToolProcess check = ToolProcess.Run("check", copy, "--key", made.Key);
        Assert.Equal(1, check.ExitCode);
        Assert.Contains("BAD findings: verdict.json: findings[0].effect.estimate is", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_verdict_under_another_plan_than_the_signed_one_is_named()
    {
        var place = new CaseFolder(Copy(made.Case, "other-plan"));
        string verdict = File.ReadAllText(place.PathOf(CaseFiles.Verdict));
        Assert.Equal(2, verdict.Split("\"title\": \"\"").Length);
        File.WriteAllText(place.PathOf(CaseFiles.Verdict), verdict.Replace("\"title\": \"\"", "\"title\": \"Another\"", StringComparison.Ordinal));
        Reseal(place);

        ToolProcess check = ToolProcess.Run("check", place.Root, "--key", made.Key);
        Assert.Equal(1, check.ExitCode);
        Assert.Contains("BAD verdict: verdict.json: the verdict was made under another plan than plan.json.", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_case_that_lost_evidence_is_not_sealed_again()
    {
        string corpora = Path.Combine(folder.Write("corpora/one.txt", "A corpus.").Path, "corpora");
        (string Name, string[] Command)[] runs =
        [
            (CaseFiles.Prompts, made.Verify("CASE")),
            (CaseFiles.Imported, ["report", "CASE", "--signer", made.Signer, "--force"]),
            (CaseFiles.Log, ["validate", corpora, "--case", "CASE", "--key", made.Key, "--tokens-field", "tokens", "--force"]),
        ];
        foreach ((string name, string[] command) in runs)
        {
            string copy = Copy(made.Case, "lost-" + Path.GetFileName(name));
            string[] before = [.. Directory.GetFiles(copy)];
            byte[] seal = File.ReadAllBytes(Path.Combine(copy, CaseFiles.Manifest));
            string path = new CaseFolder(copy).PathOf(name);
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            else
                File.WriteAllBytes(path, File.ReadAllBytes(path)[..^9]);
            Refused([.. command.Select(word => word == "CASE" ? copy : word)], $"{copy}: {name}");
            Assert.Equal(seal, File.ReadAllBytes(Path.Combine(copy, CaseFiles.Manifest)));
            Assert.Equal(before, Directory.GetFiles(copy));
        }

        Refused(["commit", "--case", made.Case, "--key", Replies.Key(folder, "late.wmkey")], "was sealed as it is");
    }

    [Fact]
    public void A_case_whose_log_grew_is_sealed_again()
    {
        string copy = Copy(made.Case, "grown");
        Assert.Equal(0, ToolProcess.Run("import", "--case", copy, "--name", "suspect", "--by", "A. Tester", Replies.Write(folder, "more.jsonl", made.Key, seed: 9)).ExitCode);
        ToolProcess verify = ToolProcess.Run(made.Verify(copy));

        Assert.Equal((0, ""), (verify.ExitCode, verify.Error));
        Assert.Equal(0, ToolProcess.Run("check", copy).ExitCode);
    }

    [Fact]
    public void A_check_names_pipes_links_and_empty_folders_and_goes_on_without_a_statement()
    {
        if (OperatingSystem.IsWindows())
            return;
        string copy = Copy(made.Case, "foreign");
        File.Delete(Path.Combine(copy, CaseFiles.Statement));
        Directory.CreateDirectory(Path.Combine(copy, "more"));
        ToolProcess check = ToolProcess.Run("check", copy, "--key", made.Key);
        Assert.Equal(1, check.ExitCode);
        foreach (string line in new[] { "    more: the folder is empty", "BAD statement: statement.json is missing", "ok  findings: 1 computed again", "is not as it was sealed." })
            Assert.Contains(line, check.Output, StringComparison.Ordinal);

        File.Delete(Path.Combine(copy, CaseFiles.Verdict));
        using (Process make = Process.Start("mkfifo", [Path.Combine(copy, CaseFiles.Verdict)]))
            make.WaitForExit();
        File.CreateSymbolicLink(Path.Combine(copy, "link"), made.Key);
        check = ToolProcess.Run("check", copy, "--key", made.Key);
        Assert.Equal((1, ""), (check.ExitCode, check.Error));
        Assert.Contains("BAD folder: link is a link; a case holds files only.\n    verdict.json is a pipe or a device", check.Output, StringComparison.Ordinal);
        Refused(["report", copy, "--signer", made.Signer, "--force"], "link is a link");
    }

    [Fact]
    public void Two_machines_give_the_same_statement()
    {
        string copy = Copy(made.Case, "elsewhere");
        byte[] statement = File.ReadAllBytes(Path.Combine(made.Case, CaseFiles.Statement));
        File.Delete(Path.Combine(copy, CaseFiles.Statement));
        foreach ((string variable, string threads) in new[] { ("DOTNET_EnableHWIntrinsic", "1"), ("DOTNET_EnableAVX2", "3"), ("DOTNET_EnableAVX512F", "2") })
        {
            ToolProcess verify = ToolProcess.Run([.. made.Verify(copy), "--threads", threads], "", (variable, "0"));
            Assert.Equal((0, ""), (verify.ExitCode, verify.Error));
            Assert.Equal(statement, File.ReadAllBytes(Path.Combine(copy, CaseFiles.Statement)));
        }

        Assert.Equal(0, ToolProcess.Run("check", copy, "--key", made.Key).ExitCode);
    }

    [Fact]
    public void A_key_that_does_not_open_its_commitment_is_refused()
    {
        string copy = Copy(made.Case, "keys");
        string other = Replies.Key(folder, "other.wmkey");
        Refused([.. made.Verify(copy, other)], "needs its opening to show that it is one of them");
        File.Copy(made.Key + ".opening", other + ".opening");
        Refused([.. made.Verify(copy, other)], "does not open the commitment");
    }

    [Fact]
    public void A_verification_that_is_killed_changes_no_evidence_and_can_be_repeated()
    {
        string copy = Copy(made.Case, "killed");
        string[] evidence = [.. new CaseFolder(copy).Names().Where(name => name.StartsWith("collection/", StringComparison.Ordinal) || name is CaseFiles.Plan or CaseFiles.Commitments or CaseFiles.Prompts)];
        string[] before = [.. evidence.Select(new CaseFolder(copy).Sha256)];
        int kills = int.TryParse(Environment.GetEnvironmentVariable("WATERMARK_KILLS"), CultureInfo.InvariantCulture, out int many) ? many : 8;
        var random = new Random(7);
        for (int i = 0; i < kills; i++)
        {
            using Process process = ToolProcess.Start(made.Verify(copy));
            if (!process.WaitForExit(random.Next(50, 3000)))
                process.Kill();
            process.WaitForExit();
            Assert.Equal(before, evidence.Select(new CaseFolder(copy).Sha256));
        }

        ToolProcess verify = ToolProcess.Run(made.Verify(copy));
        Assert.Equal((0, ""), (verify.ExitCode, verify.Error));
        ToolProcess check = ToolProcess.Run("check", copy, "--key", made.Key);
        Assert.True(check.ExitCode == 0, check.Output);
        Assert.Equal(File.ReadAllBytes(Path.Combine(made.Case, CaseFiles.Statement)), File.ReadAllBytes(Path.Combine(copy, CaseFiles.Statement)));
    }

    [Fact]
    public void The_package_holds_everything_but_a_key_and_is_the_same_each_time()
    {
        string first = Path.Combine(folder.Path, "first.zip"), second = Path.Combine(folder.Path, "second.zip"), unpacked = Path.Combine(folder.Path, "unpacked");
        Assert.Equal(0, ToolProcess.Run("package", made.Case, "--out", first).ExitCode);
        Assert.Equal(0, ToolProcess.Run("package", made.Case, "--out", second).ExitCode);
        ZipFile.ExtractToDirectory(first, unpacked);

        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
        Assert.Equal(0, ToolProcess.Run("check", unpacked).ExitCode);
        string secret = JsonDocument.Parse(File.ReadAllText(made.Key)).RootElement.GetProperty("secret").GetString()!;
        foreach (string file in Directory.GetFiles(unpacked, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(secret, File.ReadAllText(file), StringComparison.Ordinal);

        string copy = Copy(made.Case, "with-key");
        File.Copy(made.Key, Path.Combine(copy, "owner.wmkey"));
        Assert.Equal(1, ToolProcess.Run("package", copy, "--out", Path.Combine(folder.Path, "third.zip")).ExitCode);
        Assert.Equal(0, ToolProcess.Run(made.Verify(copy)).ExitCode);
        Refused(["package", copy, "--out", Path.Combine(folder.Path, "third.zip")], "this looks like a secret");
        Assert.False(File.Exists(Path.Combine(folder.Path, "third.zip")));
    }

    [Fact]
    public void With_row_scores_somebody_without_the_key_computes_the_findings_again()
    {
        string copy = Copy(made.Case, "scores");
        Assert.Equal(0, ToolProcess.Run([.. made.Verify(copy), "--row-scores"]).ExitCode);
        ToolProcess check = ToolProcess.Run("check", copy);

        Assert.True(check.ExitCode == 0, check.Output);
        Assert.Contains("computed again from the samples and the row scores, with the same result", check.Output, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(copy, "scores")).Length);
    }

    [Fact]
    public void An_expert_signs_that_the_case_was_computed_again()
    {
        string signer = Path.Combine(folder.Path, "expert.pem"), concordance = Path.Combine(folder.Path, "concordance.json");
        ToolProcess.Run("signer", "--out", signer);
        Assert.Equal(0, ToolProcess.Run("check", made.Case, "--key", made.Key, "--signer", signer, "--concordance", concordance).ExitCode);
        using VerificationKey key = VerificationKey.FromPem(File.ReadAllText(signer + ".pub"));
        using JsonDocument signed = JsonDocument.Parse(DsseEnvelope.Open(File.ReadAllBytes(concordance), "application/vnd.watermark.concordance+json", key));

        Assert.Equal(new CaseFolder(made.Case).Sha256(CaseFiles.Statement), signed.RootElement.GetProperty("statementSha256").GetString());
        Refused(["check", made.Case, "--signer", signer, "--concordance", concordance, "--force"], "it needs --key");
    }

    [Fact]
    public void What_does_not_go_together_is_refused_in_one_sentence()
    {
        Refused(["verify", "--key", made.Key], "--suspect is missing");
        Refused(["verify", "--key", made.Key, "--case", made.Case], "--signer is missing");
        Refused([.. made.Verify(made.Case), "--suspect", "x.jsonl"], "--suspect does not go with --case");
        Refused(["verify", "--case", folder.Path, "--key", made.Key, "--signer", made.Signer], "log.jsonl is missing");
        Refused(["plan", "--case", made.Case, "--key", made.Key, "--suspect", "x", "--signer", made.Signer], "the collection has begun, and a plan must come before it");
        string other = Path.Combine(folder.Path, "other.pem");
        ToolProcess.Run("signer", "--out", other);
        Refused(["verify", "--case", made.Case, "--key", made.Key, "--signer", other, "--tokens-field", "tokens"], "one case has one signer");
        ToolProcess wrong = ToolProcess.Run("check", made.Case, "--signer-key", other + ".pub");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("BAD signer: signer.pem: the case is signed by key", wrong.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_checks_a_case_can_reach_a_network()
    {
        foreach (Type type in new[] { typeof(CaseCheck), typeof(Reporting.CaseReport) })
            Assert.DoesNotContain(type.Assembly.GetReferencedAssemblies(), reference => reference.Name!.StartsWith("System.Net", StringComparison.Ordinal) && reference.Name != "System.Net.Primitives");
    }

    /// <summary>What an owner can do who changed the verdict: sign statement and list again.</summary>
    private void Reseal(CaseFolder place)
    {
        using SigningKey signer = SigningKey.Load(made.Signer);
        byte[] statement = CaseStatement.Make(place, Forensics.Json.VerdictJson.Read(File.ReadAllBytes(place.PathOf(CaseFiles.Verdict))), CaseStatement.ToolOf(File.ReadAllBytes(place.PathOf(CaseFiles.Statement))));
        File.WriteAllBytes(place.PathOf(CaseFiles.Statement), statement);
        File.WriteAllBytes(place.PathOf(CaseFiles.SignedStatement), DsseEnvelope.Seal(CaseStatement.PayloadType, statement, signer));
        foreach (string report in new[] { CaseFiles.ReportHtml, CaseFiles.ReportMarkdown })
            File.Delete(place.PathOf(report));
        File.WriteAllBytes(place.PathOf(CaseFiles.Manifest), CaseManifest.Make(place, signer, DateTimeOffset.UnixEpoch));
    }

    private static void Refused(string[] arguments, string words) => ToolProcess.Run(arguments).AssertRefused(words);

    private static JsonElement Verdict(string path) => JsonDocument.Parse(File.ReadAllText(Path.Combine(path, CaseFiles.Verdict))).RootElement;

    private string Copy(string from, string name)
    {
        string to = Path.Combine(folder.Path, name);
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return to;
    }

    /// <summary>A case with a marked suspect and a control, three committed keys, a plan, a report.</summary>
    public sealed class Sealed : IDisposable
    {
        private readonly TemporaryFolder folder = new();

        public Sealed()
        {
            Key = Replies.Key(folder);
            string second = Replies.Key(folder, "second.wmkey"), third = Replies.Key(folder, "third.wmkey");
            Case = Path.Combine(folder.Path, "case");
            Signer = Path.Combine(folder.Path, "signer.pem");
            folder.Write("prompts.txt", "What is a boat?\nWhat is a road?\n");
            Run("signer", "--out", Signer);
            Run("commit", "--case", Case, "--key", Key, "--key", second, "--key", third);
            Run("plan", "--case", Case, "--key", Key, "--suspect", "suspect", "--control", "control", "--prompts", Path.Combine(folder.Path, "prompts.txt"), "--keys", "200", "--signer", Signer);
            Run("import", "--case", Case, "--name", "suspect", "--by", "A. Tester", Replies.Write(folder, "suspect.jsonl", Key));
            Run("import", "--case", Case, "--name", "control", "--by", "A. Tester", Replies.Write(folder, "control.jsonl", null, seed: 2));
            Run(Verify(Case));
            Run("report", Case, "--signer", Signer);
        }

        public string Key { get; }

        public string Signer { get; }

        public string Case { get; }

        public string[] Verify(string place, string? key = null) => ["verify", "--case", place, "--key", key ?? Key, "--signer", Signer, "--tokens-field", "tokens"];

        public void Dispose() => folder.Dispose();

        private static void Run(params string[] arguments)
        {
            ToolProcess run = ToolProcess.Run(arguments);
            Assert.True(run.ExitCode == 0, $"watermark {string.Join(' ', arguments)}\n{run.Error}\n{run.Output}");
        }
    }
}
