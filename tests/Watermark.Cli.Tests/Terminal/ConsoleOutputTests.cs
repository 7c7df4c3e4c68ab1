using System.Text;
using System.Text.Json;
using Spectre.Console;
using Watermark.Cli.Terminal;

namespace Watermark.Cli.Tests.Terminal;

public sealed class ConsoleOutputTests
{
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();
    private readonly MemoryStream bytes = new();

    [Fact]
    public void Redirected_text_is_plain_and_not_wrapped()
    {
        string line = string.Join(' ', Enumerable.Repeat("[bold]word[/]", 60));

        Create(json: false).WriteLine(line);

        Assert.Equal(line + Environment.NewLine, output.ToString());
    }

    [Fact]
    public void A_redirected_table_has_no_escape_codes_and_keeps_to_its_width()
    {
        var table = new Table().AddColumn("name").AddColumn("value").AddRow("[red]" + string.Join(' ', Enumerable.Repeat("green", 40)) + "[/]", "1/4");

        Create(json: false, columns: 60).Write(table);

        Assert.DoesNotContain('\u001b', output.ToString());
        Assert.Contains("green", output.ToString(), StringComparison.Ordinal);
        Assert.All(output.ToString().Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, 60));
    }

    [Fact]
    public void With_json_nothing_but_the_document_is_written()
    {
        ConsoleOutput console = Create(json: true);

        console.WriteLine("text");
        console.Write(new Table().AddColumn("a"));
        console.WriteJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("gamma", "1/4 + <ü>");
            writer.WriteNumberOrNull("z", double.NaN);
            writer.WriteNumberOrNull("logP", double.NegativeInfinity);
            writer.WriteNumberOrNull("rate", 0.25);
            writer.WriteEndObject();
        });

        Assert.Empty(output.ToString());
        Assert.Equal("{\n  \"gamma\": \"1/4 + <ü>\",\n  \"z\": null,\n  \"logP\": null,\n  \"rate\": 0.25\n}\n", Encoding.UTF8.GetString(bytes.ToArray()));
    }

    [Fact]
    public void A_document_that_fails_half_way_leaves_nothing_behind()
    {
        Assert.Throws<InputFormatException>(() => JsonOutput.Write(bytes, writer =>
        {
            writer.WriteStartObject();
            throw new InputFormatException("Half way.");
        }));

        Assert.Empty(bytes.ToArray());
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public void No_bar_is_shown_with_json_or_where_a_stream_is_redirected(bool json, bool outputRedirected, bool errorRedirected)
    {
        var console = new ConsoleOutput(output, () => bytes, error, json, outputRedirected, errorRedirected);

        int result = console.WithProgress("Working", (progress, _) =>
        {
            progress.Report(0.5);
            return 42;
        });

        Assert.False(console.ShowsProgress);
        Assert.Equal(42, result);
        Assert.Empty(output.ToString());
        Assert.Empty(error.ToString());
    }

    [Fact]
    public void What_the_work_throws_comes_out_as_it_is()
    {
        var terminal = new ConsoleOutput(output, () => bytes, error, json: false, outputRedirected: false, errorRedirected: false);

        Assert.True(terminal.ShowsProgress);
        Assert.Throws<InputFormatException>(() => terminal.WithProgress<int>("Working", (_, _) => throw new InputFormatException("Wrong.")));
        Assert.Throws<JsonException>(() => Create(json: false).WithProgress<int>("Working", (_, _) => throw new JsonException("Wrong.")));
    }

    private ConsoleOutput Create(bool json, int? columns = null) =>
        new(output, () => bytes, error, json, outputRedirected: true, errorRedirected: true, columns);
}
