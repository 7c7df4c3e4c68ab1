using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Watermark.Catalog;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Scoring;
using Watermark.Serving;

namespace Watermark.Aot.Tests;

/// <summary>The shared library, called from C and from Python, gives the bits of C#.</summary>
[Collection(NativePrograms.Collection)]
public sealed partial class NativeLibraryTests(NativePrograms programs) : IDisposable
{
    private const int Vocabulary = 301;
    private const int Length = 200;

    private readonly string folder = Directory.CreateTempSubdirectory("watermark-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [AotFact]
    public void A_program_in_C_gets_errors_for_mistakes_and_the_same_bits()
    {
        string[] keys = WriteKeys();
        string sample = InFolder("c.ngrams");
        string program = InFolder("program");
        ProgramRun compiled = ProgramRun.Of(
            AotFactAttribute.Linker!, "-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-I", Path.GetDirectoryName(programs.Library)!,
            "-o", program, Source("program.c"), programs.Library);
        Assert.True(compiled.ExitCode == 0, compiled.Output + compiled.Error);

        ProgramRun run = ProgramRun.Of(program, [.. keys, sample]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(Expected(keys, out Sample expected), run.Output);
        using FileStream stream = File.OpenRead(sample);
        Assert.Equal(expected.Digest, Sample.Read(stream).Digest);
    }

    [AotFact]
    public void The_Python_package_gives_the_same_bits()
    {
        string[] keys = WriteKeys();

        ProgramRun run = Python(Source("program.py"), keys);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(Expected(keys, out _), run.Output);
    }

    [AotFact]
    public void The_demo_in_Python_marks_and_detects()
    {
        // The toy model and the key are fixed, so the outcome is; the other account's text is unrelated to its key.
        ProgramRun run = Python(Path.Combine(NativePrograms.Root(), "samples", "Python", "demo.py"), WriteKeys()[0]);

        Assert.True(run.ExitCode == 0, run.Error);
        double[] found = [.. LogP().Matches(run.Output).Select(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];
        Assert.Equal(2, found.Length);
        Assert.True(found[0] > -10 && found[1] < -20, run.Output);
        Assert.Matches("ln p = -[0-9.]+\n$", run.Output);
    }

    private ProgramRun Python(string script, params string[] arguments)
    {
        const string python = "/usr/bin/python3";
        string package = Path.Combine(NativePrograms.Root(), "samples", "Python");
        Assert.True(
            File.Exists(python) && ProgramRun.Of(python, "-c", "import numpy, torch").ExitCode == 0,
            "The Python package is tested with Debian's Python: apt-get install python3-numpy python3-torch.");
        return ProgramRun.Of("env", [$"WATERMARK_LIBRARY={programs.Library}", $"PYTHONPATH={package}", "PYTHONDONTWRITEBYTECODE=1", python, script, .. arguments]);
    }

    private static string Source(string name) => Path.Combine(NativePrograms.Root(), "tests", "Watermark.Aot.Tests", "Native", name);

    private string InFolder(string name) => Path.Combine(folder, name);

    private string[] WriteKeys()
    {
        var bytes = new byte[WatermarkKey.Size];
        bytes.AsSpan().Fill(17);
        Write("green.wmkey", new GreenListScheme(), "");
        Write("gumbel.wmkey", new GumbelScheme(), "");
        Write("locked.wmkey", new GreenListScheme(), "passphrase");
        return [InFolder("green.wmkey"), InFolder("gumbel.wmkey"), InFolder("locked.wmkey")];

        void Write(string name, WatermarkScheme scheme, string passphrase)
        {
            using KeyFile file = KeyFile.Create(scheme, WatermarkKey.FromBytes(bytes), KeyFile.IdsTokenizer, 0, TimeProvider.System);
            file.Save(InFolder(name), passphrase);
        }
    }

    /// <summary>What both programs print, computed here.</summary>
    private static string Expected(string[] keys, out Sample sample)
    {
        using Watermarker green = Watermarker.For(keys[0]);
        using Watermarker gumbel = Watermarker.For(keys[1]);
        WatermarkSession session = green.NewSession([1, 2], "acme", "2026-11");
        ulong digest = Fnv([]);
        var logits = new float[Vocabulary];
        for (int position = 0; position < Length; position++)
        {
            for (int i = 0; i < Vocabulary; i++)
                logits[i] = ((i * 37) + (position * 11)) % 101 / 16f;
            session.Apply(logits);
            digest = Fnv(MemoryMarshal.AsBytes(logits.AsSpan()), digest);
            session.Accept(Array.IndexOf(logits, logits.Max()));
        }

        int[] text = session.Tokens[2..].ToArray();
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = session.Scheme.ContextWidth });
        builder.AddDocument(text, [[1, 2]]);
        sample = builder.Build();
        string first = Line("green", digest, green.Detector("acme", "2026-11").Detect(text, [[1, 2]]));

        session = gumbel.NewSession();
        int[] ids = [.. Enumerable.Range(0, Vocabulary)];
        float[] probabilities = [.. ids.Select(_ => 1f / Vocabulary)];
        for (int position = 0; position < Length; position++)
            session.Accept(session.TryChoose(ids, probabilities, 0.5, out int index) ? index : position % Vocabulary);
        return first + Line("gumbel", Fnv(MemoryMarshal.AsBytes(session.Tokens)), gumbel.Detector().Detect(session.Tokens));
    }

    private static string Line(string name, ulong digest, DetectionResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name} {digest:x16} {result.Scored} {result.Green ?? -1} {(result.Green is null ? -1 : result.Scored)} {BitConverter.DoubleToInt64Bits(result.LogP):x16} {(double.IsNaN(result.LogE) ? 0 : BitConverter.DoubleToInt64Bits(result.LogE)):x16}\n");

    private static ulong Fnv(ReadOnlySpan<byte> bytes, ulong digest = 14695981039346656037)
    {
        foreach (byte value in bytes)
            digest = unchecked((digest ^ value) * 1099511628211);
        return digest;
    }

    [GeneratedRegex(@"ln p = (-?[0-9.]+)")]
    private static partial Regex LogP();
}
