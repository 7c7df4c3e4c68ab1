using Watermark.Forensics.Cases;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Sections;

namespace Watermark.Reporting;

/// <summary>
/// The report on a case: one page for a judge, then the expert part. HTML and Markdown are written from one document, so
/// both say the same. The same case gives the same bytes; no clock is read.
/// </summary>
public static class CaseReport
{
    /// <summary>Writes the report as one HTML file in UTF-8: it runs no script, loads nothing, and prints on A4 and Letter.</summary>
    /// <param name="evidence">The case. Texts in it may hold anything; they are escaped.</param>
    /// <param name="stream">The stream to write to; it stays open.</param>
    public static void WriteHtml(Case evidence, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(stream);
        HtmlWriter.Write(ReportBuilder.Build(evidence), stream);
    }

    /// <summary>Writes the report as Markdown in UTF-8 (CommonMark with GitHub's tables); figures are given by their numbers.</summary>
    /// <param name="evidence">The case. Texts in it may hold anything; they are escaped.</param>
    /// <param name="stream">The stream to write to; it stays open.</param>
    public static void WriteMarkdown(Case evidence, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(stream);
        MarkdownWriter.Write(ReportBuilder.Build(evidence), stream);
    }
}
