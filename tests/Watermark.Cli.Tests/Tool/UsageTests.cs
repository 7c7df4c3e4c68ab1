using System.Text.Json;

namespace Watermark.Cli.Tests.Tool;

public sealed class UsageTests
{
    public static TheoryData<string> Commands => ["demo", "keygen", "inspect", "tokenize", "extract", "merge", "detect", "verify", "recheck", "power", "tune", "schemes"];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_explains_itself_with_examples_and_speaks_json(string command)
    {
        ToolProcess run = ToolProcess.Run(command, "--help");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("Examples:", run.Output, StringComparison.Ordinal);
        Assert.Contains($"watermark {command}", run.Output, StringComparison.Ordinal);
        Assert.Contains("--json", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void No_secret_can_be_given_as_an_argument()
    {
        string help = ToolProcess.Run("keygen", "--help").Output + ToolProcess.Run("verify", "--help").Output;

        Assert.DoesNotContain("--passphrase ", help, StringComparison.Ordinal);
        Assert.DoesNotContain("--secret ", help, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_command_is_one_sentence_and_code_2()
    {
        ToolProcess run = ToolProcess.Run("frobnicate");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("frobnicate", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("keygen", "--out", "k", "--secret", "hunter2")]
    [InlineData("keygen", "--out", "k", "--key-secret=hunter2")]
    [InlineData("keygen", "--out", "k", "hunter2")]
    [InlineData("keygen", "--out", "k", "--passphrase-env", "hunter2")]
    [InlineData("verify", "--key", "k", "--suspect", "a", "--secret=hunter2")]
    [InlineData("power", "--tests", "hunter2")]
    [InlineData("power", "--tokens=hunter2")]
    [InlineData("--hunter2")]
    [InlineData("hunter2")]
    public void What_may_be_a_secret_at_the_wrong_place_is_not_shown(params string[] arguments)
    {
        ToolProcess run = ToolProcess.Run(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.DoesNotContain("hunter2", run.Error + run.Output, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_secret_in_place_of_a_fields_name_is_not_shown()
    {
        using var folder = new TemporaryFolder();
        folder.Write("replies.jsonl", "{\"prompt\":\"Say it.\",\"text\":\"It is said.\"}");
        foreach (string option in new[] { "--text-field", "--tokens-field" })
        {
            ToolProcess run = ToolProcess.Run("extract", "--tokenizer", "cl100k_base", option, "hunter2", "--out", Path.Combine(folder.Path, "o.ngrams"), Path.Combine(folder.Path, "replies.jsonl"));

            run.AssertRefused("no field has the name that was given ('prompt', 'text')");
            Assert.DoesNotContain("hunter2", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Power_answers_in_both_directions()
    {
        foreach (string[] rule in new string[][] { ["--alpha", "1e-6"], ["--ratio", "1000"], ["--tests", "100"] })
        {
            JsonElement tokens = ToolProcess.Run(["power", "--green-fraction", "0.30", "--json", .. rule]).Json;
            JsonElement effect = ToolProcess.Run(["power", "--tokens", tokens.GetProperty("tokens").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture), "--json", .. rule]).Json;

            // Exact for p-values; the rule of ratios asks for (√(2 ln 1000) + 1.28)²·0.1875/0.05² = 1,875 at least.
            (int low, int high) = rule[0] switch { "--alpha" => (2_850, 2_950), "--ratio" => (1_875, 2_700), _ => (2_600, 3_800) };
            Assert.InRange(tokens.GetProperty("tokens").GetInt64(), low, high);
            Assert.InRange(effect.GetProperty("greenFraction").GetDouble(), 0.2990, 0.3001);
        }

        ToolProcess.Run("power").AssertRefused("Give one of --green-fraction and --tokens");
        ToolProcess.Run("power", "--tokens", "100", "--gamma", "2").AssertRefused("--gamma must be a fraction");
        ToolProcess.Run("power", "--tokens", "100", "--power", "1.5").AssertRefused("--power must lie");
        ToolProcess.Run("power", "--green-fraction", "0.2").AssertRefused("--green-fraction must lie above gamma (1/4)");
    }

    [Fact]
    public void Schemes_are_listed_with_what_is_needed_to_recognise_them()
    {
        JsonElement schemes = ToolProcess.Run("schemes", "--json").Json;

        Assert.Equal("green-list", schemes[0].GetProperty("name").GetString());
        Assert.Equal("gumbel", schemes[1].GetProperty("name").GetString());
        foreach (JsonElement scheme in schemes.EnumerateArray())
            Assert.All(scheme.EnumerateObject(), member => Assert.NotEmpty(member.Value.GetString()!));
        Assert.Contains("Binomial", ToolProcess.Run("schemes", "green-list").Output, StringComparison.Ordinal);
        ToolProcess.Run("schemes", "red-list").AssertRefused("'red-list' is not known");
    }
}
