using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Lets a 64-bit ELF library that names GLIBCXX_3.4.32 load beside an older libstdc++. The version exists for one
/// symbol, a marker: GCC 13 moved the construction of std::cout and its kin into libstdc++ itself, and every object
/// that includes iostream names the marker so that no older library is taken. The marker is called by nobody, and
/// libtorch, which is loaded first and was built with an older compiler, constructs the streams. So the version need
/// is pointed at GLIBCXX_3.4, after a check that only the marker hangs on it and that no relocation uses the marker.
/// </summary>
public class LowerGlibcxxNeed : Task
{
    private const string NewVersion = "GLIBCXX_3.4.32";
    private const string OldVersion = "GLIBCXX_3.4";
    private const string Marker = "_ZSt21ios_base_library_initv";

    public ITaskItem[] Libraries { get; set; }

    public override bool Execute()
    {
        foreach (ITaskItem item in Libraries)
        {
            string path = item.ItemSpec;
            string problem;
            try
            {
                problem = Lower(path);
            }
            catch (Exception error) when (error is IOException || error is UnauthorizedAccessException || error is ArgumentException || error is IndexOutOfRangeException || error is OverflowException)
            {
                problem = error.Message;
            }

            if (problem != null)
                Log.LogError("WatermarkLowerTorchGlibcxx is set, but the need for {0} of '{1}' cannot be lowered: {2}. Leave the property unset and use a system with libstdc++ of GCC 13 or newer.", NewVersion, path, problem);
        }

        return !Log.HasLoggedErrors;
    }

    /// <summary>Edits a library; returns null when it needs nothing (any more), otherwise what stands in the way.</summary>
    private static string Lower(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        if (file.Length < 64 || file[0] != 0x7F || file[1] != 'E' || file[2] != 'L' || file[3] != 'F' || file[4] != 2 || file[5] != 1)
            return "it is not a 64-bit little-endian ELF file";
        var image = new Image(file);
        uint dynamicStrings, symbols, versions, needs;
        if (!image.Find(11, ".dynsym", out symbols) || !image.Find(3, ".dynstr", out dynamicStrings) || !image.Find(0x6FFFFFFF, ".gnu.version", out versions) || !image.Find(0x6FFFFFFE, ".gnu.version_r", out needs))
            return "it has no symbol versions";

        int strings = image.Offset(dynamicStrings);
        int need = -1;
        int lowest = -1;
        for (int entry = image.Offset(needs); ; entry += image.Int(entry + 12))
        {
            for (int aux = entry + image.Int(entry + 8); ; aux += image.Int(aux + 12))
            {
                string name = image.Text(strings + image.Int(aux + 8));
                if (name == NewVersion)
                    need = aux;
                if (name == OldVersion)
                    lowest = aux;
                if (image.Int(aux + 12) == 0)
                    break;
            }

            if (image.Int(entry + 12) == 0)
                break;
        }

        if (need < 0)
            return null;
        if (lowest < 0)
            return "it does not name " + OldVersion;

        int index = image.Short(need + 6);
        int count = image.Size(symbols) / 24;
        int marker = -1;
        for (int i = 0; i < count; i++)
        {
            if ((image.Short(image.Offset(versions) + 2 * i) & 0x7FFF) != index)
                continue;
            string name = image.Text(strings + image.Int(image.Offset(symbols) + 24 * i));
            if (name != Marker)
                return "it calls " + name;
            marker = i;
        }

        if (image.IsRelocated(marker))
            return "it calls " + Marker;

        // vna_hash and vna_name; the entry keeps its own index, so no symbol's version changes.
        Array.Copy(file, lowest, file, need, 4);
        Array.Copy(file, lowest + 8, file, need + 8, 4);

        // A new file takes the old one's place: the old one may be a hard link to the package's. With the same size and
        // time as the package's, an incremental build leaves it alone.
        DateTime time = File.GetLastWriteTimeUtc(path);
        string temporary = path + ".lowered";
        File.WriteAllBytes(temporary, file);
        File.SetLastWriteTimeUtc(temporary, time);
        File.Delete(path);
        File.Move(temporary, path);
        return null;
    }

    private class Image
    {
        private readonly byte[] file;
        private readonly int sections;
        private readonly int count;
        private readonly int names;

        public Image(byte[] file)
        {
            this.file = file;
            sections = checked((int)BitConverter.ToUInt64(file, 40));
            count = Short(60);
            names = Offset((uint)Short(62));
        }

        public int Short(int at) { return BitConverter.ToUInt16(file, at); }

        public int Int(int at) { return checked((int)BitConverter.ToUInt32(file, at)); }

        public string Text(int at) { return Encoding.ASCII.GetString(file, at, Array.IndexOf(file, (byte)0, at) - at); }

        public int Offset(uint section) { return checked((int)BitConverter.ToUInt64(file, Header(section) + 24)); }

        public int Size(uint section) { return checked((int)BitConverter.ToUInt64(file, Header(section) + 32)); }

        public bool Find(uint type, string name, out uint section)
        {
            for (section = 0; section < count; section++)
            {
                if (BitConverter.ToUInt32(file, Header(section) + 4) == type && Text(names + Int(Header(section))) == name)
                    return true;
            }

            return false;
        }

        public bool IsRelocated(int symbol)
        {
            for (uint section = 0; section < count; section++)
            {
                if (BitConverter.ToUInt32(file, Header(section) + 4) != 4)
                    continue;
                int end = Offset(section) + Size(section);
                for (int at = Offset(section); at < end; at += 24)
                {
                    if (BitConverter.ToUInt32(file, at + 12) == symbol)
                        return true;
                }
            }

            return false;
        }

        private int Header(uint section) { return sections + 64 * (int)section; }
    }
}
