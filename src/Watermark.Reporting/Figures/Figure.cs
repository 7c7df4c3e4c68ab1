namespace Watermark.Reporting.Figures;

/// <summary>
/// A figure: two drawings, one for wide and one for narrow pages, so that its words are readable on paper and on a telephone;
/// and the numbers that it shows, for those who cannot see it or want them exactly.
/// </summary>
/// <param name="Title">What it shows, without a full stop.</param>
/// <param name="Description">How to read it, and what is to be seen: whole sentences. Where nothing can be drawn, why.</param>
internal sealed record Figure(string Title, string Description)
{
    /// <summary>The width of a wide drawing, in pixels.</summary>
    public const double WideWidth = 680;

    /// <summary>The width of a narrow drawing: that of a telephone of 360 pixels without the page's margins.</summary>
    public const double NarrowWidth = 320;

    /// <summary>The drawing for wide pages; null where nothing can be drawn.</summary>
    public Drawing? Wide { get; private init; }

    /// <summary>The drawing for narrow pages; null where nothing can be drawn.</summary>
    public Drawing? Narrow { get; private init; }

    /// <summary>The headings of the numbers.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The numbers as texts.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows { get; init; } = [];

    /// <summary>A figure of which nothing can be drawn.</summary>
    /// <param name="title">What it would show.</param>
    /// <param name="why">Why it cannot, one sentence.</param>
    public static Figure Missing(string title, string why) => new(title, why);

    /// <summary>The figure with its drawings.</summary>
    /// <param name="draw">Draws it on an empty canvas.</param>
    /// <param name="wideHeight">The height of the wide drawing.</param>
    /// <param name="narrowHeight">The height of the narrow drawing.</param>
    public Figure Drawn(Func<Canvas, Drawing> draw, double wideHeight = 300, double narrowHeight = 280) => this with
    {
        Wide = draw(new Canvas(WideWidth, wideHeight, 13)),
        Narrow = draw(new Canvas(NarrowWidth, narrowHeight, 12)),
    };
}

/// <summary>A finished drawing.</summary>
/// <param name="Width">Its width in pixels.</param>
/// <param name="Height">Its height in pixels.</param>
/// <param name="Body">What stands in its SVG element.</param>
/// <param name="Labels">Where its words stand.</param>
internal sealed record Drawing(double Width, double Height, string Body, IReadOnlyList<Box> Labels);

/// <summary>A rectangle; y grows downwards.</summary>
/// <param name="Left">Its left side.</param>
/// <param name="Top">Its upper side.</param>
/// <param name="Right">Its right side.</param>
/// <param name="Bottom">Its lower side.</param>
internal readonly record struct Box(double Left, double Top, double Right, double Bottom)
{
    /// <summary>The width.</summary>
    public double Width => Right - Left;

    /// <summary>The height.</summary>
    public double Height => Bottom - Top;

    /// <summary>Whether two rectangles have more than a side in common.</summary>
    /// <param name="other">The other rectangle.</param>
    public bool Overlaps(Box other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;
}
