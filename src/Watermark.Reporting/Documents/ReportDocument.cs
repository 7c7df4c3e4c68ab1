using Watermark.Reporting.Figures;

namespace Watermark.Reporting.Documents;

/// <summary>
/// A report before it is a page: every writer writes this, so that all of them say the same. Texts may hold anything that a
/// file can hold; the writers escape them.
/// </summary>
/// <param name="Title">The name of the case.</param>
/// <param name="Lines">Facts about the whole report, for the line under the title and the end of the page.</param>
/// <param name="Summary">The judge's page.</param>
/// <param name="Sections">The expert part; the writers number its sections.</param>
internal sealed record ReportDocument(string Title, IReadOnlyList<string> Lines, IReadOnlyList<Block> Summary, IReadOnlyList<Section> Sections);

/// <summary>A numbered section of the expert part.</summary>
/// <param name="Id">Its anchor: lower-case letters and hyphens.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Blocks">What stands in it.</param>
internal sealed record Section(string Id, string Title, IReadOnlyList<Block> Blocks);

/// <summary>A part of a report.</summary>
internal abstract record Block;

/// <summary>A paragraph.</summary>
/// <param name="Text">Whole sentences.</param>
/// <param name="Lead">Words in bold before it; empty for none.</param>
internal sealed record Paragraph(string Text, string Lead = "") : Block;

/// <summary>A heading inside a section.</summary>
/// <param name="Text">The heading.</param>
/// <param name="Level">1 for a part of a section, 2 for a part of that.</param>
internal sealed record Subheading(string Text, int Level = 1) : Block;

/// <summary>A box that a reader must not pass over.</summary>
/// <param name="Text">Whole sentences.</param>
internal sealed record Warning(string Text) : Block;

/// <summary>A list.</summary>
/// <param name="Items">Whole sentences.</param>
internal sealed record Bullets(IReadOnlyList<string> Items) : Block;

/// <summary>Terms with what they are.</summary>
/// <param name="Items">The terms.</param>
internal sealed record Facts(IReadOnlyList<Fact> Items) : Block;

/// <summary>A term with what it is.</summary>
/// <param name="Term">The term.</param>
/// <param name="Text">What it is.</param>
/// <param name="IsCode">Whether the text is a digest, a name of a file or the like.</param>
internal sealed record Fact(string Term, string Text, bool IsCode = false);

/// <summary>A command to be copied.</summary>
/// <param name="Text">The command line.</param>
internal sealed record Command(string Text) : Block;

/// <summary>Blank lines for a person to fill in.</summary>
/// <param name="Label">What to write.</param>
/// <param name="Lines">How many lines, at least 1.</param>
internal sealed record FillIn(string Label, int Lines = 1) : Block;

/// <summary>A figure with the numbers that it is drawn from.</summary>
/// <param name="Figure">The figure.</param>
/// <param name="WithNumbers">Whether its numbers are given; where they stand elsewhere in the report, they need not be.</param>
internal sealed record FigureBlock(Figure Figure, bool WithNumbers = true) : Block;

/// <summary>A table. The first column names the row.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">The cells, as many in each row as there are columns.</param>
internal sealed record Table(string Caption, IReadOnlyList<Column> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : Block;

/// <summary>A column of a table.</summary>
/// <param name="Name">Its heading.</param>
/// <param name="Kind">What its cells are.</param>
internal sealed record Column(string Name, ColumnKind Kind = ColumnKind.Text);

/// <summary>What the cells of a column are.</summary>
internal enum ColumnKind
{
    /// <summary>Words.</summary>
    Text,

    /// <summary>Numbers, set to the right.</summary>
    Number,

    /// <summary>Digests, names of files and the like.</summary>
    Code,
}

/// <summary>The answer to the question of the case.</summary>
/// <param name="Word">The outcome in a word or two.</param>
/// <param name="Sign">A sign that tells outcomes apart without colour.</param>
/// <param name="Style">The name of the outcome for the style sheet.</param>
/// <param name="Sentences">The answer.</param>
internal sealed record Answer(string Word, string Sign, string Style, string Sentences) : Block;

/// <summary>The numbers that a reader should remember.</summary>
/// <param name="Items">The numbers.</param>
internal sealed record KeyFigures(IReadOnlyList<KeyFigure> Items) : Block;

/// <summary>A number to remember.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">The number with its unit.</param>
/// <param name="Detail">What it is compared with, and where it comes from.</param>
internal sealed record KeyFigure(string Label, string Value, string Detail);

/// <summary>A list of what is in order and what is not.</summary>
/// <param name="Items">The points.</param>
internal sealed record Statuses(IReadOnlyList<Status> Items) : Block;

/// <summary>A point that is in order or not.</summary>
/// <param name="State">Whether it is.</param>
/// <param name="Term">The point.</param>
/// <param name="Text">What was found.</param>
internal sealed record Status(State State, string Term, string Text);

/// <summary>Whether something is in order.</summary>
internal enum State
{
    /// <summary>It is shown.</summary>
    Good,

    /// <summary>There is nothing that shows it.</summary>
    Absent,

    /// <summary>It is contradicted.</summary>
    Bad,
}

/// <summary>Short parts that stand side by side where there is room.</summary>
/// <param name="Items">The parts.</param>
internal sealed record Panels(IReadOnlyList<Panel> Items) : Block;

/// <summary>A short part with a heading.</summary>
/// <param name="Heading">The heading.</param>
/// <param name="Blocks">What stands in it.</param>
/// <param name="IsWide">Whether it takes the whole width.</param>
internal sealed record Panel(string Heading, IReadOnlyList<Block> Blocks, bool IsWide = false);
