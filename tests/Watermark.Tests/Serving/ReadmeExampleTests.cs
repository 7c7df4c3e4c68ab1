using System.Globalization;
using Watermark.Catalog;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes.Native;

namespace Watermark.Tests.Serving;

/// <summary>Runs alone: it changes the folder and the output of the process.</summary>
[CollectionDefinition(nameof(ReadmeExampleTests), DisableParallelization = true)]
[Collection(nameof(ReadmeExampleTests))]
public sealed class ReadmeExampleTests
{
    [Fact]
    public void The_example_marks_and_finds_the_mark()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        string before = Environment.CurrentDirectory;
        TextWriter console = Console.Out;
        using var printed = new StringWriter(CultureInfo.InvariantCulture);
        try
        {
            Environment.CurrentDirectory = folder;
            Console.SetOut(printed);
            using (KeyFile file = KeyFile.Create(new GreenListScheme(), WatermarkKey.Draw(new SeededRandomBits(1)), "ids", 0, TimeProvider.System))
                file.Save("owner.wmkey");
            ReadmeExample.Run([1, 2, 3], [], 400, new ToyModel());
        }
        finally
        {
            Environment.CurrentDirectory = before;
            Console.SetOut(console);
            Directory.Delete(folder, recursive: true);
        }

        // 400 tokens at delta 2; draws are not seeded. ln p is about -190 with a standard deviation of 15.
        string line = printed.ToString();
        double logP = double.Parse(line.Split("ln p = ")[1].Split(',')[0], CultureInfo.InvariantCulture);
        Assert.True(logP < -50, line);
    }

    internal sealed class ToyModel
    {
        private readonly SeededRandomBits random = new(2);
        private readonly float[] logits = new float[2_000];

        public float[] Logits(List<int> reply)
        {
            ArgumentNullException.ThrowIfNull(reply);
            for (int v = 0; v < logits.Length; v++)
                logits[v] = (float)(3 * random.NextDouble());
            return logits;
        }
    }
}
