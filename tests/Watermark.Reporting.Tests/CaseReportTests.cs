using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Tests.Examples;

namespace Watermark.Reporting.Tests;

public sealed partial class CaseReportTests
{
    public static TheoryData<string> Names { get; } = [.. ExampleCases.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_page_is_well_formed_and_needs_nothing_else(string name)
    {
        string html = Html(ExampleCases.Named(name));
        XElement root = Parse(html);

        Assert.DoesNotContain(root.Descendants(), element => element.Name.LocalName is "script" or "link" or "iframe" or "object" or "embed" or "img" or "form" or "base" or "a" && element.Attribute("href")?.Value.StartsWith('#') != true);
        Assert.DoesNotContain(root.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || attribute.Name.LocalName is "style" or "src" or "srcset");
        string css = root.Descendants("style").Single().Value;
        Assert.DoesNotContain("@import", css, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", css, StringComparison.Ordinal);
        Assert.DoesNotContain("@font-face", css, StringComparison.Ordinal);
        string policy = root.Descendants("meta").Single(meta => meta.Attribute("http-equiv")?.Value == "Content-Security-Policy").Attribute("content")!.Value;
        Assert.Equal($"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(css)))}'; base-uri 'none'; form-action 'none'", policy);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_reference_in_the_page_has_its_target_once(string name)
    {
        XElement root = Parse(Html(ExampleCases.Named(name)));
        string[] ids = [.. root.DescendantsAndSelf().Attributes("id").Select(id => id.Value)];

        Assert.Equal(ids.Length, ids.Distinct(StringComparer.Ordinal).Count());
        IEnumerable<string> wanted = root.DescendantsAndSelf().Attributes("aria-labelledby").SelectMany(attribute => attribute.Value.Split(' '))
            .Concat(root.Descendants("a").Select(link => link.Attribute("href")!.Value[1..]))
            .Concat(root.Descendants().Attributes("fill").Where(fill => fill.Value.StartsWith("url(#", StringComparison.Ordinal)).Select(fill => fill.Value[5..^1]));
        Assert.Empty(wanted.Except(ids));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Headings_landmarks_and_tables_can_be_read_aloud(string name)
    {
        XElement root = Parse(Html(ExampleCases.Named(name)));

        Assert.Equal("en", root.Attribute("lang")!.Value);
        Assert.Single(root.Descendants("h1"));
        foreach (string landmark in (string[])["header", "main", "nav", "footer"])
            Assert.Single(root.Descendants(landmark));
        int level = 1;
        foreach (int next in root.Descendants().Where(element => Heading().IsMatch(element.Name.LocalName)).Select(element => element.Name.LocalName[1] - '0'))
        {
            Assert.True(next <= level + 1, $"A heading of level {next} follows one of level {level}.");
            level = next;
        }

        foreach (XElement table in root.Descendants("table"))
        {
            int columns = table.Element("thead")!.Element("tr")!.Elements("th").Count(header => header.Attribute("scope")?.Value == "col");
            Assert.True(columns >= 2);
            Assert.NotEmpty(table.Element("caption")!.Value);
            Assert.All(table.Element("tbody")!.Elements("tr"), row =>
            {
                Assert.Equal("row", Assert.Single(row.Elements("th")).Attribute("scope")?.Value);
                Assert.Equal(columns, row.Elements().Count());
            });
        }

        foreach (XElement drawing in root.Descendants().Where(element => element.Name.LocalName == "svg"))
        {
            Assert.Equal("img", drawing.Attribute("role")?.Value);
            Assert.All((string[])["title", "desc"], part => Assert.NotEmpty(drawing.Elements().Single(element => element.Name.LocalName == part).Value));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_case_gives_the_same_bytes_under_any_culture(string name)
    {
        Case evidence = ExampleCases.Named(name);
        (string html, string markdown) = (Html(evidence), Markdown(evidence));
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            other.NumberFormat.NumberDecimalSeparator = ",";
            other.NumberFormat.NumberGroupSeparator = ".";
            other.NumberFormat.NegativeSign = "~";
            CultureInfo.CurrentCulture = other;
            Assert.Equal(html, Html(evidence));
            Assert.Equal(markdown, Markdown(evidence));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Page_and_Markdown_say_the_same(string name)
    {
        Case evidence = ExampleCases.Named(name);
        XElement root = Parse(Html(evidence));
        string markdown = Spaces().Replace(Unescaped(Markdown(evidence)), " ");

        // Every heading, paragraph, item and cell of the page stands in the Markdown, and in the same order.
        int at = 0;
        int compared = 0;
        foreach (string text in root.Element("body")!.Element("main")!.Descendants().Where(IsText).Select(Visible).Where(text => text.Length > 1))
        {
            int found = markdown.IndexOf(text, at, StringComparison.Ordinal);
            Assert.True(found >= 0, $"'{text}' is missing after '{markdown[Math.Max(0, at - 80)..at]}'.");
            at = found;
            compared++;
        }

        Assert.True(compared > 80);
    }

    [Fact]
    public void The_first_page_says_what_a_judge_asks()
    {
        Case evidence = ExampleCases.Named("support");
        string page = Summary(evidence);

        Assert.Contains(Visible(evidence.Question), page, StringComparison.Ordinal);
        Assert.Contains(Visible(evidence.Verdict.Sentence), page, StringComparison.Ordinal);
        Assert.Contains("Unrelated text gives 0.2500 (gamma)", page, StringComparison.Ordinal);
        Assert.Contains("More than 10 to 1", page, StringComparison.Ordinal);
        Assert.Contains("at most 0.99 %", page, StringComparison.Ordinal);
        foreach (string part in (string[])["What was not tested", "Main alternative explanation", "How the case was fixed and kept", "Next step", "Words used here"])
            Assert.Contains(part, page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_page_names_every_deviation_from_the_plan()
    {
        Case evidence = ExampleCases.Named("deviations");
        string page = Summary(evidence);

        string[] deviations = [.. evidence.Verdict.Findings.SelectMany(finding => finding.Diagnostics).Where(diagnostic => diagnostic.Code == DiagnosticCodes.PlanDeviation).Select(diagnostic => diagnostic.Message)];
        Assert.Equal(5, deviations.Length);
        Assert.All(deviations, deviation => Assert.Contains("Deviation from the plan: " + deviation, page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("no-plan", "no plan was fixed before the data were seen")]
    [InlineData("no-plan", "key not shown to precede the data")]
    [InlineData("no-plan", "not measured")]
    [InlineData("no-timestamp", "key not shown to precede the data")]
    [InlineData("damaged", "line 812: the record was changed")]
    [InlineData("damaged", "The token was made for other bytes.")]
    [InlineData("blocked", "1,204 of 5,000 replies came without the prompt")]
    [InlineData("blocked", "Waived by a person: No prompt holds text marked with the key.")]
    [InlineData("missing-control", "The plan requires 1 controls")]
    [InlineData("missing-control", "No control: no model known to be independent")]
    [InlineData("empty", "Nothing was scored")]
    [InlineData("too-little", "scored tokens are needed")]
    public void The_first_page_says_what_is_missing(string name, string words) => Assert.Contains(words, Summary(ExampleCases.Named(name)), StringComparison.Ordinal);

    [Fact]
    public void A_blocked_finding_shows_no_number_on_the_first_page()
    {
        foreach (string name in (string[])["blocked", "missing-control", "deviations", "empty"])
        {
            XElement numbers = Parse(Html(ExampleCases.Named(name))).Descendants("ul").Single(list => list.Attribute("class")?.Value == "numbers");
            Assert.Equal(["not used", "not used"], numbers.Descendants("p").Where(part => part.Attribute("class")?.Value == "value").Select(part => part.Value).Take(2));
        }
    }

    [Fact]
    public void The_error_rate_stands_beside_every_p_value()
    {
        foreach ((string name, Case evidence) in ExampleCases.All)
        {
            string expected = evidence.Validation is null ? "not measured" : "at most 0.99 %";
            foreach (XElement table in Parse(Html(evidence)).Descendants("table"))
            {
                int column = table.Element("thead")!.Descendants("th").Select(header => header.Value).ToList().FindIndex(header => header.StartsWith("p-value", StringComparison.Ordinal) || header.StartsWith("p after", StringComparison.Ordinal));
                foreach (XElement row in table.Element("tbody")!.Elements("tr").Where(row => column >= 0 || row.Elements().First().Value.Contains("p-value", StringComparison.Ordinal)))
                    Assert.True(Visible(row).Contains(expected, StringComparison.Ordinal), $"{name}: {Visible(row)}");
            }
        }
    }

    [Fact]
    public void Names_from_files_cannot_change_the_page()
    {
        Case evidence = ExampleCases.Named("hostile");
        string html = Html(evidence);
        string markdown = Markdown(evidence);

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", Escaped().Replace(Code().Replace(markdown, ""), ""), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(html + markdown, character => character is '\u202e' or '\0');
        Assert.Contains("[U+202E]", html, StringComparison.Ordinal);
        Assert.Contains("characters)", html, StringComparison.Ordinal);
        Assert.DoesNotContain("\n# heading", markdown, StringComparison.Ordinal);
        Assert.Equal("<script>", Visible(Parse(html).Descendants("h1").Single())[..8]);
    }

    [Fact]
    public void Many_findings_stay_readable()
    {
        XElement root = Parse(Html(ExampleCases.Named("many")));

        string[] headings = [.. root.Descendants("h3").Select(Visible).Where(heading => heading.StartsWith("Finding ", StringComparison.Ordinal))];
        Assert.Equal(6, headings.Length);
        Assert.StartsWith("Finding 6: ", headings[0], StringComparison.Ordinal);
        Assert.StartsWith("Finding 8: ", headings[1], StringComparison.Ordinal);
        XElement all = root.Descendants("table").Single(table => table.Element("caption")!.Value.StartsWith("All findings, from", StringComparison.Ordinal));
        Assert.Equal(200, all.Element("tbody")!.Elements("tr").Count());
    }

    [Fact]
    public void A_kind_without_a_writer_of_its_own_gets_the_general_section()
    {
        string html = Html(ExampleCases.Named("other-kind"));

        Assert.Contains("The kind of this finding is &quot;weight-fingerprint&quot;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("The owner&#39;s service favours tokens", html, StringComparison.Ordinal);
        Assert.Contains("The owner&#39;s service favours tokens", Html(ExampleCases.Named("support")), StringComparison.Ordinal);
    }

    private static string Html(Case evidence)
    {
        using var stream = new MemoryStream();
        CaseReport.WriteHtml(evidence, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Markdown(Case evidence)
    {
        using var stream = new MemoryStream();
        CaseReport.WriteMarkdown(evidence, stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Summary(Case evidence) => Visible(Parse(Html(evidence)).Descendants("section").Single(section => section.Attribute("id")?.Value == "summary"));

    /// <summary>The page as XML: everything is closed but the elements that never have content.</summary>
    private static XElement Parse(string html) =>
        XElement.Parse(Void().Replace(html["<!DOCTYPE html>\n".Length..], "<$1/>").Replace("&nbsp;", " ", StringComparison.Ordinal).Replace(" xmlns=\"http://www.w3.org/2000/svg\"", "", StringComparison.Ordinal), LoadOptions.PreserveWhitespace);

    private static bool IsText(XElement element) =>
        element.Name.LocalName is "h2" or "h3" or "h4" or "dd" or "td" or "figcaption" or "li" or "caption" or "p" && !element.Descendants().Any(child => child.Name.LocalName is "p" or "li" or "h2")
        && !element.Ancestors().Any(parent => parent.Name.LocalName == "nav") && element.Attribute("class")?.Value is not ("line" or "part") && !(element.Name.LocalName == "li" && element.Element("strong") is not null);

    private static string Visible(XElement element) => Visible(string.Concat(element.DescendantNodes().OfType<XText>().Where(text => text.Ancestors().All(parent => parent.Name.LocalName is not ("sup" or "title" or "desc"))).Select(text => text.Value)));

    /// <summary>Words as they are compared: without exponents, which the page raises, and signs that Markdown obeys.</summary>
    private static string Visible(string text) => Spaces().Replace(Power().Replace(text, "10").Replace("`", "", StringComparison.Ordinal).Replace("*", "", StringComparison.Ordinal), " ").Trim();

    private static string Unescaped(string markdown) => Power().Replace(Escaped().Replace(markdown, match => match.Value[1..]).Replace("*", "", StringComparison.Ordinal).Replace("`", "", StringComparison.Ordinal), "10");

    [GeneratedRegex("<((?:meta|wbr)(?: [^>]*)?)>")]
    private static partial Regex Void();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\\[^A-Za-z0-9\s]")]
    private static partial Regex Escaped();

    [GeneratedRegex("(`+)(?!`)[^\n]*?(?<!`)\\1(?!`)")]
    private static partial Regex Code();

    [GeneratedRegex(@"10\^-?[0-9]+(?:,[0-9]{3})*")]
    private static partial Regex Power();

    [GeneratedRegex("^h[1-6]$")]
    private static partial Regex Heading();
}
