using System.Runtime.InteropServices;
using System.Text;

namespace Watermark.Cli.Outputs;

/// <summary>What stands at a path.</summary>
internal enum FileKind
{
    Nothing,
    File,
    Folder,

    /// <summary>A device, a named pipe or a socket: written through, never replaced.</summary>
    Stream,
}

/// <summary>
/// What a path leads to, behind links: its kind, and where the system tells it, the numbers of device and file that two
/// paths to the same file share, whatever they are called (hard links, mounts, file systems that ignore case).
/// </summary>
/// <param name="Kind">The kind.</param>
/// <param name="Device">The device; 0 with <paramref name="File"/> 0 where the system does not tell.</param>
/// <param name="File">The file's number on the device.</param>
internal readonly partial record struct FileIdentity(FileKind Kind, ulong Device, ulong File)
{
    private const int CurrentFolder = -100;
    private const uint TypeAndNumber = 0x101;
    private const int TypeMask = 0xF000;
    private const int FolderType = 0x4000;
    private const int FileType = 0x8000;
    private const int WriteAndSearch = 3;

    private bool IsKnown => Device != 0 || File != 0;

    /// <summary>Looks at a path.</summary>
    /// <param name="path">Any path; links are followed.</param>
    public static FileIdentity Of(string path)
    {
        if (OperatingSystem.IsLinux())
            return OfLinux(path);
        if (Directory.Exists(path))
            return new FileIdentity(FileKind.Folder, 0, 0);
        if (!System.IO.File.Exists(path))
            return default;
        bool isDevice = !OperatingSystem.IsWindows() && Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal);
        return new FileIdentity(isDevice ? FileKind.Stream : FileKind.File, 0, 0);
    }

    /// <summary>Whether two paths lead to the same file: by number, or by their full names behind links.</summary>
    public static bool AreSame(string first, string second)
    {
        FileIdentity one = Of(first);
        FileIdentity other = Of(second);
        if (one.IsKnown && other.IsKnown)
            return one == other;
        StringComparison comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return string.Equals(Links.Resolve(first), Links.Resolve(second), comparison);
    }

    /// <summary>Whether files can be made in a folder; true where the system does not tell.</summary>
    public static bool CanWriteInto(string folder) => OperatingSystem.IsWindows() || Access(folder, WriteAndSearch) == 0;

    private static unsafe FileIdentity OfLinux(string path)
    {
        StatusOfFile status = default;
        try
        {
            fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
            {
                if (Status(CurrentFolder, name, 0, TypeAndNumber, &status) != 0)
                    return default;
            }
        }
        catch (EntryPointNotFoundException)
        {
            // A C library before 2018: kinds are still known, numbers are not.
            FileKind found = Directory.Exists(path) ? FileKind.Folder : System.IO.File.Exists(path) ? FileKind.File : FileKind.Nothing;
            return new FileIdentity(found, 0, 0);
        }

        FileKind kind = (status.Mode & TypeMask) switch
        {
            FolderType => FileKind.Folder,
            FileType => FileKind.File,
            _ => FileKind.Stream,
        };
        return new FileIdentity(kind, ((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Number);
    }

    [LibraryImport("libc", EntryPoint = "statx")]
    private static unsafe partial int Status(int folder, byte* path, int flags, uint mask, StatusOfFile* status);

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    /// <summary>The parts that are needed of Linux's <c>struct statx</c>, which is the same on every processor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatusOfFile
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Number;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}

/// <summary>Symbolic links.</summary>
internal static class Links
{
    private const int MostLinks = 40;

    /// <summary>The full path behind links at its end, whether or not anything is there.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="IOException">The links form a circle.</exception>
    public static string Resolve(string path)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        for (int i = 0; i < MostLinks; i++)
        {
            if (new FileInfo(full).LinkTarget is not { } target)
                return full;
            // The text of a link under /proc names what is open, such as a pipe: it is no path to follow.
            if (full.StartsWith("/proc/", StringComparison.Ordinal))
                return full;
            full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target, Path.GetDirectoryName(full)!));
        }

        throw new IOException($"{path}: the links at this path lead in a circle.");
    }
}
