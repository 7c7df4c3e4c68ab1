using System.Text.RegularExpressions;
using Watermark.Forensics.Findings;
using Watermark.Models.Checkpoints;

namespace Watermark.Cli.Fingerprints.Files;

/// <summary>A checkpoint: a file or a folder of shards.</summary>
internal sealed partial class Checkpoint : IDisposable
{
    private readonly List<SafetensorsFile> files = [];
    private readonly Dictionary<string, SafetensorsFile> tensors = new(StringComparer.Ordinal);
    private readonly string[] paths;

    /// <summary>Opens a checkpoint.</summary>
    /// <param name="places">Files, or one folder of shards.</param>
    /// <param name="word">A part of the names of the matrices that are read.</param>
    /// <exception cref="InputFormatException">A file is no checkpoint.</exception>
    public Checkpoint(IReadOnlyList<string> places, string word)
    {
        Path = string.Join(", ", places);
        paths = [.. places.SelectMany<string, string>(place => Directory.Exists(place) ? Directory.GetFiles(place, "*.safetensors").Order(StringComparer.Ordinal) : [place])];
        if (paths.Length == 0)
            throw new InputFormatException($"{Path}: the folder holds no .safetensors file.");
        try
        {
            foreach (string file in paths)
            {
                SafetensorsFile opened = SafetensorsFile.Open(file);
                files.Add(opened);
                foreach (string name in opened.Names.Where(name => name.Contains(word, StringComparison.Ordinal) && opened.ShapeOf(name).Count == 2))
                    tensors.TryAdd(name, opened);
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        // By the numbers in them, so that layer 10 comes after layer 2.
        Names = [.. tensors.Keys.OrderBy(name => Digits().Replace(name, number => number.Value.PadLeft(9, '0')), StringComparer.Ordinal)];
    }

    /// <summary>Where it lies, for messages.</summary>
    public string Path { get; }

    /// <summary>The names of its matrices, in the order of their layers.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The size of a matrix.</summary>
    /// <param name="name">Its name.</param>
    public (long Rows, long Columns) ShapeOf(string name)
    {
        IReadOnlyList<long> shape = tensors[name].ShapeOf(name);
        return shape[0] is >= 1 and <= 1 << 20 && shape[1] is >= 1 and <= 1 << 20 ? (shape[0], shape[1]) : throw new InputFormatException($"{Path}: the matrix '{name}' is {shape[0]} by {shape[1]}; 1 to 1,048,576 rows and columns were expected.");
    }

    /// <summary>The chosen columns of a matrix, row by row.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">The columns.</param>
    public float[] Read(string name, long rows, int[] columns)
    {
        long width = tensors[name].ShapeOf(name)[1];
        float[] values = new float[rows * columns.Length];
        float[] row = new float[width];
        for (long i = 0; i < rows; i++)
        {
            tensors[name].ReadRows(name, i, row);
            for (int j = 0; j < columns.Length; j++)
                values[(i * columns.Length) + j] = row[columns[j]];
        }

        return values;
    }

    /// <summary>Its files with their digests.</summary>
    /// <param name="role">How they were used.</param>
    public IEnumerable<InputDigest> Inputs(string role) => paths.Select(path => LineFile.Digest(path, role, 0));

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (SafetensorsFile file in files)
            file.Dispose();
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
