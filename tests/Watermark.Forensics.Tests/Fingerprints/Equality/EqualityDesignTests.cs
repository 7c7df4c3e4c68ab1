using System.Text;
using Watermark.Forensics.Fingerprints.Equality;
using Watermark.TestKit.Fuzzing;

namespace Watermark.Forensics.Tests.Fingerprints.Equality;

public sealed class EqualityDesignTests
{
    private static readonly EqualityDesign Design = new() { Prompts = Transcripts.Prompts(3), Reference = "ours", PositiveControl = "hot", RepliesPerPrompt = 7, Length = 50, Permutations = 999, Anytime = true };

    [Fact]
    public void A_design_is_read_as_it_was_written()
    {
        EqualityDesign read = EqualityDesign.Read(Design.Write());

        Assert.Equal(Design.Write(), read.Write());
        Assert.Equal(Design.Prompts, read.Prompts);
        Assert.Equal(Design with { Prompts = read.Prompts }, read);
    }

    [Theory]
    [InlineData("\"repliesPerPrompt\": 7", "\"repliesPerPrompt\": 1", "The field 'repliesPerPrompt' must be a whole number from 2 to 1000.")]
    [InlineData("\"positiveControl\": \"hot\"", "\"positiveControl\": \"ours\"", "The model 'ours' is named twice; each was expected once, in one role.")]
    [InlineData("\"id\": \"p1\"", "\"id\": \"p0\"", "The field 'prompts' names an id twice; each was expected once.")]
    [InlineData("\"length\": 50", "\"size\": 50", "The field 'length' is missing.")]
    public void A_faulty_design_is_refused(string old, string replacement, string message)
    {
        string json = Encoding.UTF8.GetString(Design.Write());
        Assert.Contains(old, json, StringComparison.Ordinal);

        Assert.Equal(message, Assert.Throws<InputFormatException>(() => EqualityDesign.Read(Encoding.UTF8.GetBytes(json.Replace(old, replacement, StringComparison.Ordinal)))).Message);
    }

    [Fact]
    public void Any_change_of_a_design_is_read_or_refused()
    {
        FuzzReport report = FuzzRun.Run("equality-design", [Design.Write()], bytes => EqualityDesign.Read(bytes).Write(), new FuzzOptions { Inputs = 1000 });

        Assert.True(report.Refused > 0, $"{report.Read} read, {report.Refused} refused.");
    }
}
