using System.Diagnostics;
using System.Globalization;

namespace Watermark.Cli.Outputs;

/// <summary>
/// The temporary files of this process, so that they can be removed when it is told to end; and those that killed processes
/// left. A temporary file lies beside its target and is called <c>TARGET.PID.tmp</c>.
/// </summary>
internal static class PendingFiles
{
    private const string Ending = ".tmp";
    private static readonly Lock Gate = new();
    private static readonly HashSet<string> Files = new(StringComparer.Ordinal);
    private static bool closed;

    /// <summary>The name of this process's temporary file for a target.</summary>
    /// <param name="target">The full path of the target.</param>
    public static string NameFor(string target) => string.Create(CultureInfo.InvariantCulture, $"{target}.{Environment.ProcessId}{Ending}");

    /// <summary>Says that a temporary file may be there until the result is disposed; then it is deleted if it still is.</summary>
    /// <param name="temporary">Its full path.</param>
    /// <exception cref="OperationCanceledException">The process is ending.</exception>
    public static IDisposable Track(string temporary)
    {
        lock (Gate)
        {
            if (closed)
                throw new OperationCanceledException("The process is ending.");
            Files.Add(temporary);
        }

        return new Tracked(temporary);
    }

    /// <summary>Deletes every temporary file; none can be made afterwards.</summary>
    public static void DeleteAll()
    {
        lock (Gate)
        {
            closed = true;
            foreach (string file in Files)
                Delete(file);
        }
    }

    /// <summary>Deletes the temporary files of a target that processes left which no longer run.</summary>
    /// <param name="target">The full path of the target; its folder exists.</param>
    public static void DeleteStale(string target)
    {
        string prefix = Path.GetFileName(target) + ".";
        foreach (FileInfo file in new DirectoryInfo(Path.GetDirectoryName(target)!).EnumerateFiles("*" + Ending))
        {
            ReadOnlySpan<char> name = file.Name;
            if (name.Length > prefix.Length + Ending.Length
                && name.StartsWith(prefix, StringComparison.Ordinal)
                && int.TryParse(name[prefix.Length..^Ending.Length], NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                && file.LinkTarget is null
                && (process == Environment.ProcessId || !IsRunning(process)))
            {
                Delete(file.FullName);
            }
        }
    }

    private static bool IsRunning(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It cannot be asked: it belongs to somebody else, so it is there.
            return true;
        }
    }

    /// <summary>Deletes a file; what cannot be deleted is left, since this runs when something else has failed.</summary>
    private static void Delete(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
        }
    }

    private sealed class Tracked(string file) : IDisposable
    {
        public void Dispose()
        {
            lock (Gate)
            {
                if (Files.Remove(file))
                    Delete(file);
            }
        }
    }
}
