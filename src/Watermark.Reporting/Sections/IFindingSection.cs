using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Documents;
using Watermark.Reporting.Sections.Fingerprints;

namespace Watermark.Reporting.Sections;

/// <summary>Writes what is special about findings of one kind. A new kind of evidence is a class of its own here.</summary>
internal interface IFindingSection
{
    /// <summary>The <see cref="Finding.Question"/> that it writes about.</summary>
    string Question { get; }

    /// <summary>The blocks below the heading of a finding.</summary>
    /// <param name="evidence">The case.</param>
    /// <param name="finding">The finding with its place.</param>
    IEnumerable<Block> Write(Case evidence, RankedFinding finding);
}

/// <summary>The writers by kind of finding.</summary>
internal static class FindingSections
{
    private static readonly IFindingSection[] All =
    [
        new DistillationSection(),
        new CanariesSection(),
        new VariantsSection(),
        new GhostPairsSection(),
        new RelaySection(),
        new EpochsSection(),
        new NoveltySection(),
        new TraceSection(),
        new WeightsSection(),
        new TranscriptSection(),
        new EqualitySection(),
        new PayloadSection(),
        new ProvenanceSection(),
        new ReferenceRankSection(),
    ];

    private static readonly GeneralSection Other = new();

    /// <summary>The writer for a kind; the general one where no other writes about it.</summary>
    /// <param name="question">The kind.</param>
    public static IFindingSection For(string question) => All.FirstOrDefault(section => section.Question == question) ?? Other;
}
