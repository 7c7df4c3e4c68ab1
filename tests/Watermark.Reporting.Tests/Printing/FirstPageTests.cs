using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Sections;
using Watermark.Reporting.Tests.Examples;

namespace Watermark.Reporting.Tests.Printing;

public sealed partial class FirstPageTests
{
    public static TheoryData<string, string> Papers
    {
        get
        {
            var papers = new TheoryData<string, string>();
            foreach ((string name, _) in ExampleCases.WithOneFinding)
                papers.Add(name, "letter");

            // A4 is narrower and higher; these two cases have the most to say.
            papers.Add("deviations", "A4");
            papers.Add("damaged", "A4");

            return papers;
        }
    }

    [ChromiumTheory]
    [MemberData(nameof(Papers))]
    public void The_judges_page_is_one_printed_page(string name, string paper)
    {
        ReportDocument report = ReportBuilder.Build(ExampleCases.Named(name));
        using var stream = new MemoryStream();
        HtmlWriter.Write(report with { Sections = [] }, stream);
        string html = Policy().Replace(Encoding.UTF8.GetString(stream.ToArray()), "").Replace("@page {", $"@page {{ size: {paper};", StringComparison.Ordinal);

        // What follows the judge's page, the heading of the expert part, is the second and last one.
        Assert.Equal(2, Page().Count(Print(html)));
    }

    private static string Print(string html)
    {
        string folder = Directory.CreateTempSubdirectory("watermark-first-page-").FullName;
        try
        {
            (string page, string pdf) = (Path.Combine(folder, "page.html"), Path.Combine(folder, "page.pdf"));
            File.WriteAllText(page, html);
            var start = new ProcessStartInfo(ChromiumTheoryAttribute.Program!) { RedirectStandardError = true, RedirectStandardOutput = true };
            foreach (string argument in (string[])["--headless", "--no-sandbox", "--disable-gpu", $"--user-data-dir={folder}/profile", "--no-pdf-header-footer", $"--print-to-pdf={pdf}", new Uri(page).AbsoluteUri])
                start.ArgumentList.Add(argument);
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(File.Exists(pdf), error.Result);
            return File.ReadAllText(pdf, Encoding.Latin1);
        }
        finally
        {
            Remove(folder);
        }
    }

    /// <summary>Helpers of the browser may still write into its profile for a moment.</summary>
    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
        }
    }

    [GeneratedRegex("<meta http-equiv[^>]*>")]
    private static partial Regex Policy();

    [GeneratedRegex(@"/Type\s*/Page\b(?!s)")]
    private static partial Regex Page();
}
