using System.Text;

namespace Watermark.Forensics.Tests.Cases;

/// <summary>The folder of a case that goes away with its test.</summary>
internal sealed class TemporaryCase : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("watermark-case-").FullName;

    public string PathOf(string name) => Path.Combine(Root, name);

    public void Write(string name, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllBytes(PathOf(name), content);
    }

    public void Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
