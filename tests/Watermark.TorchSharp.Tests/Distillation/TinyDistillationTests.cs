using Distillation.Experiment;
using Watermark.Randomness;

namespace Watermark.TorchSharp.Tests.Distillation;

/// <summary>
/// The sample's whole way on invented sentences and models of a few thousand weights: the teacher learns, marks its
/// replies, a student learns from them, and both tests see it; a control is not seen.
/// </summary>
public sealed class TinyDistillationTests
{
    private static readonly Sizes Tiny = new()
    {
        Vocabulary = 400,
        Length = 32,
        TeacherSteps = 150,
        StudentSteps = 250,
        ServedTokens = 24_000,
        CollectedTokens = 12_000,
        Width = 32,
        Layers = 1,
        Rows = 16,
        GenerationRows = 128,
    };

    [Fact]
    public void A_student_of_marked_replies_is_seen_and_a_control_is_not()
    {
        using var folder = new TemporaryFolder();
        var options = new StudyOptions
        {
            Name = "tiny",
            Sizes = Tiny,
            Cases =
            [
                new Case(1, 8, new StudentPlan()),
                new Case(1, 8, new StudentPlan { Share = 0 }),
                new Case(1, 8, new StudentPlan { Architecture = Architecture.Gru, Noise = 0.05, CleanSteps = 5 }),
            ],
            Seed = 3,
            Threads = 2,
            Output = folder.Path,
            Cache = folder["cache"],
        };
        using var study = new Study(options, new World(Sentences(6000), Tiny, options.Seed), TextWriter.Null, live: false);
        IReadOnlyList<Measurement> measurements = study.Run(CancellationToken.None);

        Assert.Equal(24, measurements.Count);
        foreach (Measurement item in measurements)
        {
            string what = $"{item.Case.Name}, {item.Series}: ln p = {item.LogP:F1} on {item.Scored}";
            Assert.True(item.Scored > 50, what);
            if (item.Case.IsControl)
                Assert.True(item.LogP > Math.Log(1e-5), what); // eight tests: one false alarm in 12,000 processors that round otherwise
            else if (item.Case.Plan.Architecture == Architecture.Same)
                Assert.True(item.LogP < Math.Log(1e-3), what); // 1e-10 and less where it was written: training rounds otherwise elsewhere
        }

        // Kolmogorov's distance of 20 uniform values exceeds 0.55 with probability 1e-5.
        Assert.Equal(20, study.WrongKeyPValues.Count);
        for (int i = 0; i < 20; i++)
            Assert.InRange(study.WrongKeyPValues[i], ((i + 1) / 20.0) - 0.55, (i / 20.0) + 0.55);

        CsvFile.Write(folder["tiny.csv"], measurements);
        SvgFigure.Write(folder["tiny.svg"], Figure.OfPValues(measurements));
        Assert.Equal(25, File.ReadAllLines(folder["tiny.csv"]).Length);
        Assert.Equal(8 + 24, Circles(folder["tiny.svg"]));
        SvgFigure.Write(folder["tokens.svg"], Figure.OfTokens(measurements));
        Assert.Equal(8 + 16, Circles(folder["tokens.svg"])); // students only
    }

    private static int Circles(string path) => System.Xml.Linq.XDocument.Load(path).Descendants("{http://www.w3.org/2000/svg}circle").Count();

    /// <summary>Sentences of a small grammar, so that there is something to learn.</summary>
    private static string[] Sentences(int count)
    {
        string[] subjects = ["The method", "The property", "A caller", "The stream", "This instance", "The buffer", "A thread", "The handler"];
        string[] verbs = ["returns", "reads", "writes", "copies", "releases", "checks", "opens", "closes", "sets", "throws"];
        string[] adjectives = ["new", "current", "empty", "given", "last", "first", "shared", "default", "hidden", "large"];
        string[] nouns = ["value", "object", "element", "array", "string", "lock", "file", "token", "event", "list", "result", "name"];
        string[] ends = ["for the caller.", "when it is done.", "without a copy.", "in order.", "if there is one.", "at the end.", "of the type.", "before it returns."];
        var random = new SeededRandomBits(1);
        return [.. Enumerable.Range(0, count).Select(_ => $"{Pick(subjects)} {Pick(verbs)} the {Pick(adjectives)} {Pick(nouns)} and the {Pick(adjectives)} {Pick(nouns)} {Pick(ends)}")];

        string Pick(string[] words) => words[(int)random.NextBelow((ulong)words.Length)];
    }
}
