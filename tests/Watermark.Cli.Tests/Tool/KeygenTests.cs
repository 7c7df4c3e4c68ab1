using System.Text.Json;

namespace Watermark.Cli.Tests.Tool;

public sealed class KeygenTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_key_is_made_for_its_owner_alone_and_its_secret_is_not_shown()
    {
        string path = Path.Combine(folder.Path, "sub", "owner.wmkey");

        ToolProcess run = ToolProcess.Run("keygen", "--out", path, "--gamma", "0.1", "--delta", "3", "--context-width", "1");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        using JsonDocument key = JsonDocument.Parse(File.ReadAllText(path));
        Assert.Equal("3277/32768", key.RootElement.GetProperty("scheme").GetProperty("gamma").GetString());
        Assert.Equal("cl100k_base", key.RootElement.GetProperty("tokenizer").GetString());
        Assert.Contains("gamma 3277/32768", run.Output, StringComparison.Ordinal);
        Assert.Contains(key.RootElement.GetProperty("id").GetString()!, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(key.RootElement.GetProperty("secret").GetString()!, run.Output, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_key_is_never_overwritten()
    {
        string path = Replies.Key(folder);
        string before = File.ReadAllText(path);

        ToolProcess.Run("keygen", "--out", path).AssertRefused("exists already");

        Assert.Equal(before, File.ReadAllText(path));
    }

    [Fact]
    public void Keys_of_accounts_derive_from_the_owners()
    {
        string owner = Replies.Key(folder);
        string first = Path.Combine(folder.Path, "acme.wmkey");
        string again = Path.Combine(folder.Path, "acme2.wmkey");

        JsonElement made = ToolProcess.Run("keygen", "--out", first, "--from", owner, "--account", "acme", "--json").Json;
        JsonElement repeated = ToolProcess.Run("keygen", "--out", again, "--from", owner, "--account", "acme", "--json").Json;

        Assert.Equal(made.GetProperty("id").GetString(), repeated.GetProperty("id").GetString());
        Assert.Equal("ids", made.GetProperty("tokenizer").GetString());
        ToolProcess.Run("keygen", "--out", first + "x", "--from", owner).AssertRefused("either --account or --epoch");
        ToolProcess.Run("keygen", "--out", first + "x", "--account", "acme").AssertRefused("name it with --from");
    }

    [Fact]
    public void A_passphrase_protects_the_secret()
    {
        string path = Path.Combine(folder.Path, "owner.wmkey");
        ToolProcess made = ToolProcess.Run(["keygen", "--out", path, "--tokenizer", "ids", "--passphrase-env", "WM_TEST_PASS"], "", ("WM_TEST_PASS", "correct horse"));
        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        Assert.DoesNotContain("\"secret\"", File.ReadAllText(path), StringComparison.Ordinal);
        string replies = Replies.Write(folder, "replies.jsonl", null, count: 2);

        ToolProcess opened = ToolProcess.Run(["detect", "--key", path, "--tokens-field", "tokens", replies, "--passphrase-env", "WM_TEST_PASS"], "", ("WM_TEST_PASS", "correct horse"));
        ToolProcess wrong = ToolProcess.Run(["detect", "--key", path, "--tokens-field", "tokens", replies, "--passphrase-env", "WM_TEST_PASS"], "", ("WM_TEST_PASS", "hunter2"));

        Assert.Equal((0, ""), (opened.ExitCode, opened.Error));
        Assert.Equal(2, opened.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        wrong.AssertRefused("The passphrase is wrong");
        ToolProcess.Run("detect", "--key", path, "--tokens-field", "tokens", replies).AssertRefused("--passphrase-env NAME");
        ToolProcess.Run("detect", "--key", path, "--tokens-field", "tokens", replies, "--passphrase-env", "WM_TEST_UNSET").AssertRefused("'WM_TEST_UNSET'");
    }

    [Fact]
    public void A_secret_of_ones_own_comes_from_standard_input_and_a_wrong_one_is_not_echoed()
    {
        string path = Path.Combine(folder.Path, "owner.wmkey");
        const string secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

        ToolProcess run = ToolProcess.Run(["keygen", "--out", path, "--tokenizer", "ids", "--secret-file", "-", "--json"], $"\"{secret}\"");
        ToolProcess wrong = ToolProcess.Run(["keygen", "--out", path + "2", "--tokenizer", "ids", "--secret-file", "-"], $"{secret}hunter2");

        Assert.Equal(Convert.FromBase64String(secret), Secret(path));
        Assert.Equal(32, run.Json.GetProperty("id").GetString()!.Length);
        wrong.AssertRefused("The secret is not valid JSON");
        Assert.DoesNotContain("hunter2", wrong.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(path + "2"));
    }

    [Theory]
    [InlineData("--gamma", "5/4", "The field 'scheme.gamma' must be a fraction between 0 and 1")]
    [InlineData("--context-width", "9", "The field 'scheme.contextWidth' must be an integer from 0 to 8")]
    [InlineData("--delta", "much", "The field 'scheme.delta' must be a number from 0 to 100")]
    [InlineData("--num-leaves", "2", "--num-leaves does not apply: the scheme 'green-list' has gamma, delta, contextWidth")]
    [InlineData("--param", "colour=red", "The field 'scheme.colour' is unknown")]
    [InlineData("--param", "colour", "--param takes NAME=VALUE")]
    [InlineData("--scheme", "red-list", "The scheme 'red-list' is not known")]
    [InlineData("--tokenizer", "no-such-file.model", "no-such-file.model")]
    public void Wrong_parameters_are_one_sentence(string option, string value, string words)
    {
        string path = Path.Combine(folder.Path, "owner.wmkey");

        ToolProcess.Run("keygen", "--out", path, option, value).AssertRefused(words);

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Every_parameter_of_a_scheme_has_an_option()
    {
        string path = Path.Combine(folder.Path, "vllm.wmkey");

        ToolProcess run = ToolProcess.Run("keygen", "--out", path, "--tokenizer", "ids", "--scheme", "vllm-sbw", "--seeding", "lefthash", "--gamma", "1/8", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("""{"name":"vllm-sbw","seeding":"lefthash","contextWidth":1,"gamma":"1/8","delta":2}""", run.Json.GetProperty("scheme").GetRawText().Replace(" ", "", StringComparison.Ordinal).ReplaceLineEndings(""));
        ToolProcess.Run("keygen", "--out", path + "2", "--scheme", "gumbel", "--gamma", "1/8").AssertRefused("--gamma does not apply: the scheme 'gumbel' has contextWidth");
        ToolProcess.Run("keygen", "--out", path + "2", "--from", path, "--account", "a", "--gamma", "1/8").AssertRefused("--gamma does not go with --from");
    }

    private static byte[] Secret(string path)
    {
        using JsonDocument key = JsonDocument.Parse(File.ReadAllText(path));
        return key.RootElement.GetProperty("secret").GetBytesFromBase64();
    }
}
