using System.Text;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Tests.Json;

public sealed class PlanJsonTests
{
    [Fact]
    public void A_plan_is_read_back_as_it_was_written()
    {
        byte[] bytes = Bytes(Examples.Plan);
        Plan plan = PlanJson.Read(bytes);

        Assert.Equal(Examples.Plan with { Keys = plan.Keys, Subjects = plan.Subjects }, plan);
        Assert.Equal(Examples.Plan.Keys, plan.Keys);
        Assert.Equal(bytes, Bytes(plan));
        Assert.Equal((byte)'\n', bytes[^1]);
    }

    [Fact]
    public void What_a_plan_leaves_out_has_its_default()
    {
        Plan plan = Read("""{"format":"watermark-plan/1","keys":["a"],"statistic":"s 1","prior":"p 1"}""");

        Assert.Equal(new Plan { Keys = plan.Keys, Statistic = "s 1", Prior = "p 1" }, plan);
    }

    [Fact]
    public void A_plan_has_the_documented_members_in_order() => Assert.Equal(
        """
        {"format":"watermark-plan/2","title":"","created":null,"keys":["42626650d46095de","sha256:0123"],"multiplicity":{"keys":2,"epochs":1,"accounts":1,"suspects":3,"variants":1,"stated":null,"m":6},"statistic":"green-list/coins2","prior":"log-grid1","alpha":0.0001,"supportThreshold":1000,"acquittalThreshold":20,"effectOfInterest":0.02,"randomKeys":200,"seed":"18446744073709551615","controlsRequired":1,"combination":"holm","selection":"ngrams","contextWidth":2,"gamma":"1/4","promptsSha256":null,"repliesPerPrompt":1,"subjects":[],"weighted":null,"stopping":null,"exclusions":null,"designSha256":null}
        """,
        Encoding.UTF8.GetString(Bytes(Examples.Plan)).Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));

    [Theory]
    [InlineData("[]", "A JSON object was expected.")]
    [InlineData("{", "The plan is not valid JSON (line 1, byte 2).")]
    [InlineData("""{"format":"watermark-plan/1","format":"watermark-plan/1"}""", "The plan has a field that stands twice in one object (line 1, byte 30).")]
    [InlineData("""{"format":"watermark-plan/9"}""", "The format 'watermark-plan/9' is not supported; this version reads 'watermark-plan/2'.")]
    [InlineData("""{"keys":["a"]}""", "The field 'format' is missing.")]
    [InlineData("""{"format":"watermark-plan/1","keys":["a"],"prior":"p"}""", "The field 'statistic' is missing.")]
    [InlineData("""{"format":"watermark-plan/1","keys":["a"],"prior":"p","statistic":3}""", "The field 'statistic' must be a string.")]
    [InlineData("""{"format":"watermark-plan/1","keys":"a","prior":"p","statistic":"s"}""", "The field 'keys' must be an array.")]
    [InlineData("""{"format":"watermark-plan/1","keys":[1],"prior":"p","statistic":"s"}""", "The field 'keys[0]' must be a string.")]
    public void What_is_no_plan_is_refused_in_one_sentence(string json, string message) =>
        Assert.Equal(message, Assert.Throws<InputFormatException>(() => Read(json)).Message);

    [Theory]
    [InlineData("\"keys\":[]", "The field 'keys' must list at least one key id or commitment, none of them empty.")]
    [InlineData("\"alfa\":0.1", "The field 'alfa' is unknown; known are ")]
    [InlineData("\"alpha\":\"0.1\"", "The field 'alpha' must be a number or null.")]
    [InlineData("\"alpha\":2", "The field 'alpha' is 2; a number between 0 and 1 was expected.")]
    [InlineData("\"alpha\":null", "The field 'alpha' is NaN; a number between 0 and 1 was expected.")]
    [InlineData("\"supportThreshold\":9", "The field 'supportThreshold' is 9; a number from 10 to 1e300 was expected.")]
    [InlineData("\"acquittalThreshold\":1e400", "The field 'acquittalThreshold' must be a number or null.")]
    [InlineData("\"effectOfInterest\":0", "The field 'effectOfInterest' is 0; a number above 0 and at most 10 was expected.")]
    [InlineData("\"randomKeys\":-1", "The field 'randomKeys' must be a whole number from 0 to 2147483647.")]
    [InlineData("\"randomKeys\":99999999", "The field 'randomKeys' is 99999999; a whole number from 0 to 10,000,000 was expected.")]
    [InlineData("\"seed\":1.5", "The field 'seed' must be a whole number from 0 to 2^64 - 1.")]
    [InlineData("\"controlsRequired\":1001", "The field 'controlsRequired' is 1001; a whole number from 0 to 1,000 was expected.")]
    [InlineData("\"combination\":\"cauchy\"", "The field 'combination' is 'cauchy'; one of mean-e, holm, fisher was expected.")]
    [InlineData("\"contextWidth\":65", "The field 'contextWidth' is 65; a whole number from 0 to 64 was expected.")]
    [InlineData("\"gamma\":\"x\"", "The field 'gamma' must be a fraction such as \"1/4\" or null.")]
    [InlineData("\"gamma\":\"5/4\"", "The field 'gamma' is 5/4; a fraction between 0 and 1 was expected.")]
    [InlineData("\"multiplicity\":{\"keys\":0}", "The field 'multiplicity.keys' must be a whole number from 1.")]
    [InlineData("\"multiplicity\":{\"keys\":2,\"m\":3}", "The field 'multiplicity.m' is 3; 2 was expected from the fields beside it ('stated' gives another number).")]
    [InlineData("\"multiplicity\":{\"key\":2}", "The field 'multiplicity.key' is unknown; known are ")]
    [InlineData("\"keys\":[\"a\",\"b\"],\"multiplicity\":{}", "The field 'multiplicity.keys' is 1; at least the 2 that 'keys' lists was expected.")]
    [InlineData("\"selection\":\"\\ud800\"", "The plan holds a text that is not valid Unicode (line 1, byte ")]
    public void A_field_out_of_range_is_refused_by_name(string member, string message)
    {
        string keys = member.StartsWith("\"keys\"", StringComparison.Ordinal) ? string.Empty : "\"keys\":[\"a\"],";
        string json = $$"""{"format":"watermark-plan/1",{{keys}}"statistic":"s 1","prior":"p 1",{{member}}}""";

        Assert.StartsWith(message, Assert.Throws<InputFormatException>(() => Read(json)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_of_a_collection_is_read_back_as_it_was_written()
    {
        Plan whole = Examples.Plan with
        {
            Title = "One against two",
            Created = new DateTimeOffset(2026, 11, 27, 9, 0, 0, TimeSpan.Zero),
            PromptsSha256 = new string('a', 64),
            RepliesPerPrompt = 3,
            Subjects = [new("s", SubjectRole.Suspect) { Endpoint = "https://x.example/v1", Model = "m" }, new("c", SubjectRole.Control)],
            Weighted = false,
            Stopping = new StoppingRule(StoppingKind.Anytime, 5000),
            Exclusions = [new string('b', 64)],
        };
        Plan read = PlanJson.Read(Bytes(whole));

        Assert.Equal(Bytes(whole), Bytes(read));
        Assert.Equal(whole with { Keys = read.Keys, Subjects = read.Subjects, Exclusions = read.Exclusions }, read);
        Assert.Equal(whole.Subjects, read.Subjects);
        Assert.Equal(whole.Exclusions, read.Exclusions);
    }

    [Theory]
    [InlineData("\"promptsSha256\":\"A\"", "The field 'promptsSha256' holds 'A'; a SHA-256 of 64 lower-case hexadecimal digits was expected.")]
    [InlineData("\"repliesPerPrompt\":0", "The field 'repliesPerPrompt' is 0; a whole number from 1 to 1,000 was expected.")]
    [InlineData("\"stopping\":{\"kind\":\"later\",\"replies\":1}", "The field 'stopping.kind' is 'later'; one of fixed, anytime was expected.")]
    [InlineData("\"subjects\":[{\"name\":\"a\",\"role\":\"control\"}]", "The field 'subjects' names no suspect; at least one was expected.")]
    [InlineData("\"subjects\":[{\"name\":\"a\",\"role\":\"suspect\",\"endpoint\":\"https://me:secret@x.example\"}]", "The field 'subjects' holds an endpoint of 'a' that is not an http or https address without a user name.")]
    [InlineData("\"subjects\":[{\"name\":\"a\",\"role\":\"suspect\"},{\"name\":\"b\",\"role\":\"suspect\"}]", "The field 'multiplicity.suspects' is 1; at least the 2 that 'subjects' lists was expected.")]
    public void A_field_of_the_collection_out_of_range_is_refused_by_name(string member, string message) =>
        Assert.Equal(message, Assert.Throws<InputFormatException>(() => Read($$"""{"format":"watermark-plan/2","keys":["a"],"statistic":"s 1","prior":"p 1",{{member}}}""")).Message);

    [Fact]
    public void A_plan_that_is_not_valid_is_not_written() =>
        Assert.Throws<ArgumentException>(() => PlanJson.Write(Examples.Plan with { Alpha = 0 }, Stream.Null));

    private static Plan Read(string json) => PlanJson.Read(Encoding.UTF8.GetBytes(json));

    private static byte[] Bytes(Plan plan)
    {
        using var stream = new MemoryStream();
        PlanJson.Write(plan, stream);
        return stream.ToArray();
    }
}
