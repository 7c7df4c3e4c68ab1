using System.Text;
using Watermark.Reporting.Texts;

namespace Watermark.Reporting.Figures;

/// <summary>Where a text stands with respect to its point.</summary>
internal enum Anchor
{
    /// <summary>It begins at the point.</summary>
    Start,

    /// <summary>Its middle is at the point.</summary>
    Middle,

    /// <summary>It ends at the point.</summary>
    End,
}

/// <summary>
/// Collects the elements of a drawing. Colours, dashes and patterns are classes of the page's style sheet, so that one
/// drawing serves light, dark and paper.
/// </summary>
/// <param name="width">The width in pixels.</param>
/// <param name="height">The height in pixels.</param>
/// <param name="fontSize">The size of the words in pixels, at least 11.</param>
internal sealed class Canvas(double width, double height, double fontSize)
{
    /// <summary>Stands for the id of the hatched pattern, which each drawing of a page needs for itself.</summary>
    public const string PatternId = "@pattern@";

    private readonly StringBuilder body = new();
    private readonly List<Box> labels = [];
    private bool isHatched;

    /// <summary>The width in pixels.</summary>
    public double Width { get; } = width;

    /// <summary>The height in pixels.</summary>
    public double Height { get; private set; } = height;

    /// <summary>The size of the words in pixels.</summary>
    public double FontSize { get; } = fontSize;

    /// <summary>The height of a line of words.</summary>
    public double LineHeight => Math.Round(FontSize * 1.3);

    /// <summary>Whether the drawing is for a narrow page.</summary>
    public bool IsNarrow => Width < 480;

    /// <summary>Changes the height, for drawings that need as much as they have rows.</summary>
    /// <param name="height">The height in pixels.</param>
    public void Resize(double height) => Height = height;

    /// <summary>
    /// About how wide a text is, rather too much than too little: readers have different fonts.
    /// </summary>
    /// <param name="text">The text.</param>
    public double WidthOf(string text)
    {
        double ems = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            ems += rune.Value switch
            {
                'i' or 'j' or 'l' or '.' or ',' or ':' or ';' or '|' or '\'' or ' ' or 'I' => 0.32,
                'f' or 't' or 'r' or '(' or ')' or '-' or '/' => 0.42,
                'm' or 'w' or 'M' or 'W' or '%' or '—' or '…' => 0.98,
                >= '⁰' and <= '₉' or '¹' or '²' or '³' => 0.42,
                >= 'A' and <= 'Z' => 0.74,
                < 0x2E80 => 0.62,
                _ => 1.05,
            };
        }

