using System.Text;
using System.Text.Json;
using Watermark.Catalog;
using Watermark.Schemes;
using Watermark.Tests.Schemes;

namespace Watermark.Tests.Catalog;

/// <summary>One table reads, writes and explains the parameters of a scheme.</summary>
public sealed class SchemeTableTests
{
    public static TheoryData<string> Names => new(SchemeCatalog.All.Select(item => item.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_default_that_is_stated_is_the_value_that_is_read(string name)
    {
        SchemeDescriptor descriptor = SchemeCatalog.Find(name)!;
        string required = string.Concat(descriptor.Parameters.Where(item => item.IsRequired).Select(item => item.Name == "seeding" ? ",\"seeding\":\"lefthash\"" : ",\"vocabularySize\":32000"));
        WatermarkScheme scheme = SchemeJson.Scheme($$"""{"name":"{{name}}"{{required}}}""");
        Assert.Equal(name, scheme.Name);
        using JsonDocument written = JsonDocument.Parse(scheme.ToJson());
        foreach (SchemeParameter parameter in descriptor.Parameters)
        {
            string? stated = descriptor.DefaultOf(parameter);
            Assert.Equal(parameter.IsRequired, stated is null);
            Assert.StartsWith($"{parameter.Name} ({parameter.Values}, {(stated is null ? "required" : $"default {stated}")}", descriptor.Describe(parameter), StringComparison.Ordinal);
            if (stated is not null && !stated.Contains(' ', StringComparison.Ordinal) && written.RootElement.TryGetProperty(parameter.Name, out JsonElement value))
                Assert.Equal(stated, value.ToString() is "True" or "False" ? value.GetRawText() : value.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameters_are_written_in_the_order_of_the_table(string name)
    {
        SchemeDescriptor descriptor = SchemeCatalog.Find(name)!;
        using JsonDocument written = JsonDocument.Parse(descriptor.Template.ToJson());
        string[] members = [.. written.RootElement.EnumerateObject().Select(member => member.Name).Skip(1)];
        Assert.Equal(descriptor.Parameters.Select(item => item.Name).Where(members.Contains), members);
        Assert.All(descriptor.Parameters, parameter => Assert.Contains(parameter.Name, Encoding.UTF8.GetString(descriptor.Template.ToJson()) + " gamma delta scoring", StringComparison.Ordinal));
        Assert.Equal(descriptor.Parameters.Count, descriptor.Parameters.Select(item => item.Name).Distinct().Count());
    }

    [Fact]
    public void What_depends_on_another_parameter_says_so()
    {
        SchemeDescriptor sbw = SchemeCatalog.Find("vllm-sbw")!;
        Assert.Equal("contextWidth (an integer from 1 to 16, default 4 for selfhash, 1 otherwise): tokens of context", sbw.Describe(sbw.Find("contextWidth")!));
        SchemeDescriptor textSeal = SchemeCatalog.Find("textseal")!;
        Assert.Equal("delta (a number from 0 to 100, default 2, with mode green-list): what is added to green logits", textSeal.Describe(textSeal.Find("delta")!));
        Assert.Null(sbw.Find("Gamma"));
    }

    [Fact]
    public void A_repeated_parameter_is_refused()
    {
        using JsonDocument document = JsonDocument.Parse("""{"name":"gumbel","contextWidth":1,"contextWidth":1}""");
        InputFormatException exception = Assert.Throws<InputFormatException>(() => SchemeCatalog.Find("gumbel")!.Read(document.RootElement));
        Assert.Equal("The field 'scheme.contextWidth' stands twice.", exception.Message);
    }
}
