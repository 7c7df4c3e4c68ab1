using System.Text.Json;
using Watermark.Cli.Commands;
using Watermark.TestKit.Fuzzing;

namespace Watermark.Cli.Tests.Tool;

public sealed class TuneTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_mark_has_its_cost_and_its_tokens_and_the_table_is_narrow()
    {
        string path = Write("{\"logprobs\": [-0.6931472, -0.6931472]}\n{\"logprobs\": [-1.3862944, -1.3862944, -1.3862944, -1.3862944]}\n");

        JsonElement result = ToolProcess.Run("tune", path, "--delta", "2", "--gamma", "1/2", "--json").Json;

        Assert.Equal(2, result.GetProperty("positions").GetInt64());
        Assert.Equal(1.5 * Math.Log(2), result.GetProperty("entropy").GetDouble(), 1e-6);
        JsonElement[] marks = [.. result.GetProperty("marks").EnumerateArray()];
        Assert.Equal(["green-list", "gumbel", "tournament"], marks.Select(mark => mark.GetProperty("scheme").GetString()));
        Assert.All(marks, mark => Assert.True(mark.GetProperty("tokensOfStudent").GetInt64() > 20 * mark.GetProperty("tokensOfText").GetInt64()));
        Assert.True(marks[0].GetProperty("divergence").GetDouble() > 0.05);
        Assert.Equal(0, marks[1].GetProperty("divergence").GetDouble());
        ToolProcess text = ToolProcess.Run("tune", path);
        Assert.Equal(0, text.ExitCode);
        Assert.All(text.Output.Split('\n'), line => Assert.True(line.TrimEnd().Length <= 100, line));
    }

    [Theory]
    [InlineData("{\"logprobs\": [0.5]}", "line 1")]
    [InlineData("{\"logprobs\": []}", "sum to 0")]
    [InlineData("{\"logprobs\": [-0.1, -0.1]}", "sum to 1.81")]
    [InlineData("{\"logprobs\": [\"a\"]}", "Item 1")]
    [InlineData("[1]", "the array \"logprobs\"")]
    [InlineData("nothing", "line 1")]
    public void What_is_not_a_distribution_is_refused_with_its_line(string line, string words) =>
        ToolProcess.Run("tune", Write(line)).AssertRefused(words);

    [Fact]
    public void A_row_is_read_as_probabilities() =>
        Assert.Equal([0.5, 0.25], TuneRows.Row("{\"logprobs\": [-0.6931471805599453, -1.3862943611198906]}"u8.ToArray()).Select(p => Math.Round(p, 12)));

    [Fact]
    public void Damaged_rows_are_read_or_refused() =>
        FuzzRun.Run("tune-row", ["{\"logprobs\": [-0.7, -1.4, -3e0]}"u8.ToArray()], bytes => TuneRows.Row(bytes));

    [Theory]
    [InlineData("--share", "0")]
    [InlineData("--delta", "-1")]
    [InlineData("--gamma", "2")]
    [InlineData("--layers", "65")]
    public void Options_outside_their_range_are_refused(string option, string value) =>
        ToolProcess.Run("tune", Write("{\"logprobs\": [-1]}"), option, value).AssertRefused(option);

    private string Write(string text)
    {
        string path = Path.Combine(folder.Path, "rows.jsonl");
        File.WriteAllText(path, text);
        return path;
    }
}