        return ems * FontSize;
    }

    /// <summary>The text shortened to a width.</summary>
    /// <param name="text">The text, which may be of any length.</param>
    /// <param name="room">The width in pixels.</param>
    public string Fit(string text, double room)
    {
        string plain = PlainCharacters.Of(text.Length > 200 ? text[..200] : text);
        if (plain.Length == text.Length && WidthOf(plain) <= room)
            return plain;
        int length = plain.Length;
        while (length > 1 && WidthOf(plain[..length] + "…") > room)
            length--;
        if (length > 1 && char.IsHighSurrogate(plain[length - 1]))
            length--;
        return WidthOf(plain) <= room && text.Length <= 200 ? plain : plain[..length].TrimEnd() + "…";
    }

    /// <summary>Draws a line.</summary>
    public void Line(double x1, double y1, double x2, double y2, string style) =>
        Element($"<line class=\"{style}\" x1=\"{At(x1)}\" y1=\"{At(y1)}\" x2=\"{At(x2)}\" y2=\"{At(y2)}\"/>");

    /// <summary>Draws a filled rectangle.</summary>
    public void Rectangle(Box box, string style) =>
        Element($"<rect class=\"{style}\" x=\"{At(box.Left)}\" y=\"{At(box.Top)}\" width=\"{At(box.Width)}\" height=\"{At(box.Height)}\"/>");

    /// <summary>Draws a hatched rectangle, which is told from a plain one without colour.</summary>
    public void Hatched(Box box)
    {
        isHatched = true;
        Element($"<rect fill=\"url(#{PatternId})\" x=\"{At(box.Left)}\" y=\"{At(box.Top)}\" width=\"{At(box.Width)}\" height=\"{At(box.Height)}\"/>");
    }

    /// <summary>Draws a circle.</summary>
    public void Circle(double x, double y, double radius, string style) =>
        Element($"<circle class=\"{style}\" cx=\"{At(x)}\" cy=\"{At(y)}\" r=\"{At(radius)}\"/>");

    /// <summary>Draws a triangle that points down to a place.</summary>
    public void Pointer(double x, double y, string style) =>
        Element($"<path class=\"{style}\" d=\"M{At(x)} {At(y)}l-5 -9h10z\"/>");

    /// <summary>Draws a diamond around a place.</summary>
    public void Diamond(double x, double y, string style) =>
        Element($"<path class=\"{style}\" d=\"M{At(x)} {At(y - 6)}l6 6l-6 6l-6 -6z\"/>");

    /// <summary>Joins points by lines.</summary>
    /// <param name="points">The points.</param>
    /// <param name="style">The class.</param>
    public void Path(IReadOnlyList<(double X, double Y)> points, string style) =>
        Element($"<path class=\"{style}\" d=\"M{string.Join('L', points.Select(point => $"{At(point.X)} {At(point.Y)}"))}\"/>");

    /// <summary>Fills the area between points.</summary>
    /// <param name="points">The points.</param>
    /// <param name="style">The class.</param>
    public void Area(IReadOnlyList<(double X, double Y)> points, string style) =>
        Element($"<path class=\"{style}\" d=\"M{string.Join('L', points.Select(point => $"{At(point.X)} {At(point.Y)}"))}Z\"/>");

    /// <summary>The room that a text would take.</summary>
    /// <param name="x">Its point.</param>
    /// <param name="baseline">Its base line.</param>
    /// <param name="text">The text.</param>
    /// <param name="anchor">Where it stands with respect to the point.</param>
    public Box BoxOf(double x, double baseline, string text, Anchor anchor)
    {
        double wide = WidthOf(text);
        double left = anchor switch { Anchor.Start => x, Anchor.Middle => x - (wide / 2), _ => x - wide };
        return new Box(left, baseline - (0.8 * FontSize), left + wide, baseline + (0.25 * FontSize));
    }

    /// <summary>Whether a text at that place would keep clear of all words so far and of the border.</summary>
    public bool IsFree(double x, double baseline, string text, Anchor anchor)
    {
        Box box = BoxOf(x, baseline, text, anchor);
        return box.Left >= 0 && box.Right <= Width && box.Top >= 0 && box.Bottom <= Height && !labels.Exists(label => label.Overlaps(box));
    }

    /// <summary>Writes a text.</summary>
    public void Text(double x, double baseline, string text, Anchor anchor = Anchor.Start, string style = "t")
    {
        if (text.Length == 0)
            return;
        labels.Add(BoxOf(x, baseline, text, anchor));
        string place = anchor switch { Anchor.Start => "start", Anchor.Middle => "middle", _ => "end" };
        Element($"<text class=\"{style}\" x=\"{At(x)}\" y=\"{At(baseline)}\" text-anchor=\"{place}\" font-size=\"{At(FontSize)}\">{HtmlText.Escape(text)}</text>");
    }

    /// <summary>Writes a text at the first of several places where it keeps clear of all words so far; not at all if there is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="style">The class.</param>
    /// <param name="places">The places, best first.</param>
    public void TextAtFree(string text, string style, params ReadOnlySpan<(double X, double Baseline, Anchor Anchor)> places)
    {
        foreach ((double x, double baseline, Anchor anchor) in places)
        {
            if (!IsFree(x, baseline, text, anchor))
                continue;
            Text(x, baseline, text, anchor, style);
            return;
        }
    }

    /// <summary>The finished drawing.</summary>
    public Drawing Finish()
    {
        string pattern = isHatched
            ? $"<defs><pattern id=\"{PatternId}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect class=\"hatch-back\" width=\"6\" height=\"6\"/><line class=\"hatch\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\"/></pattern></defs>\n"
            : string.Empty;
        return new Drawing(Width, Height, pattern + body, labels);
    }

    private static string At(double value) => HtmlText.Coordinate(value);

    private void Element(string element) => body.Append(element).Append('\n');
}
