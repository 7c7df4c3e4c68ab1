using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Watermark.Catalog;
using Watermark.Forensics.Cases.Commitments;

namespace Watermark.Cli.Tests.Tool;

public sealed class CommitTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Case => Path.Combine(folder.Path, "case");

    private string Registry => Path.Combine(Case, "commitments.json");

    [Fact]
    public void Keys_are_committed_and_open_what_the_registry_lists()
    {
        string first = Replies.Key(folder), second = Replies.Key(folder, "second.wmkey"), third = Replies.Key(folder, "third.wmkey");

        ToolProcess one = ToolProcess.Run("commit", "--case", Case, "--key", first);
        JsonElement two = ToolProcess.Run("commit", "--case", Case, "--key", second, "--key", third, "--json").Json;

        Assert.Equal((0, ""), (one.ExitCode, one.Error));
        Assert.Contains("M = 1 committed key;", one.Output, StringComparison.Ordinal);
        Assert.Contains($"timestamp request {Case} commitments", one.Output, StringComparison.Ordinal);
        Assert.Equal(3, two.GetProperty("count").GetInt32());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Registry))), two.GetProperty("sha256").GetString());
        CommitmentRegistry registry = CommitmentRegistry.Read(File.ReadAllBytes(Registry));
        Assert.Equal(3, registry.Count);
        foreach (string path in new[] { first, second, third })
        {
            using KeyFile key = KeyFile.Load(path);
            using CommitmentOpening opening = CommitmentOpening.Load(path + ".opening");
            Assert.Null(KeyCommitment.Opens(key, opening, registry).Fault);
            string nonce = JsonDocument.Parse(File.ReadAllText(path + ".opening")).RootElement.GetProperty("nonce").GetString()!;
            foreach (string said in new[] { one.Output, two.ToString(), File.ReadAllText(Registry) })
            {
                Assert.DoesNotContain(nonce, said, StringComparison.Ordinal);
                Assert.DoesNotContain(key.Id, said, StringComparison.Ordinal);
            }

            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path + ".opening"));
        }

        Assert.Equal([Path.Combine(Case, ".lock"), Registry], Directory.GetFiles(Case, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_key_is_committed_once_and_nothing_is_written_where_one_of_several_is_refused()
    {
        string first = Replies.Key(folder), second = Replies.Key(folder, "second.wmkey");
        Assert.Equal(0, ToolProcess.Run("commit", "--case", Case, "--key", first).ExitCode);
        byte[] before = File.ReadAllBytes(Registry), opening = File.ReadAllBytes(first + ".opening");

        ToolProcess.Run("commit", "--case", Case, "--key", second, "--key", first).AssertRefused("is committed here already");
        ToolProcess.Run("commit", "--case", Case, "--key", second, "--key", second).AssertRefused("is named twice");

        Assert.Equal(before, File.ReadAllBytes(Registry));
        Assert.Equal(opening, File.ReadAllBytes(first + ".opening"));
        Assert.False(File.Exists(second + ".opening"));
    }

    [Fact]
    public void An_opening_is_used_again_after_a_kill_and_in_another_case_and_never_overwritten()
    {
        string key = Replies.Key(folder);
        Assert.Equal(0, ToolProcess.Run("commit", "--case", Case, "--key", key).ExitCode);
        byte[] opening = File.ReadAllBytes(key + ".opening");
        string commitment = CommitmentRegistry.Read(File.ReadAllBytes(Registry)).Keys[0].Commitment;
        // As if the tool had been killed between the opening and the registry.
        File.Delete(Registry);

        Assert.Equal(0, ToolProcess.Run("commit", "--case", Case, "--key", key).ExitCode);
        Assert.Equal(commitment, CommitmentRegistry.Read(File.ReadAllBytes(Registry)).Keys[0].Commitment);
        string other = Path.Combine(folder.Path, "other");
        Assert.Equal(0, ToolProcess.Run("commit", "--case", other, "--key", key).ExitCode);
        Assert.Equal(commitment, CommitmentRegistry.Read(File.ReadAllBytes(Path.Combine(other, "commitments.json"))).Keys[0].Commitment);
        ToolProcess.Run("commit", "--case", other + "2", "--key", key, "--first-position", "1").AssertRefused("never overwritten");
        Assert.Equal(opening, File.ReadAllBytes(key + ".opening"));
    }

    [Fact]
    public async Task A_kill_at_any_time_leaves_all_or_nothing_and_no_entry_without_its_opening()
    {
        string[] keys = [Replies.Key(folder), Replies.Key(folder, "second.wmkey")];
        for (int i = 0; i < 4; i++)
        {
            string target = Path.Combine(folder.Path, $"case{i}"), registry = Path.Combine(target, "commitments.json");
            string[] arguments = ["commit", "--case", target, "--key", keys[0], "--key", keys[1]];
            using (Process process = ToolProcess.Start(arguments))
            {
                // The first or the second opening is there, or, where this is too slow, all is.
                while (!process.HasExited && !File.Exists(keys[i % 2] + ".opening"))
                    await Task.Yield();
                process.Kill();
                await process.WaitForExitAsync();
            }

            if (!File.Exists(registry))
                Assert.Equal(0, ToolProcess.Run(arguments).ExitCode);
            string[] committed = [.. CommitmentRegistry.Read(File.ReadAllBytes(registry)).Keys.Select(entry => entry.Commitment)];
            Assert.Equal(keys.Select(key => OpeningOf(key + ".opening")), committed);
            foreach (string key in keys)
                File.Delete(key + ".opening");
        }
    }

    [Fact]
    public void Keys_in_the_case_and_registries_that_were_stamped_or_changed_are_refused()
    {
        string key = Replies.Key(folder), second = Replies.Key(folder, "second.wmkey");
        ToolProcess.Run("commit", "--case", folder.Path, "--key", key).AssertRefused("lies in the case's folder");
        Assert.Equal(0, ToolProcess.Run("commit", "--case", Case, "--key", key).ExitCode);
        folder.Write("case/timestamps/commitments.tsr", "");
        ToolProcess.Run("commit", "--case", Case, "--key", second).AssertRefused("was stamped as it is");
        File.Delete(Path.Combine(Case, "timestamps", "commitments.tsr"));
        File.AppendAllText(Registry, " ");
        ToolProcess.Run("commit", "--case", Case, "--key", second).AssertRefused("commitments.json: The registry of commitments is not laid out as it was written");
        Assert.False(File.Exists(second + ".opening"));
    }

    private static string OpeningOf(string path)
    {
        using CommitmentOpening opening = CommitmentOpening.Load(path);
        return opening.Commitment;
    }
}
