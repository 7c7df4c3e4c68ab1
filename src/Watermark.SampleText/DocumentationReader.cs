using System.Text;
using System.Xml;

namespace Watermark.SampleText;

/// <summary>
/// Reads the prose of a .NET XML documentation file as a stream, without holding the whole file in memory.
/// </summary>
internal static class DocumentationReader
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        XmlResolver = null,
    };

    /// <summary>
    /// The paragraphs of summaries, remarks, parameters, returns and values, in the file's order. References such as
    /// <c>&lt;see cref="T:System.String"/&gt;</c> become the last part of the name; blocks of code are left out.
    /// </summary>
    /// <param name="file">The path of the file.</param>
    /// <exception cref="InputFormatException">The file is not well-formed XML.</exception>
    public static IEnumerable<string> ReadParagraphs(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return ReadParagraphs(stream, file);
    }

    /// <summary>The paragraphs of an open file; see <see cref="ReadParagraphs(string)"/>.</summary>
    /// <param name="stream">The XML.</param>
    /// <param name="name">The name of the file, for messages.</param>
    /// <exception cref="InputFormatException">The stream is not well-formed XML.</exception>
    public static IReadOnlyList<string> ReadParagraphs(Stream stream, string name)
    {
        var paragraphs = new List<string>();
        var text = new StringBuilder();
        try
        {
            using var reader = XmlReader.Create(stream, Settings);
            while (reader.Read())
            {
                if (reader is { NodeType: XmlNodeType.Element, IsEmptyElement: false, Name: "summary" or "remarks" or "param" or "returns" or "value" })
                    ReadProse(reader, text, paragraphs);
            }
        }
        catch (XmlException error)
        {
            throw new InputFormatException($"The file '{name}' is not well-formed XML at line {error.LineNumber}; an XML documentation file was expected.", error);
        }

        return paragraphs;
    }

    private static void ReadProse(XmlReader reader, StringBuilder text, List<string> paragraphs)
    {
        int depth = reader.Depth;
        bool more = reader.Read();
        while (more && reader.Depth > depth)
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when reader.Name is "code":
                    reader.Skip();
                    continue;
                case XmlNodeType.Element:
                    if (IsInline(reader.Name))
                        AppendReference(reader, text);
                    else
                        Flush(text, paragraphs);
                    break;
                case XmlNodeType.EndElement when !IsInline(reader.Name):
                    Flush(text, paragraphs);
                    break;
                case XmlNodeType.Text or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    text.Append(reader.Value);
                    break;
            }

            more = reader.Read();
        }

        Flush(text, paragraphs);
    }

    private static bool IsInline(string element) =>
        element is "see" or "seealso" or "paramref" or "typeparamref" or "c" or "sup" or "sub" or "em" or "strong" or "a" or "b" or "i";

    private static void AppendReference(XmlReader reader, StringBuilder text)
    {
        if (!reader.IsEmptyElement)
            return;
        if (reader.GetAttribute("cref") is { } member)
            text.Append(LastName(member));
        else
            text.Append(reader.GetAttribute("langword") ?? reader.GetAttribute("name"));
    }

    /// <summary>The last identifier of a documentation id: <c>M:System.String.Split(System.Char)</c> is Split, <c>T:List`1</c> is List.</summary>
    private static ReadOnlySpan<char> LastName(ReadOnlySpan<char> member)
    {
        int parameters = member.IndexOf('(');
        if (parameters >= 0)
            member = member[..parameters];
        if (member.EndsWith(".#ctor"))
            member = member[..^".#ctor".Length];
        member = member[(member.LastIndexOfAny('.', ':') + 1)..];
        int arity = member.IndexOf('`');
        return arity >= 0 ? member[..arity] : member;
    }

    private static void Flush(StringBuilder text, List<string> paragraphs)
    {
        if (text.Length > 0)
            paragraphs.Add(text.ToString());
        text.Clear();
    }
}
