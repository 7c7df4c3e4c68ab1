using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Watermark.Reporting.Figures;

namespace Watermark.Reporting.Tests.Figures;

public sealed partial class FigureTests
{
    private const double SmallestText = 11;
    private static readonly Lazy<Dictionary<string, Figure>> Figures = new(() => All().ToDictionary(one => one.Name, one => one.Figure));

    /// <summary>Figures of all kinds, with values of all sizes.</summary>
    public static TheoryData<string> Cases { get; } = [.. Figures.Value.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void No_label_overlaps_another_or_leaves_the_drawing(string name)
    {
        Figure figure = Figures.Value[name];
        foreach (Drawing drawing in Drawings(figure))
        {
            Assert.True(drawing.Labels.Count >= 4, "Axes and values have labels.");
            for (int i = 0; i < drawing.Labels.Count; i++)
            {
                Box label = drawing.Labels[i];
                Assert.True(label.Left >= -0.01 && label.Top >= -0.01 && label.Right <= drawing.Width + 0.01 && label.Bottom <= drawing.Height + 0.01, $"{label} leaves the drawing of {drawing.Width} × {drawing.Height}.");
                for (int j = 0; j < i; j++)
                    Assert.False(label.Overlaps(drawing.Labels[j]), $"{label} overlaps {drawing.Labels[j]}.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Everything_drawn_stays_in_the_drawing(string name)
    {
        Figure figure = Figures.Value[name];
        foreach (Drawing drawing in Drawings(figure))
        {
            foreach (Match match in Number().Matches(drawing.Body))
            {
                double value = double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
                double limit = match.Groups[1].Value[^1] is 'x' or '1' or '2' && match.Groups[1].Value[0] != 'y' ? drawing.Width : drawing.Height;
                Assert.InRange(value, 0, limit + 0.5);
            }

            Assert.DoesNotContain("NaN", drawing.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("Infinity", drawing.Body, StringComparison.Ordinal);
            XElement.Parse($"<g>{drawing.Body}</g>");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Words_are_readable_on_a_telephone_and_never_turned(string name)
    {
        foreach (Drawing drawing in Drawings(Figures.Value[name]))
        {
            double shown = drawing.Width > 480 ? drawing.Width : 320;
            Assert.All(FontSize().Matches(drawing.Body), match => Assert.True(double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * shown / drawing.Width >= SmallestText));
            Assert.DoesNotContain("rotate", drawing.Body.Replace("patternTransform=\"rotate(45)\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_numbers_of_a_figure_fill_its_table(string name)
    {
        Figure figure = Figures.Value[name];

        Assert.NotEmpty(figure.Rows);
        Assert.All(figure.Rows, row => Assert.Equal(figure.Columns.Count, row.Count));
        Assert.EndsWith(".", figure.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_do_not_exist_give_a_sentence_instead()
    {
        Figure[] missing =
        [
            ProgressFigure.Create([], 6.9, 1),
            ProgressFigure.Create([(1, 100, 1.0), (2, 200, double.NaN)], 6.9, 1),
            ProgressFigure.Create([(1, 100, 1.0), (2, 200, 2.0)], double.PositiveInfinity, 1),
            ProgressFigure.Create([], 6.9, 1, "Random keys decide, and they hold for one look only."),
            RandomKeysFigure.Create(new Bins(0, 1, []), 10, 3, 1),
            RandomKeysFigure.Create(new Bins(0, 1, [0, 0]), 10, 3, 1),
            RandomKeysFigure.Create(new Bins(double.NaN, 1, [1, 2]), 10, 3, 1),
            RandomKeysFigure.Create(new Bins(0, 0, [1, 2]), 10, 3, 1),
            RandomKeysFigure.Create(new Bins(0, 1, [1, 2]), 10, double.NaN, 1),
            DocumentsFigure.Create(new Bins(0, 0.1, []), [], 0.25, "green fraction"),
            PowerFigure.Create([], 0.9, 0.01, 0.02, "green fraction"),
            PowerFigure.Create([(0.1, 1, 0.5), (double.NaN, null, 0.7)], 0.9, 0.01, 0.02, "green fraction"),
            WeightsFigure.Create(new Bins(0, 1, [double.PositiveInfinity])),
            IntervalsFigure.Create([new FigureRow("a", double.NaN, double.NaN, double.NaN, true)], 0.25, "green fraction"),
            RankingFigure.Create([new FigureRow("a", 1, 0, 0, true)], 6.9, 15),
        ];

        Assert.All(missing, figure =>
        {
            Assert.Null(figure.Wide);
            Assert.Null(figure.Narrow);
            Assert.EndsWith(".", figure.Description, StringComparison.Ordinal);
            Assert.True(figure.Description.Length > 20);
        });
    }

    [Theory]
    [InlineData(0.0, 48_000, 7)]
    [InlineData(0.24, 0.275, 8)]
    [InlineData(-3.4, 7.6, 10)]
    [InlineData(0, 1, 5)]
    [InlineData(5, 5, 5)]
    [InlineData(0, 0, 4)]
    [InlineData(-1e-9, 1e-9, 6)]
    [InlineData(1e11, 1.2e12, 6)]
    public void Axes_have_round_numbers_within_their_ends(double low, double high, int most)
    {
        Scale scale = Scale.Round(low, high, most);

        Assert.InRange(scale.Ticks.Count, 2, most);
        Assert.True(scale.Low <= low && scale.High >= high);
        Assert.All(scale.Ticks, tick => Assert.InRange(tick.Value, scale.Low - 1e-12, scale.High + 1e-12));
        double step = (scale.Ticks[^1].Value - scale.Ticks[0].Value) / (scale.Ticks.Count - 1);
        double mantissa = step / Math.Pow(10, Math.Floor(Math.Log10(step) + 1e-9));
        Assert.Contains(Math.Round(mantissa, 6), (double[])[1, 2, 5]);
        Assert.Equal(scale.Ticks.Count, scale.Ticks.Select(tick => tick.Label).Distinct().Count());
        Assert.All(scale.Ticks.Where(tick => Math.Abs(tick.Value) is >= 1e-9 or 0), tick => Assert.Equal(tick.Value, double.Parse(tick.Label.Replace('−', '-'), NumberStyles.Number, CultureInfo.InvariantCulture), Math.Abs(step) * 0.01));
    }

    [Fact]
    public void A_place_on_an_axis_is_in_proportion()
    {
        Scale scale = Scale.Round(0, 10, 6);

        Assert.Equal(100, scale.At(0, 100, 300));
        Assert.Equal(200, scale.At(5, 100, 300));
        Assert.Equal(300, scale.At(99, 100, 300));
    }

    private static IEnumerable<Drawing> Drawings(Figure figure) => [figure.Wide!, figure.Narrow!];

    private static IEnumerable<(string Name, Figure Figure)> All()
    {
        foreach (double scale in (double[])[1, 50, 3_000])
        {
            foreach (double slope in (double[])[-0.5, 0.02, 1, 40])
            {
                (long, long, double)[] points = [.. Enumerable.Range(1, 200).Select(i => ((long)i, (long)(i * scale), slope * i / 8.0))];
                yield return (FormattableString.Invariant($"progress {scale} {slope}"), ProgressFigure.Create(points, Math.Log(1000), 1));
                yield return (FormattableString.Invariant($"progress of many tests {scale} {slope}"), ProgressFigure.Create(points, Math.Log(1e9), 1_000_000));
            }
        }

        foreach (double own in (double[])[-9, -0.1, 0, 0.4, 2.2, 7.4, 80, 4_000])
            yield return (FormattableString.Invariant($"random keys {own}"), RandomKeysFigure.Create(Bell(-4, Math.Max(4, own + 0.2)), 1_000, own, own > 3 ? 1 : 300));
        foreach (double middle in (double[])[0.02, 0.25, 0.27, 0.95])
        {
            Bins bins = new(0, 0.02, [.. Enumerable.Range(0, 50).Select(i => Math.Round(300 * Math.Exp(-Math.Pow(((i + 0.5) * 0.02) - middle, 2) / 0.003)))]);
            yield return (FormattableString.Invariant($"documents {middle}"), DocumentsFigure.Create(bins, [.. bins.Counts.Select(count => (count * 0.8, count * 1.2))], 0.25, "green fraction"));
            yield return (FormattableString.Invariant($"documents without band {middle}"), DocumentsFigure.Create(bins, [], 0.25, "green fraction"));
        }

        foreach (double found in (double[])[double.NaN, 0.0001, 0.0146, 0.3])
            yield return (FormattableString.Invariant($"power {found}"), PowerFigure.Create([.. Enumerable.Range(1, 40).Select(i => (i * 0.001, (long?)(1_000_000 / i), 1 / (1 + Math.Exp(10 - i))))], 0.9, 0.00866, found, "green fraction"));
        yield return ("weights", WeightsFigure.Create(new Bins(0, 0.5, [1_000_000, 20_000, 3_000, 100, 1])));
        string[] names = ["acme-chat-3", "a name of a model that is much longer than anybody would like to read in a figure, and goes on", "東京の独立モデル", "x\u202ey", new string('W', 10_000)];
        yield return ("intervals", IntervalsFigure.Create([.. names.Select((name, i) => new FigureRow(name, 0.26 - (i * 0.004), 0.255 - (i * 0.004), 0.265 - (i * 0.004), i == 0))], 0.25, "green fraction"));
        yield return ("intervals without intervals", IntervalsFigure.Create([new FigureRow("suspect: s", 1.02, double.NaN, double.NaN, true), new FigureRow("control: c", 1, double.NaN, double.NaN, false)], 1, "mean score"));
        foreach (double strongest in (double[])[0.5, 8, 900, 100_000])
            yield return (FormattableString.Invariant($"ranking {strongest}"), RankingFigure.Create([.. Enumerable.Range(0, 40).Select(i => new FigureRow($"{names[i % 5]} {i}", strongest - (i * (strongest + 6) / 30), double.NaN, double.NaN, i < 2))], Math.Log(6_000), 15));
    }

    private static Bins Bell(double low, double high)
    {
        double width = (high - low) / 40;
        double[] counts = [.. Enumerable.Range(0, 40).Select(i => Math.Round(1_000 * width * 0.4 * Math.Exp(-Math.Pow(low + ((i + 0.5) * width), 2) / 2)))];
        counts[(int)(-low / width)] += 100;
        return new Bins(low, width, counts);
    }

    [GeneratedRegex("""[ "](x|y|x1|x2|y1|y2|cx|cy)="(-?[\d.]+)["]""")]
    private static partial Regex Number();

    [GeneratedRegex("font-size=\"([\\d.]+)\"")]
    private static partial Regex FontSize();
}
